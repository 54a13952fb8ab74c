import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LogRequest, requestAt, TEXT_FIELDS } from './batch.ts';
import { bytesOf } from './bytes.ts';
import { type LogFormat, parserOf } from './formats.ts';
import { lineMemory, lineReader } from './lines.ts';

/* What a web server writes of a request is read as that request, for everything its format can say. */

const START_S = Date.UTC(2024, 0, 1) / 1000;
const memory = lineMemory({ longestLine: 60_000, input: 64 * 1024, rows: 4 });
const absent = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });

const word = fc.stringMatching(/^[A-Za-z0-9._~/-]{1,20}$/).filter((words) => words !== '-');
const path = fc.stringMatching(/^\/[A-Za-z0-9._~%/@:+=-]{0,30}$/);
const words = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 30, unit: 'binary' }),
    fc.constantFrom('a "b" \\c', '日本語 🍰', '\\x22', '%20', '\t'),
  )
  .filter((text) => text !== '-' && text.isWellFormed());
const request = fc.record({
  endS: fc.integer({ min: START_S, max: START_S + 400 * 86_400 }),
  durationMs: fc.integer({ min: 0, max: 999_999 }),
  status: fc.oneof(fc.constant(0), fc.integer({ min: 100, max: 999 })),
  sentBytes: absent(fc.nat()),
  method: fc.constantFrom('GET', 'POST', 'M-SEARCH'),
  path,
  query: fc.constantFrom('', '?a=b', '?'),
  client: absent(fc.oneof(fc.ipV4(), fc.ipV6())),
  userAgent: absent(words),
  referer: absent(words),
  host: fc.stringMatching(/^[a-z0-9.-]{1,20}$/).filter((host) => host !== '-'),
  trace: absent(word),
});

type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;

const dash = (value: string | number | undefined): string => (value === undefined ? '-' : String(value));
const seconds = (ms: number): string => (ms / 1000).toFixed(3);
const three = (status: number): string => String(status).padStart(3, '0');
const isoOf = (ms: number): string => new Date(ms).toISOString();
/** `Mon, 01 Jan 2024 00:00:00 GMT` as `01/Jan/2024:00:00:00 +0000`. */
const clf = (s: number): string =>
  new Date(s * 1000).toUTCString().replace(/^.*?(\d\d) (\w{3}) (\d{4}) (.{8}).*$/, '$1/$2/$3:$4 +0000');
/** As nginx escapes by default: quotes, backslashes, controls and what is not ASCII, byte by byte. */
const escaped = (text: string | undefined): string =>
  text === undefined
    ? '-'
    : [...bytesOf(text)]
        .map((byte) =>
          byte < 0x20 || byte > 0x7e || byte === 0x22 || byte === 0x5c
            ? `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`
            : String.fromCharCode(byte),
        )
        .join('');
const encoded = (text: string | undefined): string => (text === undefined ? '-' : encodeURIComponent(text));
const untabbed = (text: string): boolean => !/[\t\n\r]/.test(text);

const line = (r: Request): string => `${r.method} ${r.path}${r.query} HTTP/1.1`;
const commonOf = (r: Request): string =>
  `${dash(r.client)} - - [${clf(r.endS)}] "${line(r)}" ${three(r.status)} ${dash(r.sentBytes)}`;
const combinedOf = (r: Request): string => `${commonOf(r)} "${escaped(r.referer)}" "${escaped(r.userAgent)}"`;
const beganOf = (r: Request): number => r.endS * 1000 - r.durationMs;

const READ = new Set<string>([...TEXT_FIELDS, 'beganMs', 'durationMs', 'status', 'sentBytes']);

/** How each format writes a request, and what of it can be read again. */
const FORMATS: readonly {
  readonly format: LogFormat;
  readonly render: (r: Request) => string;
  readonly says: (r: Request) => Readonly<Record<string, unknown>>;
}[] = [
  {
    format: { kind: 'common' },
    render: commonOf,
    says: (r) => ({ beganMs: r.endS * 1000, client: r.client, sentBytes: r.sentBytes }),
  },
  {
    format: { kind: 'combined' },
    render: combinedOf,
    says: (r) => ({ ...r, beganMs: r.endS * 1000, durationMs: undefined, host: undefined, trace: undefined }),
  },
  {
    format: { kind: 'vhost-combined' },
    render: (r) => `${r.host}:443 ${combinedOf(r)}`,
    says: (r) => ({ ...r, beganMs: r.endS * 1000, durationMs: undefined, trace: undefined }),
  },
  {
    format: { kind: 'combined-seconds' },
    render: (r) => `${combinedOf(r)} ${seconds(r.durationMs)}`,
    says: (r) => ({ ...r, beganMs: beganOf(r), host: undefined, trace: undefined }),
  },
  {
    format: { kind: 'alb' },
    render: (r) =>
      `h2 ${isoOf(r.endS * 1000)} app/a/1 ${r.client === undefined ? '-' : `${r.client}:2817`} 10.0.0.1:80 0.000 ${seconds(r.durationMs)} 0.000 ${three(r.status)} 200 34 ${dash(r.sentBytes)} "${r.method} https://${r.host}:443${r.path}${r.query} HTTP/2.0" "${escaped(r.userAgent)}" - - arn:a "${r.trace === undefined ? '-' : `Root=${r.trace}`}" "-" "-" 0 ${isoOf(beganOf(r))} "forward" "-" "-"`,
    says: (r) => ({ ...r, beganMs: beganOf(r), referer: undefined }),
  },
  {
    format: { kind: 'cloudfront' },
    render: (r) =>
      `#Fields: date time sc-bytes c-ip cs-method cs-uri-stem sc-status cs(Referer) cs(User-Agent) x-host-header time-taken\n${[
        ...isoOf(r.endS * 1000)
          .slice(0, 19)
          .split('T'),
        ...[dash(r.sentBytes), dash(r.client), r.method, r.path, three(r.status)],
        ...[encoded(r.referer), encoded(r.userAgent), r.host, seconds(r.durationMs)],
      ].join('\t')}`,
    says: (r) => ({ ...r, beganMs: beganOf(r), trace: undefined }),
  },
  {
    format: { kind: 'ltsv', fields: { trace: 'trace' } },
    render: (r) =>
      [
        `time:${isoOf(beganOf(r))}\thost:${dash(r.client)}\treq:${line(r)}\tstatus:${three(r.status)}\tsize:${dash(r.sentBytes)}`,
        `reqtime_microsec:${r.durationMs * 1000}\treferer:${dash(r.referer)}\tua:${dash(r.userAgent)}\tvhost:${r.host}\ttrace:${dash(r.trace)}`,
      ].join('\t'),
    says: (r) => ({ ...r, beganMs: beganOf(r) }),
  },
  {
    format: { kind: 'json' },
    render: (r) =>
      JSON.stringify({
        ...{
          time: r.endS * 1000,
          request_method: r.method,
          uri: `${r.path}${r.query}`,
          status: three(r.status),
        },
        ...{ request_time: r.durationMs / 1000, body_bytes_sent: r.sentBytes, remote_addr: r.client },
        ...{ http_user_agent: r.userAgent, http_referer: r.referer, host: r.host, trace_id: r.trace },
      }),
    says: (r) => ({ ...r, beganMs: beganOf(r) }),
  },
];

function read(format: LogFormat, text: string): readonly LogRequest[] {
  const requests: LogRequest[] = [];
  const consume = (batch: Parameters<typeof requestAt>[0]): void => {
    for (let row = 0; row < batch.count; row += 1) requests.push(requestAt(batch, row));
  };
  const reader = lineReader({ file: 'a', parser: parserOf(format), consume, memory });
  reader.push(bytesOf(`${text}\r\n`));
  reader.end();
  return requests;
}

describe('a request as a web server writes it', () => {
  it.each(FORMATS.map((each) => [each.format.kind, each] as const))(
    'is read as that: %s',
    (kind, { format, render, says }) => {
      fc.assert(
        fc.property(request, (r) => {
          const texts = [r.userAgent ?? '', r.referer ?? ''];
          fc.pre(kind !== 'ltsv' || texts.every(untabbed));
          const said = { ...says(r), method: r.method, path: r.path, status: r.status };
          const expected = Object.entries(said).filter(
            ([name, value]) => READ.has(name) && value !== undefined,
          );
          expect(read(format, render(r))).toEqual([Object.fromEntries(expected)]);
        }),
        { numRuns: 150 },
      );
    },
  );
});
