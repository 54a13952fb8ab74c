import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { viewConfidence } from '#slo/core';
import { laboratory } from '../core/backtest/laboratory.ts';
import { wantedOf } from '../core/backtest/wanted.ts';
import { type History, readHistory } from './history.ts';
import { sharesOf } from './shares.ts';
import { tailSource } from './tail.ts';
import { candidateWith, START_MS, shopLines } from './testing.ts';

const MINUTES = 180;
const FAULTS = [
  { from: 60, to: 75, kind: 'fails' },
  { from: 120, to: 150, kind: 'slow' },
] as const;
const CANDIDATES = [candidateWith(100, 900_000), candidateWith(100), candidateWith(300, 900_000)];
const START = START_MS / 60_000;

let folder: string;
const inFolder = (name: string) => join(folder, name);
/** Cut where views are open: the n-th of so many parts. */
const partsOf = (lines: readonly string[], count: number) =>
  Array.from({ length: count }, (_, part) =>
    lines
      .slice(Math.floor((lines.length * part) / count), Math.floor((lines.length * (part + 1)) / count))
      .join(''),
  );

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sekisho-backtest-'));
  const lines = shopLines(MINUTES, 20, FAULTS);
  writeFileSync(inFolder('whole.log'), lines.join(''));
  partsOf(lines, 5).forEach((part, index) => {
    writeFileSync(inFolder(`part-${index}.log.gz`), gzipSync(part));
  });
  // A load balancer gives views to two servers in turn.
  const isOdd = (line: string): boolean => Number(/items\/(\d+)/.exec(line)?.[1]) % 2 === 1;
  writeFileSync(inFolder('server-a.log'), lines.filter((line) => !isOdd(line)).join(''));
  writeFileSync(inFolder('server-b.log'), lines.filter(isOdd).join(''));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function historyOf(
  files: readonly string[],
  threads: number,
  more: Partial<Parameters<typeof readHistory>[0]> = {},
): Promise<History> {
  const wanted = wantedOf(CANDIDATES);
  if (!wanted.ok) throw new Error('refused');
  const history = await readHistory({ files: files.map(inFolder), wanted: wanted.value, threads, ...more });
  if (!history.ok) throw new Error(JSON.stringify(history.error));
  return history.value;
}

const PARTS = [3, 0, 4, 1, 2].map((part) => `part-${part}.log.gz`);

describe('a history of log files', () => {
  it('is the same from one file, from rotated ones in any order, and in several threads', async () => {
    const whole = await historyOf(['whole.log'], 1);
    const rotated = await historyOf(PARTS, 1);
    const divided = await historyOf(PARTS, 3);
    expect(divided.threads).toBe(3);
    expect(rotated.observations).toEqual(whole.observations);
    expect(divided.observations).toEqual(whole.observations);
    expect(viewConfidence(divided.views)).toEqual(viewConfidence(whole.views));
    expect(viewConfidence(whole.views).views).toBe(MINUTES * 20);
    expect(divided.reports.map(({ counts }) => counts.requests).reduce((a, b) => a + b)).toBe(MINUTES * 60);
    expect([whole.late, divided.late, divided.beside]).toEqual([0, 0, false]);
  });

  it('is the same wherever the log was cut, in the midst of views and of requests that were written late', async () => {
    const lines = shopLines(2, 600, [{ from: 0, to: 2, kind: 'slow' }]);
    const split = async (name: string, at: number, threads: number) => {
      writeFileSync(inFolder(`${name}-0.log`), lines.slice(0, at).join(''));
      writeFileSync(inFolder(`${name}-1.log`), lines.slice(at).join(''));
      const { observations, threads: used } = await historyOf([`${name}-0.log`, `${name}-1.log`], threads);
      expect(used).toBe(threads);
      return observations;
    };
    const whole = await split('seam', 1800, 1);
    for (let at = 1800; at < 1806; at += 1) expect(await split('seam', at, 2)).toEqual(whole);
  });

  it('of servers beside each other is not divided by time, and says so', async () => {
    const both = await historyOf(['server-a.log', 'server-b.log', ...PARTS.slice(0, 0)], 2);
    const whole = await historyOf(['whole.log'], 1);
    expect(both).toMatchObject({ threads: 1, beside: true });
    expect(both.observations).toEqual(whole.observations);
  });

  it('counts what began within the time that is asked for', async () => {
    const [fromMs, toMs] = [START_MS + 60 * 60_000, START_MS + 70 * 60_000];
    const { observations, views } = await historyOf(PARTS, 2, { fromMs, toMs });
    expect(observations).toMatchObject({ fromMinute: START + 60, toMinute: START + 70 });
    expect(viewConfidence(views).views).toBe(200);
  });

  it('tells the truth about faults that were put into it', async () => {
    const { observations } = await historyOf(PARTS, 2);
    const incidents = FAULTS.map(({ from, to, kind }) => ({
      title: kind,
      fromMinute: START + from,
      toMinute: START + to,
    }));
    const room = laboratory(observations, incidents);
    const judged = CANDIDATES.map((candidate) => {
      const evaluation = room.evaluate(candidate);
      if (!evaluation.ok) throw new Error('refused');
      const { counts, detections, falsePages } = evaluation.value;
      const found = detections.map((detection) => detection?.minutesToDetect !== undefined);
      return { bad: counts.total - counts.good, found, falsePages };
    });
    // A slow price makes 5 of 6 halves: below a bar of 90 %, above one of 80 %; and 250 ms are not slow for who allows 300.
    expect(judged).toEqual([
      { bad: (15 + 30) * 20, found: [true, true], falsePages: 0 },
      { bad: 15 * 20, found: [true, false], falsePages: 0 },
      { bad: 15 * 20, found: [true, false], falsePages: 0 },
    ]);
  });

  it('keeps what could be read when a file is missing', async () => {
    const { reports, observations } = await historyOf(['part-0.log.gz', 'nothing.log'], 2);
    expect(reports.map(({ problem }) => problem?.reasons[0].rule)).toEqual([undefined, 'slo.log-unreadable']);
    expect(observations.toMinute).toBeGreaterThan(START);
  });
});

describe('the end of a log', () => {
  it.each(['whole.log', 'part-0.log.gz'])('of %s begins with a whole line', async (name) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of tailSource(inFolder(name), 10_000).open()) chunks.push(chunk);
    const words = Buffer.concat(chunks).toString();
    expect(words.startsWith('203.0.113.')).toBe(true);
    expect(words.endsWith('\n')).toBe(true);
  });
});

describe('files are divided', () => {
  const file = (name: string, bytes: number, firstMs: number) => ({ file: name, bytes, firstMs });

  it('by size, where another time begins', () => {
    const files = [file('a', 5, 1000), file('b', 5, 2000), file('c', 5, 2000), file('d', 5, 3000)];
    const shares = sharesOf(files, 2);
    expect(
      shares.map((share) => [share.files.map((one) => one.file).join(''), share.fromMs, share.toMs]),
    ).toEqual([
      ['abc', 0, 3000],
      ['d', 3000, Number.POSITIVE_INFINITY],
    ]);
    expect(shares[1]?.before?.file).toBe('c');
  });

  it('not at all, where one file is all there is', () => {
    expect(sharesOf([file('a', 5, 1000)], 4)).toHaveLength(1);
    expect(sharesOf([], 2)).toHaveLength(1);
  });
});
