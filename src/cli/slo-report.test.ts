import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { epochMs } from '#core-values';
import { KNOWN_FORMATS, type SloReport, sloReportSchema } from '#slo/core';
import { displayWidth } from './slo-chart.ts';
import { sloReport } from './slo-report.ts';
import { runCommand } from './testing.ts';

const cwd = join(import.meta.dirname, '../../test/slo/report');
const logsOfFormats = join(cwd, '../logs');
const folder = mkdtempSync(join(tmpdir(), 'sekisho-report-'));
afterAll(() => rmSync(folder, { recursive: true }));

const clock = { now: () => epochMs(Date.UTC(2026, 10, 23)) };
const run = (argv: readonly string[], given: Parameters<typeof runCommand>[2] = {}) =>
  runCommand(sloReport, ['--definitions', 'slo', ...argv], { cwd, clock, ...given });

async function reportOf(...argv: readonly string[]): Promise<SloReport> {
  const said = await run([...argv, '--format', 'json']);
  return sloReportSchema.parse(JSON.parse(said.out));
}

const lines = ['node-1.log', 'node-2.log'].flatMap((name) =>
  readFileSync(join(cwd, 'logs', name), 'utf8')
    .trimEnd()
    .split('\n'),
);

describe('sekisho slo report', () => {
  it('counts the requests of an SLO exactly, also those whose route a screen names', async () => {
    const { slos } = await reportOf('logs');
    const api = lines.flatMap((line) => {
      const [, status, seconds] = /"GET \/api\/\S+ HTTP\/1\.1" (\d+) .* (\d\.\d+)$/.exec(line) ?? [];
      return status === undefined ? [] : [Number(status) < 500 && Number(seconds) <= 0.5];
    });
    const [objective] = slos.find(({ name }) => name === 'api-answers')?.objectives ?? [];
    expect(objective?.sli).toMatchObject({ good: api.filter(Boolean).length, total: api.length });
    expect(objective?.budget).toMatchObject({ lost: 21, allowed: 4.5, verdict: 'spent' });
  });

  it('puts views together whose requests were served by two nodes, in any order of the files', async () => {
    const byNode = await reportOf('logs/node-2.log', 'logs/node-1.log');
    writeFileSync(join(folder, 'all.log'), `${lines.toSorted(byTime).join('\n')}\n`);
    const inOne = await reportOf(join(folder, 'all.log'));
    expect({ ...byNode, logs: undefined }).toEqual({ ...inOne, logs: undefined });
    expect(byNode.screens[0]).toMatchObject({ views: 150, good: 132, bots: 5, incompletePpm: 0 });
    const [node] = (await reportOf('logs/node-1.log')).screens;
    expect(node?.incompletePpm).toBeGreaterThan(500_000);
  });

  it('accounts for bad views by what fixing a request would give back', async () => {
    const { slos } = await reportOf('logs');
    const [objective] = slos[0]?.objectives ?? [];
    const { lost = 0, requests = [], shared = [] } = objective?.blame ?? {};
    const alone = requests.reduce((sum, request) => sum + request.alone, 0);
    expect([lost, alone + shared.reduce((sum, { views }) => sum + views, 0)]).toEqual([18, 18]);
  });

  it('lists what access logs do not tell, and lines that are none, without what stands in them', async () => {
    const report = await reportOf('logs');
    expect(report.notFromLogs).toEqual([{ slo: 'stock-is-fresh', kind: 'freshness', system: 'stock' }]);
    expect(report.logs.unparsed).toMatchObject({
      total: 1,
      first: [{ file: 'logs/node-2.log', line: 41, reason: 'shape' }],
    });
    expect(JSON.stringify(report)).not.toContain('no line of an access log');
  });

  it('takes only requests within --from and --to, as dates in a time zone', async () => {
    const all = await reportOf('logs', '--from', '2026-11-02', '--to', '2026-11-03');
    expect(all.logs.outside).toEqual({ before: 0, after: 0 });
    expect(all.to).toBe('2026-11-03T00:00:00.000Z');
    const tokyo = await reportOf('logs', '--from', '2026-11-03', '--time-zone', 'Asia/Tokyo');
    expect(tokyo.logs.outside).toEqual({ before: 635, after: 0 });
    expect(tokyo.from).toBeUndefined();
    expect(tokyo.slos[0]?.objectives[0]?.budget.verdict).toBe('no-data');
  });

  it('is not stretched by a line of another century', async () => {
    const odd = (lines[0] ?? '').replace('02/Nov/2026', '01/Jan/1970');
    writeFileSync(join(folder, 'odd.log'), `${odd}\n${lines.toSorted(byTime).join('\n')}\n`);
    const report = await reportOf(join(folder, 'odd.log'));
    expect([report.logs.outside.before, report.screens[0]?.views]).toEqual([1, 150]);
  });

  it('tells customers apart, with how sure their budgets are', async () => {
    const format = '$time_iso8601 $status $request_time "$request" "$http_x_customer"';
    const rows = Array.from({ length: 300 }, (_, index) => {
      const status = index % 100 === 7 || index % 3 === 0 ? 503 : 200;
      return `2026-11-02T09:00:0${index % 10}Z ${status} 0.010 "GET /api/x HTTP/1.1" "${index % 3 === 0 ? 'acme\u001b[31m' : 'umbrella'}"`;
    });
    writeFileSync(join(folder, 'customers.log'), `${rows.join('\n')}\n`);
    const argv = [
      join(folder, 'customers.log'),
      '--log-format',
      format,
      '--log-field',
      'customer=http_x_customer',
    ];
    const [acme, umbrella] = (await reportOf(...argv)).slos[1]?.objectives[0]?.customers ?? [];
    expect(acme).toMatchObject({ good: 0, total: 100, proof: 'missed', budget: { verdict: 'spent' } });
    expect(umbrella).toMatchObject({
      good: 198,
      total: 200,
      proof: 'open',
      interval: { highPpm: expect.any(Number) },
    });
    // What a log tells is no command for the terminal.
    expect((await run(argv)).out).not.toContain('\u001b');
  });

  it('says that requests out of order were not counted in views, and what would help', async () => {
    const late = [...lines.toSorted(byTime), lines[0] ?? ''];
    writeFileSync(join(folder, 'late.log'), `${late.join('\n')}\n`);
    expect((await reportOf(join(folder, 'late.log'))).screenRequests?.late).toBe(1);
    const said = await run([join(folder, 'late.log')]);
    expect(said.out).toContain('--lateness');
    expect((await reportOf(join(folder, 'late.log'), '--lateness', '3h')).screenRequests?.late).toBe(0);
  });
});

function byTime(a: string, b: string): number {
  const time = (line: string): string => /:(\d\d:\d\d:\d\d) /.exec(line)?.[1] ?? '';
  return time(a) < time(b) ? -1 : time(a) > time(b) ? 1 : 0;
}

describe('what it ends with', () => {
  it('is 1 when a budget is spent and that was asked for', async () => {
    expect((await run(['logs'])).exit).toBe(0);
    expect((await run(['logs', '--fail-when-exhausted'])).exit).toBe(1);
  });

  it('is 2, with what to do, for wrong definitions, logs, times and formats', async () => {
    const wrong: readonly (readonly [readonly string[], string])[] = [
      [['nowhere.log'], 'slo.no-logs'],
      [['logs', '--from', 'yesterday'], 'slo.time'],
      [['logs', '--from', '2026-11-03', '--to', '2026-11-03'], 'slo.time'],
      [['logs', '--log-format', 'apache'], 'slo.log-format-unknown'],
      [['logs', '--log-field', 'customer=x'], 'slo.log-field'],
      [['slo/shop.yaml'], 'slo.log-format-unknown'],
    ];
    for (const [argv, rule] of wrong) {
      const said = await run(argv);
      expect([argv, said.exit, said.err]).toEqual([argv, 2, expect.stringContaining(rule)]);
    }
    const said = await runCommand(sloReport, ['--definitions', 'nothing', 'logs'], { cwd });
    expect([said.exit, said.err]).toEqual([2, expect.stringContaining('slo.no-definitions')]);
  });

  it('is 2 where a log is cut off, but what was read is reported', async () => {
    const packed = gzipSync(lines.join('\n'));
    writeFileSync(join(folder, 'cut.gz'), packed.subarray(0, packed.length - 500));
    const said = await run([join(folder, 'cut.gz'), '--format', 'json']);
    const { logs } = sloReportSchema.parse(JSON.parse(said.out));
    expect([said.exit, logs.files[0]?.problem?.rule]).toEqual([2, 'slo.log-cut-off']);
    expect(logs.requests).toBeGreaterThan(100);
  });

  it('says so where the logs are empty', async () => {
    writeFileSync(join(folder, 'empty.log'), '');
    const said = await run([join(folder, 'empty.log')], { language: 'ja' });
    expect([said.exit, said.out]).toEqual([
      0,
      expect.stringContaining('数えられるリクエストがログにありません'),
    ]);
  });
});

describe('what a person reads', () => {
  for (const language of ['en', 'ja'] as const) {
    for (const columns of [60, 120]) {
      it(`fits ${columns} columns in ${language}`, async () => {
        let out = '';
        const stdout = { columns, isTerminal: false, write: (words: string) => (out += words) };
        await run(['logs'], { language, stdout });
        const wide = out.split('\n').filter((line) => displayWidth(line) > columns);
        expect(wide).toEqual([]);
        expect(out).toContain('item-views');
      });
    }
  }
});

describe('1,000 damaged or hostile lines', () => {
  const bytes = (words: string): fc.Arbitrary<string> =>
    fc
      .tuple(
        fc.nat(words.length),
        fc.nat(40),
        fc.oneof(fc.string({ unit: 'binary' }), fc.constant('\u0000"\\')),
      )
      .map(
        ([at, length, put]) => words.slice(0, at) + put.replaceAll(/[\r\n]/g, ' ') + words.slice(at + length),
      );
  for (const format of KNOWN_FORMATS) {
    it(`of ${format} are all accounted for`, async () => {
      const name = readdirSync(logsOfFormats).includes(format) ? format : 'combined-seconds';
      const given = readFileSync(join(logsOfFormats, name, 'input.log'), 'utf8')
        .trimEnd()
        .split('\n');
      const damaged = fc.sample(fc.constantFrom(...given).chain(bytes), { numRuns: 1000, seed: 6 });
      // A header line keeps its place; what is only a byte order mark or nothing is a line too.
      const words = [...given.slice(0, 3), ...damaged];
      writeFileSync(join(folder, `${format}.log`), `${words.join('\n')}\n`);
      const { logs, screenRequests } = await reportOf(join(folder, `${format}.log`), '--log-format', format);
      const { requests, skipped, unparsed, outside } = logs;
      const reasons = Object.values(unparsed.reasons).reduce((sum, count) => sum + count, 0);
      expect(logs.lines).toBe(words.length);
      expect([requests + skipped + unparsed.total, reasons]).toEqual([logs.lines, unparsed.total]);
      const { placed = 0, unplaced = 0, elsewhere = 0, late = 0 } = screenRequests ?? {};
      expect(placed + unplaced + elsewhere + late + outside.before + outside.after).toBe(requests);
      expect(unparsed.total).toBeGreaterThan(0);
    });
  }
});
