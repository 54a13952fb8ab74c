import { type Message, useText } from '../app/text.ts';
import { useFigures } from './figures.ts';
import { messages } from './messages.ts';
import type { Incident, Objective, Slo } from './queries.ts';

const UNITS = {
  day: messages.day,
  week: messages.week,
  month: messages.month,
  quarter: messages.quarter,
  year: messages.year,
} as const satisfies Record<NonNullable<Objective['window']['every']>['unit'], Message>;

export const INDICATORS = {
  requests: messages.requests,
  screen: messages.screen,
  freshness: messages.freshness,
  downtime: messages.downtime,
  queries: messages.queries,
} as const satisfies Record<Slo['indicator']['kind'], Message>;

export const INCIDENT_STATES = {
  open: messages.open,
  acknowledged: messages.acknowledged,
  silenced: messages.silenced,
  resolved: messages.resolved,
} as const satisfies Record<Incident['state'], Message>;

/** What is promised, in words: 99.9 % over 28 days. */
export function useObjectiveWords(): (objective: Pick<Objective, 'targetPpm' | 'window'>) => string {
  const say = useText();
  const { percent, minutes } = useFigures();
  return ({ targetPpm, window: { kind, every, minutes: length } }) => {
    const target = percent(targetPpm);
    if (kind === 'rolling' || every === undefined)
      return say(messages.objective, { target, window: minutes(length) });
    const unit = say(UNITS[every.unit]);
    const window = every.count === 1 ? unit : say(messages.units, { count: every.count, unit });
    return say(messages.calendar, { target, window });
  };
}

type Burn = Objective['burns'][number]['burn'];

/** How fast a budget burns: 14.4×. */
export function useBurnWords(): (burn: Burn) => string {
  const say = useText();
  const { rate } = useFigures();
  return (burn) => {
    if (burn.kind === 'rate') return rate(burn.rate ?? 0);
    return say(burn.kind === 'unlimited' ? messages.unlimited : messages.noBurn);
  };
}
