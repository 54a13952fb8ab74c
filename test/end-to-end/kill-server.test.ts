import { randomInt } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Killed, killServer } from './kill-server/kills.ts';
import { complaints, damage } from './kill-server/logs.ts';
import { brokenPromises } from './kill-server/verdict.ts';

const ROUNDS = 30;
/** Printed with every failure; put one here to wait the same times again. */
const SEED = randomInt(2 ** 31);

/** Refusals that a kill explains: the thing was done, and only its answer was lost. */
const EXPLAINED = ['grant.used', 'grant.secret'];

describe(`a server that is killed ${ROUNDS} times under load (seed ${SEED})`, () => {
  let killed: Killed;
  beforeAll(async () => {
    killed = await killServer({ rounds: ROUNDS, seed: SEED });
  }, 600_000);

  it('was killed while it worked and while it started, with requests in flight', () => {
    const { ledger, killedStarting } = killed;
    expect(killedStarting).toBeGreaterThan(ROUNDS / 6);
    expect([...ledger.unanswered.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(ROUNDS);
    expect(ledger.reports.length).toBeGreaterThan(ROUNDS);
    expect(ledger.checkpoints.length).toBeGreaterThan(ROUNDS);
  });

  it('lost nothing it had acknowledged, and gave no credentials twice', () => {
    expect(brokenPromises(killed)).toEqual([]);
  });

  it('answered nothing that a kill does not explain', () => {
    expect(killed.ledger.surprises).toEqual([]);
    const rules = killed.ledger.refusals.flatMap((refusal) => refusal.rules);
    expect([...new Set(rules)].filter((rule) => !EXPLAINED.includes(rule))).toEqual([]);
  });

  it('starts again every time without a complaint and without a person', () => {
    expect(complaints(killed.log)).toEqual([]);
    expect(damage(killed.postgresLog)).toEqual([]);
    expect(killed.slowestStartMs).toBeLessThan(30_000);
  });

  it('leaves no stack stuck', () => {
    expect(killed.stuck).toEqual([]);
  });
});
