import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { JsonObject, Language } from '#core-values';
import { type Finding, type Plan, planToJson } from '#plan';
import type { PlanDetails } from './core/api.ts';
import type { Permissions } from './grant-scope.ts';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** A review as it is kept: without values that must not be seen, and in every language. */
interface KeptReview<Review> {
  readonly review: Review;
  readonly findings: readonly Finding[];
  /** Absent in plans of before it was kept. */
  readonly permissions?: Permissions;
}

/** What people judge a plan by. */
export interface OpenedReview {
  /** As `sekisho review --format json` prints it. */
  readonly review: JsonObject;
  readonly permissions?: NonNullable<PlanDetails['permissions']>;
}

export const compressReview = (
  plan: Plan,
  findings: readonly Finding[],
  permissions: Permissions,
): Promise<Uint8Array> => compress(JSON.stringify({ review: planToJson(plan, []), findings, permissions }));

/** Written by `compressReview` alone, so its shape is not checked again. */
export const readKept = async <Review = JsonObject>(kept: Uint8Array): Promise<KeptReview<Review>> =>
  JSON.parse((await decompress(kept)).toString('utf8'));

export async function openReview(kept: Uint8Array, language: Language): Promise<OpenedReview> {
  const { review, findings, permissions } = await readKept(kept);
  const said = findings.map(({ rule, severity, address, message, remedy }) => ({
    rule,
    severity,
    ...(address === undefined ? {} : { address }),
    message: message[language],
    remedy: remedy[language],
  }));
  return {
    review: { ...review, findings: said },
    ...(permissions === undefined ? {} : { permissions: permissionsIn(permissions, language) }),
  };
}

export const permissionsIn = (
  { can, widened, escalations, ...figures }: Permissions,
  language: Language,
): NonNullable<OpenedReview['permissions']> => ({
  can: can.map((words) => words[language]),
  widened: widened.map((words) => words[language]),
  escalations: escalations.map((words) => words[language]),
  ...figures,
});
