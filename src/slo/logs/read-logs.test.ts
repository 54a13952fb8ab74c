import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { type LogRequest, requestAt } from '../core/logs/batch.ts';
import { routeTable } from '../core/routes/route-table.ts';
import { logFiles } from './files.ts';
import { fileSource, type LogReport, type LogSource, readLogs } from './read-logs.ts';

const LINES = 3000;
const line = (index: number): string =>
  `192.0.2.${index % 250} - - [04/Dec/2023:09:00:${String(index % 60).padStart(2, '0')} +0000] "GET /items/${index} HTTP/1.1" ${index % 7 === 0 ? 503 : 200} ${(index * 7919) % 100_000} "-" "agent ${(index * 104_729) % 9973}" 0.${String(index % 1000).padStart(3, '0')}`;
const whole = Buffer.from(`${Array.from({ length: LINES }, (_, index) => line(index)).join('\n')}\n`);
const half = whole.lastIndexOf('\n', whole.length / 2) + 1;
const [first, second] = [whole.subarray(0, half), whole.subarray(half)];

const inPieces = (name: string, bytes: Uint8Array, piece: number): LogSource => ({
  name,
  open: async function* () {
    for (let from = 0; from < bytes.length; from += piece) yield bytes.subarray(from, from + piece);
  },
});

async function read(
  bytes: Uint8Array,
  piece = 10_000,
): Promise<{ report: LogReport; requests: LogRequest[] }> {
  const requests: LogRequest[] = [];
  const [report] = await readLogs([inPieces('access.log', bytes, piece)], {
    routes: routeTable(),
    consume: (batch) => {
      for (let row = 0; row < batch.count; row += 1) requests.push(requestAt(batch, row));
    },
  });
  if (report === undefined) throw new Error('no report');
  return { report, requests };
}

const plain = await read(whole);

describe('a log', () => {
  it.each([
    ['plain', 'none', whole],
    ['gzip', 'gzip', gzipSync(whole)],
    ['gzip of two members', 'gzip', Buffer.concat([gzipSync(first), gzipSync(second)])],
    ['gzip with padding', 'gzip', Buffer.concat([gzipSync(whole), Buffer.alloc(70_000)])],
    ['zstd', 'zstd', zstdCompressSync(whole)],
    ['zstd of two frames', 'zstd', Buffer.concat([zstdCompressSync(first), zstdCompressSync(second)])],
    [
      'zstd with a skippable frame between',
      'zstd',
      Buffer.concat([
        zstdCompressSync(first),
        Buffer.from([0x51, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9]),
        zstdCompressSync(second),
      ]),
    ],
  ] as const)('is read to its end: %s', async (_, compression, bytes) => {
    for (const piece of [1000, 7919, 1_000_000]) {
      const { report, requests } = await read(bytes, piece);
      expect(report).toMatchObject({ compression, counts: { lines: LINES, requests: LINES } });
      expect(report.problem).toBeUndefined();
      expect(requests).toEqual(plain.requests);
    }
  });

  it('is found to be what it is, with what the finding rests on', () => {
    const { detected } = plain.report;
    expect(detected?.format.kind).toBe('combined-seconds');
    expect(detected?.requests).toBe(detected?.lines);
    expect(detected?.told).toEqual(expect.arrayContaining(['duration', 'path', 'client', 'userAgent']));
    expect(detected?.told).not.toContain('referer');
  });

  it.each([
    ['gzip', gzipSync(whole)],
    ['zstd', zstdCompressSync(whole)],
  ])('that was cut off gives what came before and says so: %s', async (_, bytes) => {
    for (const share of [0.2, 0.5, 0.9, 0.99]) {
      const { report, requests } = await read(bytes.subarray(0, Math.floor(bytes.length * share)));
      expect(report.problem?.reasons[0].rule).toBe('slo.log-cut-off');
      expect(requests).toEqual(plain.requests.slice(0, requests.length));
      expect(report.counts.lines).toBe(requests.length + report.counts.unparsed['cut-off']);
    }
    const { requests } = await read(bytes.subarray(0, bytes.length - 3));
    expect(requests.length).toBeGreaterThan(LINES / 2);
  });

  it.each([
    ['gzip', Buffer.concat([gzipSync(whole), Buffer.from('not gzip at all')])],
    ['zstd', Buffer.concat([zstdCompressSync(whole), Buffer.from('not zstd at all')])],
  ])('with something else behind it says so: %s', async (_, bytes) => {
    expect((await read(bytes, 1000)).report.problem?.reasons[0].rule).toBe('slo.log-corrupt');
  });

  it('that is damaged within says so and never gives what was not there', async () => {
    const bytes = gzipSync(whole);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 6) ^ 0xff, bytes.length - 6);
    const { report, requests } = await read(bytes, 1000);
    expect(report.problem?.reasons[0].rule).toBe('slo.log-corrupt');
    expect(requests).toEqual(plain.requests.slice(0, requests.length));
  });

  it.each([
    ['prose', 'It was a dark and stormy night.\n'.repeat(50)],
    ['an image', '\u0089PNG\r\n\u001a\n\0\0\0\rIHDR'],
    ['half of it of a format', `${line(1)}\nnothing\n`.repeat(20)],
  ])('of no known format is refused: %s', async (_, words) => {
    const { report, requests } = await read(Buffer.from(words));
    expect(report.problem?.reasons[0].rule).toBe('slo.log-format-unknown');
    expect(requests).toEqual([]);
  });

  it('without a line is no problem', async () => {
    for (const bytes of [new Uint8Array(), gzipSync('')]) {
      const { report } = await read(bytes);
      expect(report.problem).toBeUndefined();
      expect(report.counts.lines).toBe(0);
    }
    const header = await read(
      Buffer.from('#Version: 1.0\n#Fields: date time cs-method cs-uri-stem sc-status\n'),
    );
    expect(header.report.detected?.format.kind).toBe('cloudfront');
  });

  it('that cannot be opened does not keep the others from being read', async () => {
    const sources = [fileSource(join(tmpdir(), 'no-such-file.log')), inPieces('b', whole, 5000)];
    const reports = await readLogs(sources, { routes: routeTable(), consume: () => undefined });
    expect(reports.map(({ problem }) => problem?.reasons[0].rule)).toEqual(['slo.log-unreadable', undefined]);
    expect(reports[1]?.counts.requests).toBe(LINES);
  });
});

describe('the files that arguments name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sekisho-logs-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'a/b'), { recursive: true });
  for (const name of ['x.log', 'a/2.log.gz', 'a/1.log.gz', 'a/b/3.txt', 'a/.hidden'])
    writeFileSync(join(folder, name), 'x');

  it('are a file, all of a folder, or those of a glob, none twice', async () => {
    const named = await logFiles([join(folder, 'x.log'), join(folder, 'a'), join(folder, '**/*.gz')]);
    const expected = ['x.log', 'a/1.log.gz', 'a/2.log.gz', 'a/b/3.txt'].map((name) => join(folder, name));
    expect(named).toEqual({ ok: true, value: expected });
  });

  it('must be there', async () => {
    for (const name of ['none', '*.none', 'a/b/none']) {
      const named = await logFiles([join(folder, name)]);
      expect(named.ok ? undefined : named.error.reasons[0].rule).toBe('slo.no-logs');
    }
  });
});
