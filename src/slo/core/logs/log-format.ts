import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import { TEXT_FIELDS, type TextField } from './batch.ts';
import type { Layout, Step, TextKind } from './layout.ts';

/*
 * nginx's log_format (nginx.org/en/docs/http/ngx_http_log_module.html) and Apache's LogFormat
 * (httpd.apache.org/docs/2.4/mod/mod_log_config.html) as layouts. nginx writes a line when the request has ended; Apache's %t is when it came.
 */

/** Texts that only the site knows: the variable (`http_x_customer`) or header (`X-Customer`) that has them. */
export type NamedTexts = Partial<Record<TextField, string>>;

/** A value of a line before the fixed text behind it is known. Without `field` it is stepped over. */
interface Value {
  readonly field?: Field;
  readonly name: string;
}

type Field =
  | { readonly kind: 'text'; readonly is: TextKind }
  | { readonly kind: 'common-log-time' | 'iso-time' | 'status' | 'sent-bytes' }
  | { readonly kind: 'epoch-time' | 'duration'; readonly exponent: number };

/** Values with the fixed text before, between and behind them: one more text than values. */
interface Sequence {
  readonly values: readonly Value[];
  readonly texts: readonly string[];
}

const asText = (is: TextKind): Field => ({ kind: 'text', is });
const duration = (exponent: number): Field => ({ kind: 'duration', exponent });
const epoch = (exponent: number): Field => ({ kind: 'epoch-time', exponent });

const NGINX: Readonly<Record<string, Field>> = {
  remote_addr: asText('client'),
  time_local: { kind: 'common-log-time' },
  time_iso8601: { kind: 'iso-time' },
  msec: epoch(3),
  request: asText('request'),
  request_method: asText('method'),
  request_uri: asText('target'),
  uri: asText('target'),
  document_uri: asText('target'),
  status: { kind: 'status' },
  body_bytes_sent: { kind: 'sent-bytes' },
  bytes_sent: { kind: 'sent-bytes' },
  request_time: duration(3),
  http_referer: asText('referer'),
  http_user_agent: asText('userAgent'),
  host: asText('host'),
  http_host: asText('host'),
  otel_trace_id: asText('trace'),
  opentelemetry_trace_id: asText('trace'),
  http_traceparent: asText('trace'),
  http_x_amzn_trace_id: asText('trace'),
};

const APACHE: Readonly<Record<string, Field>> = {
  h: asText('client'),
  a: asText('client'),
  t: { kind: 'common-log-time' },
  '{sec}t': epoch(3),
  '{msec}t': epoch(0),
  '{usec}t': epoch(-3),
  r: asText('request'),
  m: asText('method'),
  U: asText('target'),
  s: { kind: 'status' },
  b: { kind: 'sent-bytes' },
  B: { kind: 'sent-bytes' },
  O: { kind: 'sent-bytes' },
  D: duration(-3),
  T: duration(3),
  '{s}T': duration(3),
  '{ms}T': duration(0),
  '{us}T': duration(-3),
  v: asText('host'),
  V: asText('host'),
  '{host}i': asText('host'),
  '{referer}i': asText('referer'),
  '{user-agent}i': asText('userAgent'),
  '{traceparent}i': asText('trace'),
  '{x-amzn-trace-id}i': asText('trace'),
};

/** A layout from what stands in the web server's configuration: the whole directive or the format alone. */
export function parseLogFormat(configuration: string, named: NamedTexts = {}): Result<Layout, Problem> {
  const format = formatOf(configuration.trim());
  const isApache = /%[<>]?(?:\{[^}]*\})?[a-zA-Z]/.test(format) && !/\$\w/.test(format);
  const sequence = isApache ? apacheSequence(format, named) : nginxSequence(format, named);
  const steps = stepsOf(sequence);
  if (!steps.ok) return steps;
  return missing(steps.value) ?? ok(layoutOf(sequence, steps.value, isApache ? 'begin' : 'end'));
}

const layoutOf = (sequence: Sequence, steps: readonly Step[], timeIs: Layout['timeIs']): Layout => ({
  before: sequence.texts[0] ?? '',
  steps,
  timeIs,
  measured: steps.some(({ kind }) => kind === 'duration'),
});

/** The format within `log_format name [escape=…] '…' '…';` and `LogFormat "…" name`. */
function formatOf(configuration: string): string {
  const directive = /^(?:log_format|LogFormat|CustomLog)\b/.exec(configuration);
  if (directive === null) return configuration;
  const quoted = configuration.matchAll(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/gs);
  const parts = [...quoted].map(([, single, double]) => single ?? double ?? '');
  return parts.join('').replace(/\\(.)/g, (_, escaped: string) => (escaped === 't' ? '\t' : escaped));
}

function nginxSequence(format: string, named: NamedTexts): Sequence {
  const own = ownFields(named, (variable) => variable);
  return sequenceOf(format, /\$(?:\{(\w+)\}|(\w+))/g, ([, braced, bare]) => {
    const name = braced ?? bare ?? '';
    return namedValue(name, own.get(name), NGINX[name]);
  });
}

function apacheSequence(format: string, named: NamedTexts): Sequence {
  const own = ownFields(named, (header) => `{${header.toLowerCase()}}i`);
  // %!200,304{Referer}i, %>s, %<s: conditions and directions change nothing about the form.
  const directive = /%[<>!\d,]*((?:\{[^}]*\})?)(\^?[a-zA-Z]{1,2}?)(?![a-z])|%%/g;
  const sequence = sequenceOf(
    format.replaceAll('\\"', '"').replaceAll('\\t', '\t'),
    directive,
    ([, braces = '', letter = '']) => {
      const name = `${letter === 'i' ? braces.toLowerCase() : braces}${letter}`;
      return namedValue(name, own.get(name), APACHE[name]);
    },
  );
  return inBrackets(sequence);
}

/** `%t` writes the brackets of its time itself. */
function inBrackets({ values, texts }: Sequence): Sequence {
  const isTime = (index: number): boolean => values[index]?.field?.kind === 'common-log-time';
  return {
    values,
    texts: texts.map((words, index) => `${isTime(index - 1) ? ']' : ''}${words}${isTime(index) ? '[' : ''}`),
  };
}

/** The fields that the site named, by the variables they are in. */
const ownFields = (named: NamedTexts, variable: (name: string) => string): ReadonlyMap<string, TextField> =>
  new Map(
    TEXT_FIELDS.flatMap((field) => {
      const name = named[field];
      return name === undefined ? [] : [[variable(name), field] as const];
    }),
  );

function namedValue(name: string, own: TextField | undefined, known: Field | undefined): Value {
  if (own !== undefined) return { name, field: asText(own === 'path' ? 'target' : own) };
  return known === undefined ? { name } : { name, field: known };
}

function sequenceOf(format: string, pattern: RegExp, value: (match: RegExpExecArray) => Value): Sequence {
  const values: Value[] = [];
  const texts: string[] = [];
  let from = 0;
  for (const match of format.matchAll(pattern)) {
    texts.push(format.slice(from, match.index));
    values.push(value(match));
    from = match.index + match[0].length;
  }
  return { values, texts: [...texts, format.slice(from)] };
}

/** Where two values have nothing between them, nobody can tell where the first ends. */
function stepsOf({ values, texts }: Sequence): Result<readonly Step[], Problem> {
  const steps: Step[] = [];
  for (const [index, { field, name }] of values.entries()) {
    const after = texts[index + 1] ?? '';
    const endsItself = field !== undefined && field.kind !== 'text';
    if (after === '' && index < values.length - 1 && !endsItself)
      return err(refused('slo.log-format-run-on', name));
    const isList = name.startsWith('upstream_');
    steps.push(field === undefined ? { kind: 'skip', after, isList } : { ...field, after });
  }
  return ok(steps);
}

function missing(steps: readonly Step[]): Result<never, Problem> | undefined {
  const has = (found: (step: Step) => boolean): boolean => steps.some(found);
  const timed = has(({ kind }) => kind === 'common-log-time' || kind === 'iso-time' || kind === 'epoch-time');
  if (!timed) return err(refused('slo.log-format-without', '$time_iso8601, %t'));
  if (!has(({ kind }) => kind === 'status')) return err(refused('slo.log-format-without', '$status, %>s'));
  const pathed = has((step) => step.kind === 'text' && (step.is === 'request' || step.is === 'target'));
  return pathed ? undefined : err(refused('slo.log-format-without', '$request, %r'));
}

type Refusal = 'slo.log-format-run-on' | 'slo.log-format-without';

function refused(rule: Refusal, name: string): Problem {
  const runOn = rule === 'slo.log-format-run-on';
  return problem('bad-input', {
    rule,
    message: runOn
      ? text(
          `Nothing stands between ${name} and the value after it.`,
          `${name} とその次の値の間に区切りがありません。`,
        )
      : text(`The log format has no ${name}.`, `ログ形式に ${name} がありません。`),
    remedy: text(
      'Log time, request and status with something between the values, and give the format as it stands in the configuration of the web server.',
      '時刻・リクエスト・ステータスを区切りのある形で記録し、Web サーバーの設定にあるとおりの形式を指定してください。',
    ),
  });
}
