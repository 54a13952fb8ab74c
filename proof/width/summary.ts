import { HOLDERS, type Holder, type Measured, type PlanFigures } from './figures.ts';

export const LEAST_PLANS = 60;
const LEAST_INLINE_PERCENT = 90;
const MOST_RESOURCES = 20;

/** Median and worst over the plans. */
export interface Spread {
  readonly median: number;
  readonly worst: number;
}

export interface HolderSummary {
  /** Pairs allowed for one that was called; only plans that called anything. */
  readonly width: Spread;
  /** Pairs allowed and not called. */
  readonly beyond: Spread;
  readonly actions: Spread;
  readonly dangerousActions: Spread;
  readonly dangerousPairs: Spread;
}

export interface Summary {
  readonly plans: number;
  readonly inlinePercent: number;
  /** Plans in which a call was denied. */
  readonly plansWithDenials: number;
  /** Plans that called nothing: they have no width. */
  readonly plansWithoutCalls: number;
  readonly mostResources: number;
  readonly calledPairs: Spread;
  readonly calledActions: Spread;
  readonly asked: Spread;
  readonly holders: Readonly<Record<Holder, HolderSummary>>;
  /** What is not as it must be; empty when all is well. */
  readonly missed: readonly string[];
}

export function summarise(plans: readonly PlanFigures[]): Summary {
  const different = new Set(plans.map(({ plan }) => plan)).size;
  const inlinePercent =
    plans.length === 0 ? 0 : Math.floor((100 * plans.filter(({ inline }) => inline).length) / plans.length);
  const mostResources = Math.max(0, ...plans.map(({ resources }) => resources));
  const missed = [
    ...(different < LEAST_PLANS ? [`${different} different plans, not ${LEAST_PLANS}`] : []),
    ...(inlinePercent < LEAST_INLINE_PERCENT
      ? [`${inlinePercent} % inline, not ${LEAST_INLINE_PERCENT} %`]
      : []),
    ...(mostResources > MOST_RESOURCES ? [`a plan of ${mostResources} resources`] : []),
  ];
  const holders = Object.fromEntries(HOLDERS.map((holder) => [holder, summaryOf(holder, plans)])) as Record<
    Holder,
    HolderSummary
  >;
  return {
    plans: different,
    inlinePercent,
    plansWithDenials: plans.filter(({ denied }) => denied > 0).length,
    plansWithoutCalls: plans.filter(({ calledPairs }) => calledPairs === 0).length,
    mostResources,
    calledPairs: spread(plans.map(({ calledPairs }) => calledPairs)),
    calledActions: spread(plans.map(({ calledActions }) => calledActions)),
    asked: spread(plans.map(({ asked }) => asked)),
    holders,
    missed,
  };
}

function summaryOf(holder: Holder, plans: readonly PlanFigures[]): HolderSummary {
  const of = (figure: (measured: Measured, plan: PlanFigures) => number): Spread =>
    spread(plans.map((plan) => figure(plan[holder], plan)));
  const calling = plans.filter(({ calledPairs }) => calledPairs > 0);
  return {
    width: spread(calling.map((plan) => plan[holder].pairs / plan.calledPairs)),
    beyond: of(({ pairs }, { calledPairs }) => pairs - calledPairs),
    actions: of(({ actions }) => actions),
    dangerousActions: of(({ dangerousActions }) => dangerousActions),
    dangerousPairs: of(({ dangerousPairs }) => dangerousPairs),
  };
}

/** Of an even number the upper of the two in the middle: a figure that a plan has, and never the better one. */
function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((one, other) => one - other);
  return { median: sorted[Math.floor(sorted.length / 2)] ?? 0, worst: sorted.at(-1) ?? 0 };
}
