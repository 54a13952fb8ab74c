import { describe, expect, test } from 'vitest';
import type { MinuteCounts, Slo } from '../../core/index.ts';
import type { PolledSource } from '../source.ts';

/** A system that stands in for another, as a test of its adapter moves it. */
export interface ContractSystem {
  readonly source: PolledSource;
  readonly slo: Slo;
  /** What it says from now on. */
  tell(minutes: readonly MinuteCounts[]): void;
  /** It fails the next times that it is asked. */
  fail(times: number): void;
  /** It lets nobody in. */
  lock(): void;
  close(): Promise<unknown>;
}

/** Stands in every secret of these systems. */
export const SECRET = 'hush-4f1b9c';

/** 2026-01-01T00:00Z, in minutes. */
export const BEGIN = 29_453_760;
const BOUNDS = { fromMinute: BEGIN, toMinute: BEGIN + 60 };

/** The questions that every adapter answers alike. `minutes`: what it can tell, good and bad in it. */
export function everySource(
  name: string,
  minutes: readonly MinuteCounts[],
  start: () => Promise<ContractSystem>,
): void {
  describe(`${name}, as every source`, () => {
    const withSystem = (work: (system: ContractSystem) => Promise<void>) => async () => {
      const system = await start();
      try {
        await work(system);
      } finally {
        await system.close();
      }
    };
    const read = async ({ source, slo }: ContractSystem) => {
      const answer = (await source.read([slo], BOUNDS)).get(slo);
      if (answer === undefined) throw new Error('not read');
      return answer;
    };
    const countsOf = async (system: ContractSystem) => {
      const answer = await read(system);
      return answer.ok ? answer.value.minutes : answer.error.reasons[0].message.en;
    };

    test(
      'gives what the other system says, and the same again',
      withSystem(async (system) => {
        system.tell(minutes);
        expect(await countsOf(system)).toEqual(minutes);
        expect(await countsOf(system)).toEqual(minutes);
      }),
    );

    test(
      'gives what came late in place of what was there',
      withSystem(async (system) => {
        system.tell(minutes.slice(0, -1));
        expect(await countsOf(system)).not.toEqual(minutes);
        system.tell(minutes);
        expect(await countsOf(system)).toEqual(minutes);
      }),
    );

    test(
      'asks again while the other system fails, and tells it when that does not help',
      withSystem(async (system) => {
        system.tell(minutes);
        system.fail(2);
        expect(await countsOf(system)).toEqual(minutes);
        system.fail(100);
        const answer = await read(system);
        expect(answer.ok ? '' : answer.error.reasons[0].rule).toBe('slo.source-unreachable');
        system.fail(0);
        expect(await countsOf(system)).toEqual(minutes);
      }),
    );

    test(
      'tells who is not let in, and never a secret',
      withSystem(async (system) => {
        system.lock();
        const answer = await read(system);
        expect(answer.ok ? '' : answer.error.reasons[0].rule).toBe('slo.source-not-let-in');
        system.fail(100);
        const failed = await read(system);
        expect(JSON.stringify([answer, failed])).not.toContain(SECRET);
      }),
    );
  });
}
