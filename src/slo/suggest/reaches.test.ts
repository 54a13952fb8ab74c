import { describe, expect, it } from 'vitest';
import { fileSource } from '#slo';
import { newBatch } from '../core/logs/batch.ts';
import { reaches } from './reaches.ts';

const MINUTE_MS = 60_000;

/** Logs by name, in the order in which they are named, each from one minute to another. */
function reachOf(logs: Readonly<Record<string, readonly [from: number, to: number]>>) {
  const seen = reaches();
  for (const [name, minutes] of Object.entries(logs)) {
    const source = fileSource(name);
    const batch = newBatch(2, 8);
    batch.beganMs.set(minutes.map((minute) => minute * MINUTE_MS));
    batch.count = 2;
    seen.add(batch, source);
  }
  const { groups, overlapMs } = seen.reach();
  return { groups: groups.map((group) => group.map(({ name }) => name)), overlap: overlapMs / MINUTE_MS };
}

describe('logs', () => {
  it('that were rotated are read from the oldest on, as one', () => {
    expect(reachOf({ 'access.log': [120, 180], 'access.log.1': [60, 120], 'access.log.2': [0, 60] })).toEqual(
      {
        ...{ groups: [['access.log.2', 'access.log.1', 'access.log']], overlap: 0 },
      },
    );
  });

  it('of the same minutes wait for each other', () => {
    expect(reachOf({ a: [0, 5], b: [0, 5], c: [5, 10] })).toEqual({ groups: [['a', 'b', 'c']], overlap: 5 });
  });

  it('of whole days beside each other are read one after the other', () => {
    expect(reachOf({ 'server-1': [0, 1440], 'server-2': [0, 1440] })).toEqual({
      ...{ groups: [['server-1'], ['server-2']], overlap: 0 },
    });
  });
});
