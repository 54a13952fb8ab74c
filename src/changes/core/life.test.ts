import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advance, isFinal, isInFlight, PLAN_STATES, type PlanEvent, type PlanState } from './life.ts';

const EVENTS: readonly PlanEvent[] = [
  { kind: 'reviewed' },
  { kind: 'found-empty' },
  { kind: 'decided', verdict: 'allowed' },
  { kind: 'decided', verdict: 'waits' },
  { kind: 'decided', verdict: 'never' },
  { kind: 'rejected' },
  { kind: 'grant-begun' },
  { kind: 'grant-failed' },
  { kind: 'grant-abandoned' },
  { kind: 'grant-ended' },
  { kind: 'file-fetched' },
  { kind: 'apply-succeeded' },
  { kind: 'apply-failed' },
  { kind: 'superseded' },
  { kind: 'expired' },
  { kind: 'cancelled' },
];

/** Plays events from `planned`, ignoring impossible ones, and answers every state on the way. */
function play(events: readonly PlanEvent[]): PlanState[] {
  const states: PlanState[] = ['planned'];
  for (const event of events) {
    const next = advance(states.at(-1) ?? 'planned', event);
    if (next.ok) states.push(next.value);
  }
  return states;
}

const stories = fc.array(fc.constantFrom(...EVENTS), { maxLength: 60 }).map(play);

describe('the life of a plan', () => {
  it('goes from planned to applied by review, decision, grant, fetch and report', () => {
    expect(
      play([
        { kind: 'reviewed' },
        { kind: 'decided', verdict: 'waits' },
        { kind: 'decided', verdict: 'allowed' },
        { kind: 'grant-begun' },
        { kind: 'file-fetched' },
        { kind: 'apply-succeeded' },
      ]),
    ).toEqual(['planned', 'reviewed', 'awaiting-approval', 'approved', 'granted', 'applying', 'applied']);
  });

  it('grants only what is approved, whatever happened before', () => {
    fc.assert(
      fc.property(stories, (states) => {
        for (const [at, state] of states.entries()) {
          if (state === 'granted') expect(states[at - 1]).toBe('approved');
        }
      }),
    );
  });

  it('never leaves a final state', () => {
    for (const state of PLAN_STATES.filter(isFinal)) {
      for (const event of EVENTS) expect(advance(state, event).ok).toBe(false);
    }
  });

  it('cannot be superseded, cancelled, rejected or decided anew while credentials are out', () => {
    for (const state of PLAN_STATES.filter(isInFlight)) {
      for (const kind of ['superseded', 'cancelled', 'rejected'] as const) {
        expect(advance(state, { kind }).ok).toBe(false);
      }
      expect(advance(state, { kind: 'decided', verdict: 'allowed' }).ok).toBe(false);
    }
  });

  it('names the state and the event when something cannot happen', () => {
    const refusal = advance('applied', { kind: 'grant-begun' });
    expect(refusal).toMatchObject({ ok: false, error: { code: 'conflict' } });
    expect(JSON.stringify(refusal)).toContain('applied');
  });

  it('loses its approval when the policy no longer allows it', () => {
    expect(advance('approved', { kind: 'decided', verdict: 'waits' })).toEqual({
      ok: true,
      value: 'awaiting-approval',
    });
  });

  it('returns to approved when AWS issued nothing', () => {
    expect(advance('granted', { kind: 'grant-failed' })).toEqual({ ok: true, value: 'approved' });
  });

  it('is over when credentials may be out that nobody will report on', () => {
    expect(advance('granted', { kind: 'grant-abandoned' })).toEqual({ ok: true, value: 'failed' });
    expect(advance('applying', { kind: 'grant-ended' })).toEqual({ ok: true, value: 'failed' });
  });
});
