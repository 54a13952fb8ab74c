import { formatTime } from '#core-values';
import type { BudgetAnswer, ObjectiveAnswer } from '../core/api/slos-api.ts';
import { ppmFloor, remainingPpm } from '../core/budget/burn-down.ts';
import {
  type Budget,
  type Burn,
  type Counts,
  eventsToProve,
  fraction,
  nominalMinutes,
  proofOf,
  toNumber,
  wilson,
} from '../core/index.ts';
import { minuteTime } from './budget-line.ts';
import type { DataState, ObjectiveNow } from './status-of-slo.ts';

export function objectiveAnswer({ objective, status, sli }: ObjectiveNow): ObjectiveAnswer {
  const { displayName, compared, targetPpm, window, slices, alerts } = objective;
  const { bounds } = status;
  const toProve = eventsToProve(targetPpm, sli.total - sli.good);
  return {
    ...(displayName === undefined ? {} : { displayName }),
    ...(compared === undefined ? {} : { compared }),
    targetPpm,
    window: {
      kind: window.kind,
      minutes: nominalMinutes(window),
      ...(window.kind === 'calendar' ? { every: window.every, timeZone: window.timeZone } : {}),
      ...{ from: minuteTime(bounds.fromMinute), to: minuteTime(bounds.toMinute) },
    },
    ...(slices === undefined || status.slices === undefined
      ? {}
      : { slices: { ...slices, numbers: status.slices } }),
    sli: { ...sli, ...shareOf(sli), proof: proofOf(sli, targetPpm) },
    budget: budgetAnswer(status.budget),
    burns: status.burns.map(({ minutes, burn, corrected }) => ({
      ...{ minutes, burn: burnAnswer(burn), corrected: burnAnswer(corrected) },
    })),
    alerts: alerts.map(({ severity, factor, longMinutes, shortMinutes, forMinutes }, place) => ({
      ...{ severity, factor: toNumber(factor), longMinutes, shortMinutes, forMinutes },
      condition: status.alerts[place]?.condition ?? 'quiet',
      firing: status.alerts[place]?.isFiring ?? false,
    })),
    ...(toProve === undefined ? {} : { eventsToProve: toProve }),
  };
}

export const burnAnswer = (burn: Burn): { kind: Burn['kind']; rate?: number } =>
  burn.kind === 'rate' ? { kind: 'rate', rate: toNumber(burn.rate) } : { kind: burn.kind };

export function budgetAnswer(budget: Budget): BudgetAnswer {
  const { unit, whole, lost, allowed, remaining, verdict } = budget;
  const left = remainingPpm(budget);
  return {
    ...{ unit, whole, lost, allowed: toNumber(allowed), remaining: toNumber(remaining), verdict },
    ...(left === undefined ? {} : { remainingPpm: left }),
  };
}

/** Good of total, rounded down; nothing where there is none. */
export const shareOf = ({ good, total }: Counts): { ppm?: number } =>
  total === 0 ? {} : { ppm: ppmFloor(fraction(good, total)) };

export function intervalOf(counts: Counts): { lowPpm: number; highPpm: number } {
  const { low, high } = wilson(counts);
  return { lowPpm: Math.floor(low * 1e6), highPpm: Math.ceil(high * 1e6) };
}

export const dataAnswer = (data: DataState) =>
  data.state === 'none' ? { state: data.state } : { state: data.state, upTo: formatTime(data.upTo) };
