import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMs } from '#core-values';
import type { Severity } from '../alerts/burn-alert.ts';
import {
  type Act,
  afterAct,
  afterLook,
  type Incident,
  LONGEST_SILENCE_MS,
  type Step,
  stateAt,
} from './incident.ts';

const MINUTE = 60_000;
const at = (minute: number) => epochMs(minute * MINUTE);

type Event =
  | { readonly look: Severity | undefined }
  | { readonly act: Act['kind']; readonly minutes: number };

/** One minute after the other; each look is repeated until nothing more is to be done. */
function play(events: readonly Event[]) {
  const told: { readonly minute: number; readonly step: Exclude<Step, { kind: 'nothing' }> }[] = [];
  const refusals: string[] = [];
  let current: Incident | undefined;
  let count = 0;
  events.forEach((event, minute) => {
    if ('act' in event) {
      const act: Act =
        event.act === 'acknowledge'
          ? { kind: 'acknowledge' }
          : event.act === 'resolve'
            ? { kind: 'resolve', reason: 'mended' }
            : { kind: 'silence', until: at(minute + event.minutes), reason: 'known' };
      const done = current && afterAct(current, act, { at: at(minute), byWhom: 'hanako' });
      if (done?.ok) current = done.value;
      else if (done !== undefined) refusals.push(done.error.reasons[0].rule);
      return;
    }
    for (;;) {
      const step = afterLook(current, {
        ...{ slo: 'checkout', service: 'shop', at: at(minute) },
        newId: () => `inc_${count}`,
        ...(event.look === undefined ? {} : { firing: event.look }),
      });
      if (step.kind === 'nothing') break;
      if (step.kind === 'opened') count += 1;
      told.push({ minute, step });
      current = step.incident.quietAt === undefined ? step.incident : undefined;
    }
  });
  return { told, current, refusals };
}

const looks = fc.record({ look: fc.constantFrom<Severity | undefined>(undefined, 'ticket', 'page') });
const acts = fc.record({
  act: fc.constantFrom<Act['kind']>('acknowledge', 'silence', 'resolve'),
  minutes: fc.integer({ min: -5, max: 20 }),
});
const events = fc.array(fc.oneof({ weight: 3, arbitrary: looks }, acts), { maxLength: 60 });

describe('an incident', () => {
  it('opens once, however long its alerts fire, and ends as soon as none does', () => {
    fc.assert(
      fc.property(events, (given) => {
        const { told, current } = play(given);
        let isOpen = false;
        for (const { step } of told) {
          if (step.kind === 'opened') {
            expect(isOpen).toBe(false);
            isOpen = true;
          } else expect(isOpen).toBe(true);
          if (step.incident.quietAt !== undefined) isOpen = false;
        }
        const lastLook = given.findLast((event) => 'look' in event);
        expect(current !== undefined).toBe(
          lastLook !== undefined && 'look' in lastLook && lastLook.look !== undefined,
        );
      }),
    );
  });

  it('never gets less severe, tells its escalation once, and whoever acknowledged a ticket is asked again', () => {
    fc.assert(
      fc.property(events, (given) => {
        const bySubject = Map.groupBy(play(given).told, ({ step }) => step.incident.id);
        for (const steps of bySubject.values()) {
          const escalated = steps.filter(({ step }) => step.kind === 'escalated');
          expect(escalated.length).toBeLessThanOrEqual(1);
          for (const { step } of escalated) expect(step.incident.acknowledged).toBeUndefined();
          const severities = steps.map(({ step }) => step.incident.severity);
          expect(severities.join(' ')).toMatch(/^(ticket ?)*(page ?)*$/);
        }
      }),
    );
  });

  it('that was resolved by hand stays so until nothing fires, and only then may another one open', () => {
    const { told } = play([
      { look: 'page' },
      { act: 'resolve', minutes: 0 },
      { look: 'page' },
      { look: 'page' },
      { look: undefined },
      { look: 'page' },
    ]);
    expect(told.map(({ minute, step }) => [minute, step.kind, step.incident.id])).toEqual([
      [0, 'opened', 'inc_0'],
      [4, 'quieted', 'inc_0'],
      [5, 'opened', 'inc_1'],
    ]);
    expect(told[1]?.step.incident.resolved?.byWhom).toBe('hanako');
  });

  it('that was silenced is told of again when the silence ends while it fires', () => {
    const { told } = play([
      { look: 'ticket' },
      { act: 'silence', minutes: 2 },
      { look: 'page' },
      { look: 'page' },
    ]);
    expect(told.map(({ minute, step }) => [minute, step.kind, stateAt(step.incident, at(minute))])).toEqual([
      [0, 'opened', 'open'],
      [2, 'escalated', 'silenced'],
      [3, 'silence-ended', 'open'],
    ]);
  });

  it('is acknowledged once, and nothing can be done about one that is over', () => {
    const { refusals } = play([
      { look: 'page' },
      { act: 'acknowledge', minutes: 0 },
      { act: 'acknowledge', minutes: 0 },
      { act: 'silence', minutes: LONGEST_SILENCE_MS / MINUTE + 1 },
      { act: 'resolve', minutes: 0 },
      { act: 'resolve', minutes: 0 },
    ]);
    expect(refusals).toEqual(['incident.acknowledged', 'incident.silence-too-long', 'incident.over']);
  });
});
