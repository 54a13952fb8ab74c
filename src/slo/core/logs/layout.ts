import type { TextField } from './batch.ts';

/** A text of a line: a field by its name, or what holds fields. */
export type TextKind = Exclude<TextField, 'path'> | 'request' | 'target' | 'client-port';

/**
 * One value of a line. `exponent`: the power of ten from its unit to milliseconds. `after` is the fixed text between it and the next value, '' at the line's end.
 */
export type Step =
  /** `isList`: nginx writes several upstreams as `0.1, 0.2 : 0.3`. */
  | { readonly kind: 'skip'; readonly after: string; readonly isList?: boolean }
  | { readonly kind: 'text'; readonly is: TextKind; readonly after: string }
  | { readonly kind: 'common-log-time' | 'iso-time' | 'began'; readonly after: string }
  | { readonly kind: 'epoch-time'; readonly exponent: number; readonly after: string }
  | { readonly kind: 'status' | 'sent-bytes'; readonly after: string }
  /** Several are summed; -1 and `-` are what was not measured. */
  | { readonly kind: 'duration'; readonly exponent: number; readonly after: string };

/** Lines of values in a fixed order. */
export interface Layout {
  readonly before: string;
  readonly steps: readonly Step[];
  /** Whether the time was written when the request began or when it had ended. */
  readonly timeIs: 'begin' | 'end';
  /** Whether a duration is among the values. */
  readonly measured: boolean;
  /** A line may end after so many values; all, if not said. */
  readonly required?: number;
  /** Further values, after a space, are not looked at. */
  readonly rest?: 'ignored';
}

const skip = (after: string): Step => ({ kind: 'skip', after });
const text = (is: TextKind, after: string): Step => ({ kind: 'text', is, after });
const secondsPart: Step = { kind: 'duration', exponent: 3, after: ' ' };

/**
 * Entries of Application Load Balancers: docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html.
 * New values are added at the end; entries of 2016 end with the trace. `time` is when the response was made, `request_creation_time` when the
 * request came.
 */
export const ALB: Layout = {
  before: '',
  timeIs: 'end',
  measured: true,
  required: 18,
  rest: 'ignored',
  steps: [
    skip(' '),
    { kind: 'iso-time', after: ' ' },
    skip(' '),
    text('client-port', ' '),
    skip(' '),
    secondsPart,
    secondsPart,
    secondsPart,
    { kind: 'status', after: ' ' },
    skip(' '),
    skip(' '),
    { kind: 'sent-bytes', after: ' "' },
    text('request', '" "'),
    text('userAgent', '" '),
    skip(' '),
    skip(' '),
    skip(' "'),
    text('trace', '"'),
    skip('"'),
    skip('" "'),
    skip('" '),
    skip(' '),
    { kind: 'began', after: '' },
  ],
};

const common = (afterClient: string, afterBytes: string): readonly Step[] => [
  text('client', afterClient),
  skip(' '),
  skip(' ['),
  { kind: 'common-log-time', after: '] "' },
  text('request', '" '),
  { kind: 'status', after: ' ' },
  { kind: 'sent-bytes', after: afterBytes },
];

const combined = (afterAgent: string): readonly Step[] => [
  ...common(' ', ' "'),
  text('referer', '" "'),
  text('userAgent', afterAgent),
];

const unmeasured = { before: '', timeIs: 'begin', measured: false } as const;

/** Apache's and nginx's common and combined format: httpd.apache.org/docs/2.4/logs.html, nginx.org/en/docs/http/ngx_http_log_module.html. */
export const COMMON: Layout = { ...unmeasured, steps: common(' ', '') };
export const COMBINED: Layout = { ...unmeasured, steps: combined('"') };

/** Combined with more behind it that nobody has named. */
export const COMBINED_AND_MORE: Layout = { ...COMBINED, rest: 'ignored' };

/** Combined and nginx's `$request_time`: written when the request has ended. */
export const COMBINED_SECONDS: Layout = {
  before: '',
  timeIs: 'end',
  measured: true,
  steps: [...combined('" '), { kind: 'duration', exponent: 3, after: '' }],
};

/** Apache's `vhost_combined`: `%v:%p %h …`. */
export const VHOST_COMBINED: Layout = {
  ...unmeasured,
  steps: [text('host', ':'), skip(' '), ...combined('"')],
};
