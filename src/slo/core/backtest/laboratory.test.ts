import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFiring } from '../alerts/firing.ts';
import { wholeOf } from '../budget/counts.ts';
import { ppm } from '../objective/ppm.ts';
import { request, START_MS, screenOf, type TestRequest } from '../screens/testing.ts';
import type { Candidate, Judgement } from './candidate.ts';
import type { Incident } from './incident.ts';
import { laboratory } from './laboratory.ts';
import { mergedObservations } from './observe.ts';
import { packObservations, unpackObservations } from './packed.ts';
import { candidateOf, observationsOf, slowSeries } from './testing.ts';

const START = START_MS / 60_000;
const ROUTES = ['GET /items', 'GET /api/price', 'GET /api/stock', 'GET /api/advice'] as const;
const THRESHOLDS = [50, 100, 200, 400] as const;

const screenCandidate = fc
  .record({
    thresholds: fc.array(fc.constantFrom(...THRESHOLDS), { minLength: 4, maxLength: 4 }),
    weights: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 4, maxLength: 4 }),
    bar: fc.constantFrom(300_000, 500_000, 750_000, 800_000, 900_000, 1_000_000),
    whole: fc.constantFrom(100, 200, 800),
  })
  .map(({ thresholds, weights, bar, whole }): Judgement => {
    const at = (place: number) => ({ thresholdMs: thresholds[place] ?? 1, weight: weights[place] ?? 1 });
    const screen = screenOf(
      [
        request(ROUTES[0], at(0)),
        request(ROUTES[1], { ...at(1), after: 0 }),
        request(ROUTES[2], at(2)),
        request(ROUTES[3], { ...at(3), required: false }),
      ],
      { barPpm: ppm(bar), thresholdMs: whole },
    );
    return { kind: 'screen', screen };
  });

const requestCandidate = fc.option(fc.constantFrom(...THRESHOLDS), { nil: undefined }).map(
  (slowerThanMs): Judgement => ({
    kind: 'requests',
    name: 'api',
    indicator: {
      kind: 'requests',
      routes: ['/api/price', 'GET /api/stock'],
      badStatus: [{ from: 500, to: 599 }],
      ...(slowerThanMs !== undefined && { slowerThanMs }),
    },
  }),
);

const log = fc
  .array(
    fc.record({
      at: fc.integer({ min: 0, max: 40 * 60_000 }),
      parts: fc.array(
        fc.record({
          route: fc.constantFrom(...ROUTES),
          durationMs: fc.constantFrom(
            0,
            20,
            50,
            50.001,
            100,
            101,
            199,
            200,
            201,
            400,
            800,
            801,
            1601,
            Number.NaN,
          ),
          status: fc.constantFrom(200, 200, 200, 200, 503, 499, 404),
          afterMs: fc.integer({ min: 0, max: 900 }),
        }),
        { maxLength: 6 },
      ),
      client: fc.constantFrom('198.51.100.1', '198.51.100.2', '198.51.100.3'),
    }),
    { maxLength: 60 },
  )
  .map((views): readonly TestRequest[] =>
    views
      .toSorted((a, b) => a.at - b.at)
      .flatMap(({ at, client, parts }) => [
        { at, line: ROUTES[0], durationMs: 30, client },
        ...parts.map(({ route, afterMs, ...told }) => ({ at: at + afterMs, line: route, client, ...told })),
      ]),
  );

describe('a history that was read once', () => {
  it('gives every candidate the counts that reading the whole log for it gives', () => {
    fc.assert(
      fc.property(
        log,
        fc.array(fc.oneof(screenCandidate, requestCandidate), { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 3 }),
        (requests, judgements, pieces) => {
          const candidates = judgements.map(candidateOf);
          const observations = observationsOf(candidates, requests, { pieces });
          const room = laboratory(observations, []);
          for (const one of candidates) {
            const series = room.series(one.judgement);
            const slow = slowSeries(one, requests, observations);
            expect(series).toEqual({ ok: true, value: slow });
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('is the same in two halves by time, where each half knows what was open before it', () => {
    fc.assert(
      fc.property(
        log,
        screenCandidate,
        fc.integer({ min: 0, max: 40 * 60_000 }),
        (requests, judgement, cut) => {
          const candidates = [candidateOf(judgement)];
          const middle = START_MS + cut;
          const halves = [{ toMs: middle }, { fromMs: middle }].map((part) =>
            observationsOf(candidates, requests, part),
          );
          const merged = mergedObservations(halves);
          const whole = observationsOf(candidates, requests);
          if (!merged.ok) throw new Error('refused');
          const [one, other] = [whole, merged.value].map((observations) =>
            laboratory(observations, []).series(judgement),
          );
          if (requests.length > 0) expect(other).toEqual(one);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is the same after it was packed', () => {
    fc.assert(
      fc.property(log, screenCandidate, requestCandidate, (requests, ...judgements) => {
        const observations = observationsOf(judgements.map(candidateOf), requests);
        expect(unpackObservations(packObservations(observations))).toEqual({ ok: true, value: observations });
      }),
      { numRuns: 40 },
    );
  });

  it('refuses bytes that are none, whatever they are', () => {
    fc.assert(
      fc.property(log, fc.nat(), fc.integer({ min: 0, max: 255 }), (requests, at, byte) => {
        const judgement: Judgement = {
          kind: 'requests',
          name: 'api',
          indicator: { kind: 'requests', routes: [], badStatus: [] },
        };
        const packed = packObservations(observationsOf([candidateOf(judgement)], requests));
        const damaged = packed.slice();
        damaged[at % damaged.length] = byte;
        const read = unpackObservations(damaged);
        if (read.ok) expect(() => laboratory(read.value, []).series(judgement)).not.toThrow();
        expect(unpackObservations(packed.subarray(0, packed.length - 1)).ok).toBe(false);
      }),
      { numRuns: 200 },
    );
  });

  it('says which threshold it cannot tell', () => {
    const judgement = fc.sample(screenCandidate, { seed: 1, numRuns: 1 })[0];
    if (judgement?.kind !== 'screen') throw new Error('no screen');
    const room = laboratory(observationsOf([candidateOf(judgement)], []), []);
    const other = { ...judgement, screen: { ...judgement.screen, thresholdMs: 123 } };
    const refused = room.evaluate(candidateOf(other));
    expect(refused.ok ? '' : refused.error.reasons[0].message.en).toBe(
      'The history of item does not tell which requests took more than 123 ms.',
    );
  });
});

/** The same from the words of the definition: every minute for itself, nothing merged, nothing summed up. */
function slowEvaluation(
  one: Candidate,
  requests: readonly TestRequest[],
  incidents: readonly Incident[],
  bounds: Parameters<typeof slowSeries>[2],
) {
  const series = slowSeries(one, requests, bounds);
  const firing = (minute: number) => one.objective.alerts.some((alert) => isFiring(alert, series, minute));
  const pages: { from: number; to: number }[] = [];
  for (let minute = bounds.fromMinute; minute <= bounds.toMinute; minute += 1) {
    if (!firing(minute)) continue;
    const last = pages.at(-1);
    if (last?.to === minute) last.to = minute + 1;
    else pages.push({ from: minute, to: minute + 1 });
  }
  const minutesOf = ({ from, to }: { from: number; to: number }) =>
    Array.from({ length: to - from }, (_, at) => from + at);
  const belongs = (page: { from: number; to: number }, incident: Incident) =>
    page.from >= incident.fromMinute - 30 &&
    minutesOf(page).some((minute) => minute >= incident.fromMinute && minute < incident.toMinute + 30);
  const found = incidents.map((incident) => pages.find((page) => belongs(page, incident)));
  return {
    counts: wholeOf(series),
    found: found.map((page, at) => page && Math.max(0, page.from - (incidents[at]?.fromMinute ?? 0))),
    falsePages: pages.filter((page) => !incidents.some((incident) => belongs(page, incident))).length,
    told: new Set(found.filter((page) => page !== undefined)).size,
    pages: pages.length,
  };
}

describe('an evaluation', () => {
  it('is what a slow one says that looks at every minute and every page for itself', () => {
    const incident = fc
      .record({ from: fc.integer({ min: 0, max: 39 }), length: fc.integer({ min: 1, max: 10 }) })
      .map(({ from, length }) => ({ title: '', fromMinute: START + from, toMinute: START + from + length }));
    fc.assert(
      fc.property(
        log,
        fc.array(fc.oneof(screenCandidate, requestCandidate), { minLength: 1, maxLength: 3 }),
        fc.array(incident, { maxLength: 3 }),
        (requests, judgements, incidents) => {
          const candidates = judgements.map(candidateOf);
          const observations = observationsOf(candidates, requests);
          const room = laboratory(observations, incidents);
          for (const one of candidates) {
            const fast = room.evaluate(one);
            if (!fast.ok) throw new Error('refused');
            const slow = slowEvaluation(one, requests, room.incidents, observations);
            const { counts, detections, falsePages, pages } = fast.value;
            expect({
              counts,
              falsePages,
              found: detections.map((detection) => detection?.minutesToDetect),
              told: pages.filter(({ kind }) => kind === 'told').length,
              pages: pages.length,
            }).toEqual(slow);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
