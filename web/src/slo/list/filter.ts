import { lookOf } from '../looks.ts';
import type { Service, Slo } from '../queries.ts';

export const SHOWN = ['attention', 'burning', 'spent', 'no-data'] as const;

/** Which SLOs are listed; lives in the address. */
export interface SlosFilter {
  readonly show?: (typeof SHOWN)[number];
  readonly service?: string;
  readonly text?: string;
}

/** Reads the address; what makes no sense there is left out. */
export function slosFilter(search: Readonly<Record<string, unknown>>): SlosFilter {
  const show = SHOWN.find((known) => known === search.show);
  const { service, text } = search;
  return {
    ...(show === undefined ? {} : { show }),
    ...(typeof service === 'string' && service !== '' ? { service } : {}),
    ...(typeof text === 'string' && text.trim() !== '' ? { text: text.slice(0, 100) } : {}),
  };
}

/** Those that fit, in their services; services that have none are left out. What needs attention comes first. */
export function matching(services: readonly Service[], filter: SlosFilter): readonly Service[] {
  return services
    .filter(({ name }) => filter.service === undefined || name === filter.service)
    .map((service) => ({
      ...service,
      slos: service.slos.filter((slo) => fits(slo, filter)).toSorted(byUrgency(urgencyOf)),
    }))
    .filter(({ slos }) => slos.length > 0 || Object.keys(filter).length === 0)
    .toSorted(byUrgency(({ slos }) => slos.map(urgencyOf).reduce(sooner, LEAST_URGENT)));
}

function fits(slo: Slo, { show, text }: SlosFilter): boolean {
  const words = `${slo.name} ${slo.displayName ?? ''} ${slo.service}`.toLowerCase();
  if (text !== undefined && !words.includes(text.trim().toLowerCase())) return false;
  return show === undefined || KINDS[show](slo);
}

export const isSpent = ({ objectives }: Slo): boolean =>
  objectives.some(({ budget }) => budget.verdict === 'spent');

/** It burns, is spent or nearly so, has an incident that is open, or nobody knows. */
export const needsAttention = (slo: Slo): boolean =>
  slo.burning ||
  slo.incident !== undefined ||
  slo.data.state !== 'ok' ||
  slo.objectives.some(({ budget }) => lookOf(budget) !== 'well');

const KINDS: Readonly<Record<(typeof SHOWN)[number], (slo: Slo) => boolean>> = {
  attention: needsAttention,
  burning: ({ burning }) => burning,
  spent: isSpent,
  'no-data': ({ data }) => data.state !== 'ok',
};

/** The lower, the sooner somebody should look. */
type Urgency = readonly [rank: number, remainingPpm: number];

const LEAST_URGENT: Urgency = [9, 0];

function urgencyOf(slo: Slo): Urgency {
  const remaining = slo.objectives.map(({ budget }) => budget.remainingPpm ?? Number.POSITIVE_INFINITY);
  return [rankOf(slo), Math.min(...remaining)];
}

function rankOf(slo: Slo): number {
  if (slo.burning) return slo.incident?.severity === 'ticket' ? 1 : 0;
  if (isSpent(slo)) return 2;
  if (slo.incident !== undefined) return 3;
  if (slo.data.state !== 'ok') return 4;
  return 5;
}

const sooner = (a: Urgency, b: Urgency): Urgency => (compare(a, b) <= 0 ? a : b);

/** Not by subtraction: what is not known is infinite. */
function compare([rank, remaining]: Urgency, [otherRank, otherRemaining]: Urgency): number {
  if (rank !== otherRank) return rank - otherRank;
  if (remaining === otherRemaining) return 0;
  return remaining < otherRemaining ? -1 : 1;
}

const byUrgency =
  <T extends { readonly name: string }>(urgency: (one: T) => Urgency) =>
  (a: T, b: T): number =>
    compare(urgency(a), urgency(b)) || (a.name < b.name ? -1 : 1);
