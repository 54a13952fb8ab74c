import { describe, expect, it } from 'vitest';
import { toNumber } from '../objective/fraction.ts';
import { ppm } from '../objective/ppm.ts';
import { blame } from './blame.ts';
import { viewConfidence } from './confidence.ts';
import type { ScreenViews } from './screen-views.ts';
import { request, START_MS, screenOf, type TestRequest, viewsOf } from './testing.ts';

/** Weights add up to 10; a view is good from 8 on. Threshold of each is 200 ms. */
const PARTS = {
  page: { weight: 3, required: true, afterMs: 0 },
  price: { weight: 3, required: true, afterMs: 150 },
  stock: { weight: 2, required: true, afterMs: 160 },
  reviews: { weight: 1, required: false, afterMs: 170 },
  advice: { weight: 1, required: false, afterMs: 400 },
} as const;
type Part = keyof typeof PARTS;
const NAMES = ['page', 'price', 'stock', 'reviews', 'advice'] as const satisfies readonly Part[];
type Fault = 'error' | 'half' | 'slow';
type Faults = Partial<Record<Part, Fault>>;

const SCREENS = ['items', 'cart', 'search'].map((name) =>
  screenOf(
    NAMES.map((part) =>
      request(part === 'page' ? `GET /${name}/{id}` : `GET /api/${part}/{id}`, {
        ...{ weight: PARTS[part].weight, required: PARTS[part].required, thresholdMs: 200 },
      }),
    ),
    { name, thresholdMs: 5000 },
  ),
);
const BOUNDS = { fromMinute: START_MS / 60_000, toMinute: START_MS / 60_000 + 1440 };
const TIME_MS: Readonly<Record<Fault, number>> = { error: 90, half: 700, slow: 1500 };

/** What a person who injected the faults expects, in half points of 20: written without looking at the score's code. */
function isBad(faults: Faults): boolean {
  const lost = NAMES.map((part) => {
    const fault = faults[part];
    if (fault === undefined) return 0;
    if (fault === 'error' && PARTS[part].required) return 20;
    return fault === 'half' ? PARTS[part].weight : 2 * PARTS[part].weight;
  });
  return lost.reduce<number>((sum, points) => sum + points, 0) > 4;
}

function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 4) % below;
  };
}

type Tell = (view: number, screen: string, part: Part) => Partial<TestRequest>;

/** One view a second, in the order in which the requests ended; the truth beside it. */
function shop(inject: (view: number) => Faults, tell: Tell) {
  const next = numbers(7);
  const bad = new Map<string, number>();
  const failed: Record<Part, number> = { page: 0, price: 0, stock: 0, reviews: 0, advice: 0 };
  const log: TestRequest[] = [];
  for (let view = 0; view < 3000; view += 1) {
    const { name } = SCREENS[view % SCREENS.length] ?? { name: '' };
    const faults = inject(view);
    if (isBad(faults)) bad.set(name, (bad.get(name) ?? 0) + 1);
    for (const part of NAMES) {
      const fault = faults[part];
      if (fault !== undefined) failed[part] += 1;
      log.push({
        at: view * 1000 + PARTS[part].afterMs,
        line: `GET /${part === 'page' ? name : `api/${part}`}/${view}`,
        durationMs: fault === undefined ? 20 + next(100) : TIME_MS[fault],
        status: fault === 'error' ? 503 : 200,
        ...tell(view, name, part),
      });
    }
  }
  log.sort((a, b) => a.at + (a.durationMs ?? 0) - b.at - (b.durationMs ?? 0));
  const composed = NAMES.reduce((product, part) => product * (1 - failed[part] / 3000), 1);
  return { log, bad, failed, composed };
}

const badOf = (views: ScreenViews) =>
  new Map(
    SCREENS.map(({ name }) => [
      name,
      views.minutes().reduce((sum, row) => sum + (row.screen === name ? row.total - row.good : 0), 0),
    ]),
  );

const anyFaults = (seed: number): ((view: number) => Faults) => {
  const next = numbers(seed);
  const kinds = ['error', 'half', 'slow'] as const;
  return () => {
    const faults: Faults = {};
    for (const part of NAMES) if (next(25) === 0) faults[part] = kinds[next(3)] ?? 'error';
    return faults;
  };
};

const person = (view: number): Partial<TestRequest> => ({
  client: `10.0.0.${view % 60}`,
  userAgent: 'Firefox',
});
const WAYS: readonly (readonly [string, Tell])[] = [
  ['page-view-id', (view) => ({ view: `v${view}`, client: 'one for all' })],
  ['trace', (view) => ({ trace: `t${view}`, client: 'one for all' })],
  [
    'referer',
    // Each person has several pages open at once.
    (view, screen, part) => ({
      client: `10.0.0.${view % 3}`,
      referer: part === 'page' ? 'https://shop.example/' : `https://shop.example/${screen}/${view}`,
    }),
  ],
  ['client', person],
];

describe('a shop with injected faults', () => {
  it.each(WAYS)('has exactly the bad views that were injected, put together by %s', (way, tell) => {
    const { log, bad } = shop(anyFaults(11), tell);
    const views = viewsOf(SCREENS, log, { pieces: [1000, 1, 4000] });
    expect(badOf(views)).toEqual(bad);
    const { ways, sure, views: judged } = viewConfidence(views.minutes());
    expect(ways).toMatchObject({ [way]: 3000 });
    expect([sure && toNumber(sure), judged]).toEqual([1, 3000]);
  });

  it('loses as many views as were bad, which request SLOs cannot tell when their faults come together', () => {
    // Each fault in 60 of 3,000: in the same views, or each in views of its own.
    const together = shop(
      (view): Faults => (view % 50 === 0 ? { price: 'error', stock: 'error' } : {}),
      person,
    );
    const apart = shop(
      (view): Faults => (view % 50 === 0 ? { price: 'error' } : view % 50 === 25 ? { stock: 'error' } : {}),
      person,
    );
    expect(together.failed).toEqual(apart.failed);
    expect(together.composed).toBe(apart.composed);
    const lost = ({ log }: { readonly log: readonly TestRequest[] }) =>
      [...badOf(viewsOf(SCREENS, log)).values()].reduce((a, b) => a + b, 0);
    expect([lost(together), lost(apart)]).toEqual([60, 120]);
    expect(Math.round((1 - together.composed) * 3000)).toBe(119);
  });

  it('loses nothing to faults that nobody feels, and much to small ones that meet', () => {
    const small = (meet: boolean) =>
      shop((view): Faults => {
        const first = view % 20 === 0;
        const second = meet ? first : view % 20 === 10;
        return {
          ...(first ? { price: 'half' as const } : {}),
          ...(second ? { advice: 'error' as const } : {}),
        };
      }, person);
    const [apart, meeting] = [small(false), small(true)];
    expect(meeting.failed).toEqual(apart.failed);
    const lost = ({ log }: { readonly log: readonly TestRequest[] }) =>
      [...badOf(viewsOf(SCREENS, log)).values()].reduce((a, b) => a + b, 0);
    expect([lost(apart), lost(meeting)]).toEqual([0, 150]);
  });

  it('blames the culprit for just what was injected, and names what was shared', () => {
    const { log } = shop((view): Faults => {
      if (view % 3 !== 0) return { reviews: 'error' };
      if (view % 30 === 0) return { price: 'error', reviews: 'slow' };
      if (view % 90 === 3) return { price: 'error', stock: 'error' };
      return view % 90 === 6 ? { page: 'slow' } : {};
    }, person);
    const views = viewsOf(SCREENS, log);
    const found = blame({
      ...{ screen: screenOf([...(SCREENS[0]?.requests ?? [])], { name: 'items' }), bounds: BOUNDS },
      ...{ minutes: views.minutes(), causes: views.causes(), targetPpm: ppm(950_000) },
    });
    expect(found.budget.lost).toBe(100 + 34 + 34);
    const [first, second] = found.requests;
    expect([first?.request, first?.alone, second?.request, second?.alone]).toEqual([1, 100, 0, 34]);
    expect(found.shared).toEqual([{ kind: 'together', requests: [1, 2], views: 34 }]);
    expect(first?.fixed.verdict).toBe('spent');
    const cart = blame({
      ...{ screen: screenOf([...(SCREENS[1]?.requests ?? [])], { name: 'cart' }), bounds: BOUNDS },
      ...{ minutes: views.minutes(), causes: views.causes(), targetPpm: ppm(950_000) },
    });
    expect(cart.budget.lost).toBe(0);
  });
});
