import type { CorrectionAnswer } from '../../src/slo/core/api/corrections-api.ts';
import { correctionsAnswer } from '../../src/slo/core/api/corrections-api.ts';
import { type IncidentAnswer, incidentsAnswer } from '../../src/slo/core/api/incidents-api.ts';
import { screenDetailAnswer, screensAnswer } from '../../src/slo/core/api/screens-api.ts';
import {
  type ObjectiveAnswer,
  type SloAnswer,
  type SlosAnswer,
  sloDetailAnswer,
  slosAnswer,
} from '../../src/slo/core/api/slos-api.ts';

/*
 * Answers about SLOs of a shop, as the server gives them (its schemas read each before it is given). Names and reasons are as hostile as people can
 * make them.
 */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = Date.parse('2026-11-23T12:00:00Z');
const WINDOW_DAYS = 28;
const FROM = NOW - WINDOW_DAYS * DAY_MS;
const TARGET = 999_000;

export const HOSTILE = '<img src=x onerror=alert(1)> \u202Egnp.exe "\'`';
export const PLAN = 'pln_01a19a33-1b38-7faa-a72f-3f0b13ae5c77';

const iso = (ms: number): string => new Date(ms).toISOString();
const hourOf = (index: number): number => FROM + index * HOUR_MS;
const HOURS = WINDOW_DAYS * 24;

/** Calm, a maintenance that is left out, a bad release at the end of the second week, and one that burns now. */
function totals() {
  const total: number[] = [];
  const good: number[] = [];
  const leftOut: number[] = [];
  for (let hour = 0; hour < HOURS; hour += 1) {
    const ofDay = hour % 24;
    const isLeftOut = hour >= 200 && hour < 204;
    const came =
      hour >= 100 && hour < 103 ? 0 : 2_000 + 90 * (12 - Math.abs(12 - ofDay)) + ((hour * 37) % 50);
    const share = hour >= 330 && hour < 340 ? 0.02 : hour >= HOURS - 6 ? 0.09 : 0.0002;
    total.push(isLeftOut ? 0 : came);
    good.push(isLeftOut ? 0 : came - Math.round(came * share));
    leftOut.push(isLeftOut ? 60 : 0);
  }
  return { total, good, leftOut };
}

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);

function course() {
  const { total, good, leftOut } = totals();
  const whole = sum(total);
  const allowed = (whole * (1_000_000 - TARGET)) / 1_000_000;
  let lost = 0;
  const remaining = total.map((came, hour) => {
    lost += came - (good[hour] ?? 0);
    return hour >= 100 && hour < 103 ? null : Math.floor(((allowed - lost) / allowed) * 1_000_000);
  });
  return {
    hours: { from: iso(FROM), stepMinutes: 60, good, total, leftOutMinutes: leftOut },
    burnDown: { from: iso(FROM), stepMinutes: 60, remainingPpm: remaining },
    counts: { good: sum(good), total: whole },
    lost,
    allowed,
  };
}

const rate = (value: number) => ({ kind: 'rate', rate: value }) as const;

export function objective(remainingPpm: number, given: Partial<ObjectiveAnswer> = {}): ObjectiveAnswer {
  const allowed = 1_500.5;
  const lost = Math.round(allowed - (allowed * remainingPpm) / 1_000_000);
  const burns = remainingPpm < 250_000 ? 16.2 : 0.4;
  return {
    targetPpm: TARGET,
    window: { kind: 'rolling', minutes: WINDOW_DAYS * 1_440, from: iso(FROM), to: iso(NOW) },
    sli: {
      good: 1_500_500 - lost,
      total: 1_500_500,
      ppm: 998_912,
      proof: remainingPpm < 0 ? 'missed' : 'kept',
    },
    budget: {
      ...{ unit: 'events', whole: 1_500_500, lost, allowed, remaining: allowed - lost, remainingPpm },
      verdict: remainingPpm < 0 ? 'spent' : 'kept',
    },
    burns: [5, 30, 60, 360, 4_320].map((minutes) => ({
      ...{ minutes, burn: rate(burns / Math.sqrt(minutes / 5)), corrected: rate(burns / 2) },
    })),
    alerts: [
      alert('page', 14.4, 60, 5, burns > 14),
      alert('page', 6, 360, 30, false),
      alert('ticket', 1, 4_320, 360, false),
    ],
    ...given,
  };
}

const alert = (
  severity: 'page' | 'ticket',
  factor: number,
  longMinutes: number,
  shortMinutes: number,
  firing: boolean,
): ObjectiveAnswer['alerts'][number] => ({
  ...{ severity, factor, longMinutes, shortMinutes, forMinutes: severity === 'page' ? 0 : 60, firing },
  condition: firing ? 'burning' : factor === 6 ? 'unproven' : 'quiet',
});

export const openIncident = (given: Partial<IncidentAnswer> = {}): IncidentAnswer => ({
  ...{ id: 'inc_1', slo: 'checkout', service: 'shop', state: 'open', severity: 'page', firing: true },
  ...{ openedAt: iso(NOW - 2 * HOUR_MS), pagedAt: iso(NOW - 2 * HOUR_MS), burn: rate(16.2) },
  remainingPpm: -120_000,
  ...given,
});

const sparklineOf = (remainingPpm: number) => ({
  ...{ from: iso(FROM), stepMinutes: 1_440 },
  remainingPpm: Array.from({ length: WINDOW_DAYS }, (_, day) =>
    Math.round(1_000_000 - ((1_000_000 - remainingPpm) * (day + 1) ** 2) / WINDOW_DAYS ** 2),
  ),
});

export function slo(name: string, remainingPpm: number, given: Partial<SloAnswer> = {}): SloAnswer {
  return {
    ...{ name, service: 'shop', indicator: { kind: 'requests', routes: ['GET /items/{id}'] } },
    ...{ data: { state: 'ok', upTo: iso(NOW) }, burning: false },
    objectives: [{ ...objective(remainingPpm), sparkline: sparklineOf(remainingPpm) }],
    ...given,
  };
}

const checkout = (incident: IncidentAnswer | undefined): SloAnswer =>
  slo('checkout', -120_000, {
    ...{ displayName: `Checkout ${HOSTILE}`, description: 'Whoever buys something gets to the end.' },
    ...{ indicator: { kind: 'screen', screen: 'checkout' }, burning: true },
    ...(incident === undefined ? {} : { incident }),
  });

/** A service that burns, one that is calm, and one that nothing is known of. */
export const SLOS: SlosAnswer = slosAnswer.parse({
  ...{ state: 'ok', folder: 'slo', at: iso(NOW) },
  services: [
    {
      ...{ name: 'billing', stacks: [], burning: false },
      slos: [
        slo('invoices-fresh', 900_000, {
          ...{ service: 'billing', indicator: { kind: 'freshness', dataset: 'invoices' } },
          data: { state: 'late', upTo: iso(NOW - 5 * HOUR_MS) },
        }),
        slo('payments', 0, {
          ...{ service: 'billing', data: { state: 'none' } },
          indicator: { kind: 'queries', system: 'Prometheus' },
          objectives: [],
        }),
      ],
    },
    {
      ...{ name: 'shop', displayName: 'Shop', description: 'What customers see.', burning: true },
      ...{ stacks: ['shop-production', 'web-production'], worstRemainingPpm: -120_000 },
      slos: [slo('search', 730_000), slo('items', 180_000), checkout(openIncident())],
    },
  ],
});

export const NO_SLOS: SlosAnswer = slosAnswer.parse({
  ...{ state: 'no-definitions', folder: 'slo', at: iso(NOW), services: [] },
});

export const CORRECTIONS: readonly CorrectionAnswer[] = [
  {
    ...{ id: 'cor_2', of: { kind: 'service', name: 'shop' } },
    ...{ from: iso(hourOf(200)), to: iso(hourOf(204)), reason: `Database upgrade ${HOSTILE}` },
    ...{ at: iso(hourOf(190)), byWhom: 'hanako' },
  },
  {
    ...{ id: 'cor_1', of: { kind: 'slo', name: 'checkout' } },
    ...{
      from: iso(hourOf(60)),
      to: iso(hourOf(61)),
      reason: 'A mistake',
      at: iso(hourOf(62)),
      byWhom: 'yuki',
    },
    undone: { at: iso(hourOf(63)), byWhom: 'yuki', reason: 'It was no maintenance' },
  },
];

const RESOLVED = openIncident({
  ...{ id: 'inc_0', state: 'resolved', severity: 'ticket', firing: false, openedAt: iso(hourOf(332)) },
  acknowledged: { at: iso(hourOf(333)), byWhom: 'taro' },
  resolved: { at: iso(hourOf(341)), byWhom: 'taro', reason: `Rolled back ${HOSTILE}` },
});

/** What people did is in `incident` and `corrections`. */
export function sloDetail(incident: IncidentAnswer, corrections: readonly CorrectionAnswer[]) {
  const { hours, burnDown, counts, lost, allowed } = course();
  const remaining = allowed - lost;
  const remainingPpm = Math.floor((remaining / allowed) * 1_000_000);
  const { objectives: _, ...about } = checkout(incident.resolved === undefined ? incident : undefined);
  return sloDetailAnswer.parse({
    ...{ slo: about, from: iso(FROM), to: iso(NOW) },
    definition: `apiVersion: openslo/v1\nkind: SLO\nmetadata:\n  name: checkout\n  displayName: ${HOSTILE}\n`,
    objectives: [
      {
        ...objective(remainingPpm),
        ...{ hours, burnDown, eventsToProve: 12_345 },
        sli: {
          ...{ ...counts, ppm: Math.floor((counts.good * 1_000_000) / counts.total), proof: 'missed' },
          interval: { lowPpm: 998_321, highPpm: 998_654 },
        },
        budget: {
          ...{ unit: 'events', whole: counts.total, lost, allowed, remaining, remainingPpm },
          verdict: remaining < 0 ? 'spent' : 'kept',
        },
        firing: [
          { severity: 'ticket', alert: 2, from: iso(hourOf(331)), to: iso(hourOf(345)) },
          { severity: 'page', alert: 0, from: iso(NOW - 2 * HOUR_MS), to: iso(NOW) },
        ],
      },
    ],
    incidents: [incident, RESOLVED],
    corrections,
    changes: [
      { at: iso(NOW - 6 * HOUR_MS), stack: 'shop-production', plan: PLAN, outcome: 'applied' },
      { at: iso(hourOf(329)), stack: 'web-production', plan: `${PLAN}2`, outcome: 'failed' },
    ],
    customers: [
      customer(HOSTILE, 880, 1_000, { lowPpm: 858_000, highPpm: 899_000 }, 'missed'),
      customer('acme', 199, 200, { lowPpm: 972_000, highPpm: 999_700 }, 'open'),
      customer('initech', 400_000, 400_050, { lowPpm: 999_830, highPpm: 999_910 }, 'kept'),
    ],
    moreCustomers: 41,
  });
}

const customer = (
  name: string,
  good: number,
  total: number,
  interval: { readonly lowPpm: number; readonly highPpm: number },
  proof: 'kept' | 'missed' | 'open',
) => {
  const allowed = total / 1_000;
  const remaining = allowed - (total - good);
  return {
    ...{ customer: name, good, total, ppm: Math.floor((good * 1_000_000) / total), interval, proof },
    budget: {
      ...{ unit: 'events', whole: total, lost: total - good, allowed, remaining },
      remainingPpm: Math.floor((remaining / allowed) * 1_000_000),
      verdict: remaining < 0 ? 'spent' : 'kept',
    },
  };
};

export const incidentsOf = (incident: IncidentAnswer, mayAct: boolean) =>
  incidentsAnswer.parse({ incidents: [incident, RESOLVED], mayAct });

export const correctionsOf = (corrections: readonly CorrectionAnswer[], mayCorrect: boolean) =>
  correctionsAnswer.parse({ corrections, mayCorrect });

const CONFIDENCE = {
  ways: { 'page-view-id': 30_210, trace: 4_100, referer: 6_020, client: 1_900, alone: 12 },
  ...{ sure: 40_110, incomplete: 37, unmeasured: 5 },
};

const SCREEN = {
  ...{
    name: 'checkout',
    displayName: `Checkout ${HOSTILE}`,
    service: 'shop',
    barPpm: 900_000,
    thresholdMs: 2_500,
  },
  views: { good: 42_199, total: 42_242, ppm: 998_982, abandoned: 611, bots: 2_040 },
  ...{ confidence: CONFIDENCE, slos: ['checkout'] },
};

export const SCREENS = screensAnswer.parse({
  ...{ from: iso(NOW - 7 * DAY_MS), to: iso(NOW), data: { state: 'ok', upTo: iso(NOW) } },
  screens: [SCREEN],
});

const timesAt = (startsMs: number, p50Ms: number) => ({
  ...{ measured: 42_000, p50Ms, p75Ms: p50Ms * 1.4, p95Ms: p50Ms * 3.1, p99Ms: p50Ms * 6, startsMs },
  distribution: Array.from({ length: 40 }, (_, index) => ({
    upToMs: Math.round(p50Ms * 0.1 * 1.14 ** index),
    count: Math.round(4_000 * Math.exp(-((index - 17) ** 2) / 40)) + (index > 30 ? 12 : 0),
  })),
});

const blamed = (alone: number, givesBack: number) => ({
  ...{ alone, givesBack, ofLostPpm: Math.floor((givesBack * 1_000_000) / 43) },
  ...{
    ofAllowedPpm: Math.floor((givesBack * 1_000_000) / 42),
    fixedRemainingPpm: -23_810 + givesBack * 23_810,
  },
});

const request = (routes: readonly string[], given: object) => ({
  ...{ routes, document: false, weight: 1, required: true, thresholdMs: 800, failedStatus: ['5xx'] },
  ...{ requests: 42_900, failed: 12, blame: { alone: 0, givesBack: 0, ofLostPpm: 0 } },
  ...given,
});

export const SCREEN_DETAIL = screenDetailAnswer.parse({
  ...{ screen: SCREEN, from: iso(FROM), to: iso(NOW), data: { state: 'ok', upTo: iso(NOW) } },
  requests: [
    request(['GET /checkout'], { document: true, weight: 4, times: timesAt(0, 210) }),
    request(['GET /api/cart/{id}'], { weight: 3, after: 0, times: timesAt(210, 120), blame: blamed(3, 7) }),
    request(['POST /api/payment', 'POST /api/v2/payment'], {
      ...{ weight: 5, after: 1, times: timesAt(330, 640), failed: 310, blame: blamed(28, 33) },
    }),
    request([`GET /${HOSTILE}`], { required: false, after: 0, failedStatus: ['500-504', '404'] }),
  ],
  shared: [
    { kind: 'either', requests: [1, 2], views: 4 },
    { kind: 'together', requests: [], views: 2 },
  ],
  objective: {
    ...{ slo: 'checkout', targetPpm: TARGET },
    budget: {
      ...{
        unit: 'events',
        whole: 42_242,
        lost: 43,
        allowed: 42.242,
        remaining: -0.758,
        remainingPpm: -17_945,
      },
      verdict: 'spent',
    },
  },
  hours: course().hours,
  customers: [
    {
      customer: HOSTILE,
      good: 120,
      total: 150,
      ppm: 800_000,
      interval: { lowPpm: 728_000, highPpm: 856_000 },
    },
    {
      customer: 'acme',
      good: 40_000,
      total: 40_010,
      ppm: 999_750,
      interval: { lowPpm: 999_500, highPpm: 999_870 },
    },
  ],
  moreCustomers: 0,
});

/** Of an SLO that nothing was counted for yet. */
export const UNCOUNTED = sloDetailAnswer.parse({
  slo: slo('payments', 0, {
    ...{ service: 'billing', data: { state: 'none' } },
    indicator: { kind: 'queries', system: 'Prometheus' },
  }),
  ...{ from: iso(FROM), to: iso(NOW), definition: 'kind: SLO\n', objectives: [], incidents: [] },
  ...{ corrections: [], changes: [], customers: [], moreCustomers: 0 },
});
