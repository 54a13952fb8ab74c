import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { fileSource, logFiles, readLogs } from '#slo';
import {
  byteTable,
  KNOWN_FORMATS,
  LINE_FAULTS,
  parseLogFormat,
  patternProblem,
  proposedPatterns,
  requestCounts,
  routeTable,
  SPANS,
  spanEnd,
  spanStart,
} from '#slo/core';

/* How a consumer reads logs of a site: by the room's doors alone. */

const folder = mkdtempSync(join(tmpdir(), 'sekisho-door-'));
afterAll(() => rmSync(folder, { recursive: true }));

const FORMAT = `log_format shop '$time_iso8601 $status $request_time "$request" "$http_x_customer"';`;
const line = (second: number, status: number, path: string, customer: string): string =>
  `2023-12-04T09:00:0${second}+00:00 ${status} 0.250 "GET ${path} HTTP/1.1" "${customer}"\n`;

describe('the logs of a site', () => {
  it('are counted by minute, route and customer, with every line accounted for', async () => {
    writeFileSync(
      join(folder, '1.log'),
      line(1, 200, '/users/alice', 'acme') + line(2, 503, '/items/7', 'umbrella'),
    );
    writeFileSync(join(folder, '2.log.gz'), gzipSync(`${line(3, 200, '/items/8', 'acme')}what is this\n`));
    const files = await logFiles([folder]);
    const layout = parseLogFormat(FORMAT, { customer: 'http_x_customer' });
    if (!files.ok || !layout.ok) throw new Error('no files or no layout');

    expect(patternProblem('/users/{name}')).toBeUndefined();
    const routes = routeTable({ patterns: ['/users/{name}'] });
    const counts = requestCounts();
    const customers = byteTable(100);
    const perCustomer = new Map<number, number>();
    const reports = await readLogs(files.value.map(fileSource), {
      format: { kind: 'layout', layout: layout.value },
      routes,
      consume: (batch) => {
        counts.add(batch);
        for (let row = 0; row < batch.count; row += 1) {
          const [start, end] = [spanStart(batch, row, SPANS.customer), spanEnd(batch, row, SPANS.customer)];
          const customer = customers.intern(batch.bytes, start, end);
          perCustomer.set(customer, (perCustomer.get(customer) ?? 0) + 1);
        }
      },
    });

    const rows = counts
      .rows()
      .map(({ route, total, failed }) => [routes.route(route).pattern, total, failed]);
    expect(rows).toEqual([
      ['/users/{name}', 1, 0],
      ['/items/{id}', 2, 1],
    ]);
    expect([...perCustomer].map(([id, count]) => [customers.text(id), count])).toEqual([
      ['acme', 2],
      ['umbrella', 1],
    ]);
    expect(
      reports.map(({ counts: { lines, requests, unparsed } }) => [lines, requests, unparsed.time]),
    ).toEqual([
      [2, 2, 0],
      [2, 1, 1],
    ]);
    expect(
      proposedPatterns(
        rows.map(([pattern]) => ({ route: { method: 'GET', pattern: String(pattern) }, requests: 1 })),
      ),
    ).toEqual([]);
  });

  it('have formats and faults that a command can name', () => {
    expect(KNOWN_FORMATS).toContain('alb');
    expect(LINE_FAULTS).toContain('shape');
  });
});
