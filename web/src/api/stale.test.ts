import { describe, expect, it } from 'vitest';
import { isStale, type LiveEvent } from './stale.ts';

const event = (more: Partial<LiveEvent>): LiveEvent => ({
  ...{ position: 1, kind: 'plan.approved', outcome: 'allowed' },
  ...more,
});

describe('after an event', () => {
  it('what it is about is stale, and nothing of other plans and grants', () => {
    const approved = event({ stack: 'shop', plan: 'pln_1' });
    const keys = [['plans', {}], ['plan', 'pln_1'], ['plan', 'pln_2'], ['grants'], ['overview'], ['me']];
    expect(keys.filter((key) => isStale(key, approved))).toEqual([
      ...[['plans', {}], ['plan', 'pln_1'], ['overview']],
    ]);
  });

  it('the grant is stale that it names', () => {
    const revoked = event({ kind: 'grant.revoked', grant: 'grt_1' });
    expect(isStale(['grant', 'grt_1'], revoked)).toBe(true);
    expect(isStale(['grant', 'grt_2'], revoked)).toBe(false);
    expect(isStale(['grants'], revoked)).toBe(true);
  });

  it('everything is stale when there is a new configuration', () => {
    expect(isStale(['anything'], event({ kind: 'config.reloaded' }))).toBe(true);
  });

  it('no key is taken for what it is not', () => {
    expect(isStale(['constructor'], event({}))).toBe(false);
    expect(isStale([{}], event({}))).toBe(false);
  });
});
