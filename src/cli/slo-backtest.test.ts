import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sloBacktest } from './slo-backtest.ts';
import { runCommand } from './testing.ts';

/** A day with five views of a cart in each minute, of which nearly all are bad from 06:00 to 07:00, and a few from 18:00 to 19:00. */
function logOfDay(): string {
  const lines: string[] = [];
  for (let view = 0; view < 1440 * 5; view += 1) {
    const minute = Math.floor(view / 5);
    const isBad =
      (minute >= 360 && minute < 420 && view % 5 !== 0) ||
      (minute >= 1080 && minute < 1140 && view % 5 === 0);
    const time = `02/Nov/2026:${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}:${String((view % 5) * 12 + 1).padStart(2, '0')} +0000`;
    const line = (path: string, status: number, seconds: number, from: string): string =>
      `203.0.113.${view % 250} - - [${time}] "GET ${path} HTTP/1.1" ${status} 9 "${from}" "Mozilla/5.0 Firefox/142.0" ${seconds}\n`;
    lines.push(
      line('/cart', 200, 0.04, '-'),
      line('/api/cart', isBad ? 503 : 200, 0.05, 'https://shop.example/cart'),
    );
  }
  return lines.join('');
}

const DEFINITIONS = `
apiVersion: sekisho/v1
kind: Screen
metadata: {name: cart}
spec:
  service: shop
  requests:
    - {route: GET /cart, threshold: 300ms}
    - {route: GET /api/cart, threshold: 300ms, required: true}
  threshold: 1s
---
apiVersion: openslo/v1
kind: SLO
metadata:
  name: cart-views
  annotations: {sekisho.dev/alerts: google}
spec:
  service: shop
  indicator:
    metadata: {name: cart-views}
    spec:
      ratioMetric:
        bad: {metricSource: {type: access-log, spec: {views: below-bar}}}
        total: {metricSource: {type: access-log, spec: {screen: cart}}}
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.98}]
`;
const INCIDENTS = `
timeZone: Asia/Tokyo
incidents:
  - {from: 2026-11-02 15:00, to: 2026-11-02 16:00, title: "cart down <&"}
  - {from: 2026-12-02 15:00, to: 2026-12-02 15:30, title: next month}
`;

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'sekisho-backtest-cli-'));
  writeFileSync(join(cwd, 'access.log.gz'), gzipSync(logOfDay()));
  writeFileSync(join(cwd, 'slo.yaml'), DEFINITIONS);
  writeFileSync(join(cwd, 'incidents.yaml'), INCIDENTS);
  writeFileSync(
    join(cwd, 'grid.yaml'),
    'slos: {cart-views: {objective: [98, 99.9], alerts: [google, pyrra], window: 30d}}',
  );
});
afterAll(() => rmSync(cwd, { recursive: true }));

const run = (...more: readonly string[]) =>
  runCommand(
    sloBacktest,
    ['--definitions', 'slo.yaml', '--incidents', 'incidents.yaml', ...more, 'access.log.gz'],
    { cwd },
  );

describe('sekisho slo backtest', () => {
  it('tells which incidents definitions would have paged for, and how little one incident proves', async () => {
    const { out, err, exit } = await run();
    expect(exit).toBe(0);
    expect(err).toContain('14400 requests in 1 files; 0 lines could not be read.');
    expect(err).toContain('Screen cart: 7200 views, 100.0% of them put together without doubt');
    expect(out).toContain('1 candidate over 1.0 days: 2026-11-02 00:00 to 2026-11-03 00:00 UTC.');
    expect(out).toContain('29 of them, all detected, would show that nine in ten are.');
    expect(out).toContain('Not within the logs, and left out: 1.');
    expect(out).toMatch(/★ 1 {2}1\/1 \(3%–100%\) {2}1\/1 \(3%–100%\) {2}0\.00/);
    expect(out).toMatch(/✓ 2026-11-02 06:00 {2}cart down <&: paged after \d+ min, \d+% of the budget left/);
  });

  it('puts quiet objectives before those that cry wolf, in the JSON that is documented', async () => {
    const { out } = await run('--grid', 'grid.yaml', '--format', 'json');
    const { candidates, ...rest } = JSON.parse(out);
    expect(rest).toMatchObject({
      version: 1,
      history: { from: '2026-11-02T00:00:00.000Z', to: '2026-11-03T00:00:00.000Z', minutes: 1440 },
      incidents: [
        { title: 'cart down <&', from: '2026-11-02T06:00:00.000Z', to: '2026-11-02T07:00:00.000Z' },
      ],
      incidentsToProveNineInTen: 29,
      logs: [{ compression: 'gzip', requests: 14_400 }],
      views: [{ screen: 'cart', views: 7200, sure: 1 }],
    });
    expect(
      candidates.map(({ falsePages, settings }: { falsePages: number; settings: object }) => [
        falsePages,
        settings,
      ]),
    ).toEqual([
      [0, expect.objectContaining({ objective: '98%' })],
      [0, expect.objectContaining({ objective: '98%' })],
      [1, expect.objectContaining({ objective: '99.9%' })],
      [1, expect.objectContaining({ objective: '99.9%' })],
    ]);
    expect(candidates[0]).toMatchObject({
      recall: { hits: 1, of: 1 },
      detections: [{ minutesToDetect: expect.any(Number), budgetLeft: expect.any(Number) }],
      pages: [{ kind: 'told' }],
    });
  });

  it('draws a picture without scripts, whatever titles hold', async () => {
    const { exit } = await run(
      '--grid',
      'grid.yaml',
      '--format',
      'svg',
      '--out',
      'backtest.svg',
      '--candidate',
      '3',
    );
    expect(exit).toBe(0);
    const svg = readFileSync(join(cwd, 'backtest.svg'), 'utf8');
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg).toContain('<title>cart down &lt;&amp; 2026-11-02T06:00:00.000Z</title>');
    expect(svg).toContain('Candidate 3');
    expect(svg).not.toMatch(/<script|\son\w+=|href/i);
    expect(svg.match(/<circle/g)).toHaveLength(4);
  });

  it.each([
    ['an unknown candidate', ['--format', 'svg', '--candidate', '9'], 'Give a number from 1 to 1.'],
    [
      'a time without requests',
      ['--from', '2026-12-01T00:00:00Z'],
      'These logs hold no request of that time.',
    ],
    ['a grid that is not there', ['--grid', 'none.yaml'], 'none.yaml'],
    ['a tolerance that is none', ['--grace', 'soon'], 'Write it as 30m or 2h, a week at most.'],
  ])('refuses %s, and says what to do', async (_, more, words) => {
    const said = await run(...more).catch((error: unknown) => ({ err: String(error), exit: 2 }));
    expect(said.err).toContain(words);
    expect(said.exit).toBe(2);
  });

  it('reads logs of formats that only their log_format tells, also in threads', async () => {
    const format =
      'log_format x \'$remote_addr - - [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_time\';';
    writeFileSync(join(cwd, 'b.log'), logOfDay().replaceAll('02/Nov', '03/Nov'));
    const { out, err } = await run('--log-format', format, '--threads', '2', 'b.log');
    expect(err).toContain('28800 requests in 2 files; 0 lines could not be read.');
    expect(out).toContain('over 2.0 days');
  });
});
