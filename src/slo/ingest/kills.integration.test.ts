import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { judgeDue } from './judge.ts';
import { localLogs } from './local-files.ts';
import { readSource } from './read-log.ts';
import { allCounts } from './testing/all-counts.ts';
import { shopLines, shopRoom } from './testing/shop-logs.ts';

const PROCESS = fileURLToPath(new URL('./testing/ingest-process.ts', import.meta.url));
const KILLS = 30;
const LONGEST_MS = 300_000;
const folder = mkdtempSync(join(tmpdir(), 'sekisho-kills-'));
let database: TestDatabase;
let undisturbed: TestDatabase;
beforeAll(async () => {
  [database, undisturbed] = [await testDatabase(), await testDatabase()];
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await Promise.all([database.close(), undisturbed.close()]);
});

/** Some pieces more than before: what a killed process did counts, and there is always something left to do. */
const PARTS = KILLS + 1;
const lines = shopLines(1500);
const partOf = (part: number): Buffer => {
  const at = (index: number): number => Math.floor((lines.length * index) / PARTS);
  return Buffer.from(
    lines
      .slice(at(part), at(part + 1))
      .map((line) => `${line}\n`)
      .join(''),
  );
};
const writePart = (part: number): void => {
  if (part % 3 === 0) writeFileSync(join(folder, `${part}.gz`), gzipSync(partOf(part)));
  else writeFileSync(join(folder, `${part}.log`), partOf(part));
};

const start = (): ChildProcess =>
  spawn(process.execPath, [PROCESS, database.url, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });

test(
  `Counts after ${KILLS} kills of the process that reads and judges are those of one undisturbed reading`,
  async () => {
    let midway = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      writePart(kill);
      const child = start();
      const ended = once(child, 'exit');
      await Promise.race([once(child.stdout ?? child, 'data'), ended]);
      // Somewhere in reading, writing or judging: later with each kill, and then from the start again.
      await Promise.race([pause((kill % 10) * 12), ended]);
      child.kill('SIGKILL');
      const [, signal] = await ended;
      if (signal === 'SIGKILL') midway += 1;
    }
    expect(midway).toBeGreaterThanOrEqual(20);
    writePart(KILLS);
    const last = start();
    const [code] = await once(last, 'exit');
    expect(code).toBe(0);
    const alone = shopRoom(undisturbed.db);
    await readSource(alone, { name: 'shop' }, localLogs([folder], Date.now() + 120_000));
    await judgeDue(alone);
    const { rows } = await sql<{ lines: number }>`SELECT lines FROM slo_sources`.execute(undisturbed.db);
    expect(rows).toEqual([{ lines: lines.length }]);
    expect(await allCounts(database.db)).toEqual(await allCounts(undisturbed.db));
  },
  LONGEST_MS,
);
