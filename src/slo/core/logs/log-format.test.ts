import { describe, expect, it } from 'vitest';
import { type LogRequest, requestAt } from './batch.ts';
import { bytesOf } from './bytes.ts';
import { parserOf } from './formats.ts';
import { COMBINED } from './layout.ts';
import { lineReader, unparsedOf } from './lines.ts';
import { type NamedTexts, parseLogFormat } from './log-format.ts';

function read(configuration: string, line: string, named?: NamedTexts): LogRequest | undefined {
  const layout = parseLogFormat(configuration, named);
  if (!layout.ok) throw new Error(layout.error.reasons[0].message.en);
  const requests: LogRequest[] = [];
  const reader = lineReader({
    file: 'a',
    parser: parserOf({ kind: 'layout', layout: layout.value }),
    consume: (batch) => requests.push(requestAt(batch, 0)),
  });
  reader.push(bytesOf(line));
  expect(unparsedOf(reader.end())).toBe(0);
  return requests[0];
}

const ruleOf = (configuration: string): string | undefined => {
  const layout = parseLogFormat(configuration);
  return layout.ok ? undefined : layout.error.reasons[0].rule;
};

// nginx.org/en/docs/http/ngx_http_log_module.html
const NGINX_COMBINED = `log_format combined '$remote_addr - $remote_user [$time_local] '
                    '"$request" $status $body_bytes_sent '
                    '"$http_referer" "$http_user_agent"';`;
const NGINX_COMPRESSION = `log_format compression '$remote_addr - $remote_user [$time_local] '
                       '"$request" $status $bytes_sent '
                       '"$http_referer" "$http_user_agent" "$gzip_ratio"';`;
// httpd.apache.org/docs/2.4/mod/mod_log_config.html#examples
const APACHE_COMBINED =
  'LogFormat "%h %l %u %t \\"%r\\" %>s %b \\"%{Referer}i\\" \\"%{User-agent}i\\"" combined';

describe('the format of a web server', () => {
  it('of nginx named combined reads what Apache wrote, with the time at the end', () => {
    const line =
      '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326 "http://www.example.com/start.html" "Mozilla/4.08 [en] (Win98; I ;Nav)"';
    expect(read(NGINX_COMBINED, line)).toEqual(read(APACHE_COMBINED, line));
    expect(parseLogFormat(NGINX_COMBINED)).toMatchObject({ ok: true, value: { timeIs: 'end' } });
  });

  it('of Apache named combined is the combined one', () => {
    expect(parseLogFormat(APACHE_COMBINED)).toMatchObject({ ok: true, value: COMBINED });
    expect(parseLogFormat('%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-agent}i"')).toMatchObject({
      ok: true,
      value: COMBINED,
    });
  });

  it('of the documentation of nginx reads a line', () => {
    const line = '192.0.2.1 - - [04/Dec/2023:09:00:01 +0000] "GET /a?b HTTP/1.1" 200 5 "-" "curl/8" "2.51"';
    expect(read(NGINX_COMPRESSION, line)).toEqual({
      ...{ beganMs: Date.UTC(2023, 11, 4, 9, 0, 1), status: 200, sentBytes: 5 },
      ...{ method: 'GET', path: '/a', client: '192.0.2.1', userAgent: 'curl/8' },
    });
  });

  it('may have any order, lists of upstreams, and texts that only the site knows', () => {
    const format =
      '$time_iso8601 $request_time $upstream_response_time $status "$request_method $request_uri" $http_x_customer|$http_x_view|"$http_traceparent"';
    const line =
      '2023-12-04T09:00:01+00:00 0.250 0.100, 0.150 : 0.001 503 "POST /a?b" acme inc|v-1|"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"';
    expect(read(format, line, { customer: 'http_x_customer', view: 'http_x_view' })).toEqual({
      ...{ beganMs: Date.UTC(2023, 11, 4, 9, 0, 0, 750), durationMs: 250, status: 503, method: 'POST' },
      ...{ path: '/a', customer: 'acme inc', view: 'v-1', trace: '4bf92f3577b34da6a3ce929d0e0e4736' },
    });
  });

  it.each([
    ['%D', '250000'],
    ['%{us}T', '250000'],
    ['%{ms}T', '250'],
  ])('has the unit of its durations: %s', (directive, value) => {
    const line = `[04/Dec/2023:09:00:01 +0000] "GET / HTTP/1.1" 200 ${value} acme`;
    expect(read(`%t "%r" %>s ${directive} %{X-Customer}i`, line, { customer: 'X-Customer' })).toMatchObject({
      beganMs: Date.UTC(2023, 11, 4, 9, 0, 1),
      durationMs: 250,
      customer: 'acme',
    });
  });

  it('may write the time since 1970, and JSON', () => {
    const json = `log_format j escape=json '{"t":$msec,"r":"$request","s":"$status","d":$request_time}';`;
    expect(read(json, '{"t":1700000000.123,"r":"GET /\\"x HTTP/1.1","s":"200","d":0.023}')).toEqual({
      ...{ beganMs: 1_700_000_000_100, durationMs: 23, status: 200, method: 'GET', path: '/"x' },
    });
    expect(read('%{msec}t %U %m %s', '1700000000123 /x GET 200')).toMatchObject({
      beganMs: 1_700_000_000_123,
    });
  });

  it('is refused where it cannot be read', () => {
    expect(ruleOf('$remote_addr$request [$time_local] $status')).toBe('slo.log-format-run-on');
    expect(ruleOf('$remote_addr "$request" $status')).toBe('slo.log-format-without');
    expect(ruleOf('%h %t "%r"')).toBe('slo.log-format-without');
    expect(ruleOf('%h %t %s')).toBe('slo.log-format-without');
    expect(ruleOf('')).toBe('slo.log-format-without');
  });
});
