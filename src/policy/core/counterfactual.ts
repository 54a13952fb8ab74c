import { type Text, text } from '#core-values';
import { isReadBy } from './facts.ts';
import { BREAK_GLASS_FAMILY, HYPOTHESES, type Hypothesis } from './hypotheses.ts';
import type { PolicyRequest, TimeFacts } from './request.ts';
import { hoursLater } from './time-facts.ts';

/** A set of changes that together turn the answer into `allowed`; none of them can be left out. */
export interface Counterfactual {
  /** Ids of the changes: `approval-of-owning-team`, `freeze-ended`, `later:15h`. */
  readonly changes: readonly string[];
  readonly description: Text;
  /** The request as it would be. */
  readonly request: PolicyRequest;
}

const HOURS_OF_WEEK = 168;

/** The policies, as far as trying things out goes. */
export interface Trial {
  readonly isAllowed: (request: PolicyRequest) => boolean;
  /** What the policies in the way of a denied request read; changing any other fact cannot help. */
  readonly obstaclesOf: (request: PolicyRequest) => ReadonlySet<string>;
}

/**
 * Tries the declared hypotheses, only those that touch an obstacle. First each alone; where none helps, all together,
 * taken back one by one as long as it still helps. Breaking glass is tried alone, and listed last.
 * A denial costs at most a few dozen evaluations (and up to 168 more where a policy reads the time).
 */
export function findCounterfactuals(request: PolicyRequest, trial: Trial): readonly Counterfactual[] {
  const obstacles = allObstacles(request, trial);
  const relevant = touching(obstacles, request);
  const ordinary = relevant.filter(isOrdinary);
  const emergency = relevant.filter((one) => !isOrdinary(one));
  const later = [...obstacles].some((path) => path.startsWith('context.time'))
    ? nextHourThatHelps(applyAll(request, strongest(ordinary)), trial.isAllowed)
    : [];
  const helps: Helps = (changes) => trial.isAllowed(applyAll(request, changes));
  const hypotheses = [...ordinary, ...later];
  const alone = singlesThatHelp(hypotheses, helps);
  const found = [
    ...(alone.length > 0 ? alone : togetherThatHelp(hypotheses, helps)),
    ...singlesThatHelp(emergency, helps),
  ];
  return found.map((changes) => counterfactual(changes, request));
}

/** Behind one obstacle there may be another: without the break-glass, the freeze that it lifted. */
function allObstacles(request: PolicyRequest, trial: Trial): ReadonlySet<string> {
  let obstacles = trial.obstaclesOf(request);
  for (;;) {
    const ideal = applyAll(request, strongest(touching(obstacles, request).filter(isOrdinary)));
    if (trial.isAllowed(ideal)) return obstacles;
    const wider = new Set([...obstacles, ...trial.obstaclesOf(ideal)]);
    if (wider.size === obstacles.size) return obstacles;
    obstacles = wider;
  }
}

const touching = (obstacles: ReadonlySet<string>, request: PolicyRequest): readonly Hypothesis[] =>
  HYPOTHESES.filter(
    (hypothesis) =>
      hypothesis.touches.some((fact) => [...obstacles].some((path) => touch(fact, path))) &&
      hypothesis.apply(request) !== undefined,
  );

const isOrdinary = ({ family }: Hypothesis): boolean => family !== BREAK_GLASS_FAMILY;

type Helps = (changes: readonly Hypothesis[]) => boolean;

const touch = (fact: string, path: string): boolean => isReadBy(fact, path) || isReadBy(path, fact);

const applyAll = (request: PolicyRequest, changes: readonly Hypothesis[]): PolicyRequest =>
  changes.reduce((changed, change) => change.apply(changed) ?? changed, request);

const familiesOf = (hypotheses: readonly Hypothesis[]): readonly string[] => [
  ...new Set(hypotheses.map(({ family }) => family)),
];

/** Within a family the list goes from the mildest to the strongest. */
const strongest = (hypotheses: readonly Hypothesis[]): readonly Hypothesis[] =>
  familiesOf(hypotheses).flatMap((family) => hypotheses.findLast((one) => one.family === family) ?? []);

/** The mildest of each family that is enough by itself. */
const singlesThatHelp = (
  hypotheses: readonly Hypothesis[],
  helps: Helps,
): readonly (readonly Hypothesis[])[] =>
  familiesOf(hypotheses).flatMap((family) => {
    const single = hypotheses.find((one) => one.family === family && helps([one]));
    return single === undefined ? [] : [[single]];
  });

/** At most two ways: one that keeps the plan as it is as far as possible, one that changes the plan rather. */
function togetherThatHelp(
  hypotheses: readonly Hypothesis[],
  helps: Helps,
): readonly (readonly Hypothesis[])[] {
  const all = strongest(hypotheses);
  if (!helps(all)) return [];
  const changesPlan = (one: Hypothesis): boolean =>
    one.touches.some((fact) => fact.startsWith('context.findings'));
  const keepingPlan = shrink(all, [...all.filter(changesPlan), ...all], hypotheses, helps);
  const changingPlan = shrink(all, [...all.filter((one) => !changesPlan(one)), ...all], hypotheses, helps);
  return idsOf(keepingPlan) === idsOf(changingPlan) ? [keepingPlan] : [keepingPlan, changingPlan];
}

const idsOf = (changes: readonly Hypothesis[]): string => changes.map(({ id }) => id).join(' ');

/** Takes back what is not needed, in the given order, then makes each that stays as mild as it may be. */
function shrink(
  all: readonly Hypothesis[],
  order: readonly Hypothesis[],
  hypotheses: readonly Hypothesis[],
  helps: Helps,
): readonly Hypothesis[] {
  let kept = all;
  for (const candidate of order) {
    const without = kept.filter((one) => one !== candidate);
    if (without.length < kept.length && helps(without)) kept = without;
  }
  for (const strong of kept) {
    const weaker = hypotheses.filter(({ family }) => family === strong.family);
    const replacing = (mild: Hypothesis) => kept.map((one) => (one === strong ? mild : one));
    const mildest = weaker.find((mild) => mild === strong || helps(replacing(mild)));
    if (mildest !== undefined) kept = replacing(mildest);
  }
  return kept;
}

const counterfactual = (changes: readonly Hypothesis[], request: PolicyRequest): Counterfactual => {
  const words = changes.map((change) => change.description(request));
  return {
    changes: changes.map(({ id }) => id),
    description: text(words.map(({ en }) => en).join(', and '), words.map(({ ja }) => ja).join('、かつ')),
    request: applyAll(request, changes),
  };
};

/** The first full hour within a week at which nothing but time would still be in the way. */
function nextHourThatHelps(
  otherwiseIdeal: PolicyRequest,
  isAllowed: (request: PolicyRequest) => boolean,
): readonly Hypothesis[] {
  if (isAllowed(otherwiseIdeal)) return [];
  for (let hours = 1; hours <= HOURS_OF_WEEK; hours += 1) {
    const time = hoursLater(otherwiseIdeal.facts.time, hours);
    if (isAllowed(atTime(otherwiseIdeal, time))) {
      return [
        {
          id: `later:${hours}h`,
          family: 'time',
          touches: ['context.time'],
          description: () => timeWords(time),
          apply: (request) => atTime(request, time),
        },
      ];
    }
  }
  return [];
}

const DAYS = [
  text('Monday', '月曜'),
  text('Tuesday', '火曜'),
  text('Wednesday', '水曜'),
  text('Thursday', '木曜'),
  text('Friday', '金曜'),
  text('Saturday', '土曜'),
  text('Sunday', '日曜'),
];

function timeWords(time: TimeFacts): Text {
  const day = DAYS[time.dayOfWeek - 1];
  return text(
    `on ${day?.en} from ${String(time.hourOfDay).padStart(2, '0')}:00 on`,
    `${day?.ja} ${time.hourOfDay} 時以降に行う`,
  );
}

function atTime(request: PolicyRequest, time: TimeFacts): PolicyRequest {
  switch (request.action) {
    case 'plan':
      return { ...request, facts: { ...request.facts, time } };
    case 'approve':
      return { ...request, facts: { ...request.facts, time } };
    case 'apply':
      return { ...request, facts: { ...request.facts, time } };
    case 'operate':
      return { ...request, facts: { ...request.facts, time } };
    case 'breakGlass':
      return { ...request, facts: { ...request.facts, time } };
    case 'administer':
      return { ...request, facts: { ...request.facts, time } };
  }
}
