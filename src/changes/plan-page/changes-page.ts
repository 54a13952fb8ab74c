import { err, type Language, ok, type PlanId, type Problem, problem, type Result, text } from '#core-values';
import { differenceOf, SEVERITIES, type Severity } from '#plan/core';
import type {
  changeAnswer,
  Explorer,
  ExplorerFilter,
  explorerAnswer,
  findingAnswer,
  findingsAnswer,
  ReviewedChange,
} from '../core/explorer/index.ts';
import { explorerGroups, explorerPage } from '../core/explorer/index.ts';
import { planUnknown } from '../problems.ts';
import type { ChangesRoom } from '../room.ts';
import { findPlan } from '../store/plans.ts';
import type { PlanReview, PlanReviews } from './plan-reviews.ts';

type Wire<Schema extends { readonly _output: unknown }> = Schema['_output'];

export interface ExplorerRoom extends Pick<ChangesRoom, 'db'> {
  readonly planReviews: PlanReviews;
}

/** Which list of the review: what the plan does, or what changed outside Terraform. */
export type ListOfChanges = 'changes' | 'drift';

export interface ChangesAsked {
  readonly of: ListOfChanges;
  readonly filter: ExplorerFilter;
  readonly order: 'danger' | 'plan';
  readonly cursor: number;
  readonly limit: number;
}

/** A page of a plan's changes, and on the first one how many there are of each kind. */
export async function changesPage(
  room: ExplorerRoom,
  id: PlanId,
  { of, filter, order, cursor, limit }: ChangesAsked,
): Promise<Result<Wire<typeof explorerAnswer>, Problem>> {
  const review = await reviewOf(room, id);
  if (!review.ok) return review;
  const explorer = review.value[of];
  const page = explorerPage(explorer, filter, { order, from: cursor, limit });
  const groups = cursor === 0 ? { groups: mutable(explorerGroups(explorer, filter)) } : {};
  return ok({
    ...page,
    rows: page.rows.map((row) => ({ ...row, attributes: [...row.attributes] })),
    ...groups,
  });
}

const mutable = ({ module, type, action, severity }: ReturnType<typeof explorerGroups>) => ({
  module: [...module],
  type: [...type],
  action: [...action],
  severity: [...severity],
});

/** One change with its values; hidden ones were hidden before the review was kept. */
export async function openChange(
  room: ExplorerRoom,
  id: PlanId,
  { of, n, language }: { readonly of: ListOfChanges; readonly n: number; readonly language: Language },
): Promise<Result<Wire<typeof changeAnswer>, Problem>> {
  const review = await reviewOf(room, id);
  if (!review.ok) return review;
  const explorer = review.value[of];
  const row = explorer.rows[n];
  const words = explorer.texts[n];
  if (row === undefined || words === undefined) return err(NO_SUCH_CHANGE);
  const change: ReviewedChange = JSON.parse(words);
  const { replacePaths = [], changedSensitivePaths = [] } = change;
  const { lines, unknownNames } = differenceOf({ ...change, replacePaths, changedSensitivePaths });
  const findings = of === 'changes' ? review.value.findings : [];
  return ok({
    row: { ...row, attributes: [...row.attributes] },
    provider: change.provider,
    ...(change.importing === undefined ? {} : { importing: change.importing }),
    before: change.before,
    after: change.after,
    sensitivePaths: [...change.sensitivePaths],
    unknownPaths: [...change.unknownPaths],
    replacePaths: [...replacePaths],
    changedSensitivePaths: [...changedSensitivePaths],
    differences: [...lines],
    unknownNames: [...unknownNames],
    findings: findings
      .filter(({ address }) => address === change.address)
      .map((finding) => ({ ...findingIn(finding, language), n })),
  });
}

/** A page of what the review found, the gravest first. */
export async function findingsPage(
  room: ExplorerRoom,
  id: PlanId,
  asked: {
    readonly severity?: Severity;
    readonly cursor: number;
    readonly limit: number;
    readonly language: Language;
  },
): Promise<Result<Wire<typeof findingsAnswer>, Problem>> {
  const review = await reviewOf(room, id);
  if (!review.ok) return review;
  const { severity, cursor, limit, language } = asked;
  const found = SEVERITIES.filter((one) => severity === undefined || one === severity).flatMap((one) =>
    review.value.findings.filter((finding) => finding.severity === one),
  );
  const end = cursor + limit;
  const places = placesOf(review.value.changes);
  const findings = found.slice(cursor, end).map((finding) => {
    const n = finding.address === undefined ? undefined : places.get(finding.address);
    return { ...findingIn(finding, language), ...(n === undefined ? {} : { n }) };
  });
  return ok({ findings, total: found.length, ...(end < found.length ? { next: end } : {}) });
}

/** Of several changes of an address (deposed objects) the first. */
const placesOf = ({ rows }: Explorer): ReadonlyMap<string, number> =>
  new Map(rows.toReversed().map(({ address, n }) => [address, n]));

const findingIn = (
  { rule, severity, address, message, remedy }: PlanReview['findings'][number],
  language: Language,
): Wire<typeof findingAnswer> => ({
  rule,
  severity,
  ...(address === undefined ? {} : { address }),
  message: message[language],
  remedy: remedy[language],
});

async function reviewOf(room: ExplorerRoom, id: PlanId): Promise<Result<PlanReview, Problem>> {
  const plan = await findPlan(room.db, id);
  return plan === undefined ? err(planUnknown(id)) : room.planReviews.of(plan);
}

const NO_SUCH_CHANGE: Problem = problem('not-found', {
  rule: 'plan.no-such-change',
  message: text('The plan has no change of that number.', 'このプランに、その番号の変更はありません。'),
  remedy: text(
    'List its changes with GET /v1/plans/{id}/changes.',
    'GET /v1/plans/{id}/changes で一覧を確認してください。',
  ),
});
