import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import { err, type LANGUAGES, ok, type Problem, problem, type Result, type Text, text } from '#core-values';
import type { SessionPolicy, StateStore } from '#credentials';
import type { PlanRecord } from './core/plan-record.ts';
import type { ChangesRoom } from './room.ts';
import { reviewOf, type StoredPlan, sealedRecordOf } from './store/plans.ts';

/** What a grant for a plan may do, fixed when the plan came in. */
export interface GrantScope {
  readonly sessionPolicy: Pick<SessionPolicy, 'policy' | 'managedPolicyArns'>;
  /** Documents of the managed policies to be made for the grant; empty where everything fits. */
  readonly managedPolicies: readonly string[];
  /** Where the plan's state is; known to the server once the plan has been applied. */
  readonly stateStore?: StateStore;
  /** In words: what had to stay wide, and why. */
  readonly widened: readonly Text[];
}

const textSchema = z.object({ en: z.string(), ja: z.string() } satisfies Record<
  (typeof LANGUAGES)[number],
  z.ZodString
>);

export const stateStoreSchema = z.object({
  bucket: z.string(),
  key: z.string(),
  region: z.string().exactOptional(),
  table: z.string().exactOptional(),
});

const recordSchema = z.object({
  bound: z.string(),
  reviewSha256: z.string(),
  scope: z.object({
    sessionPolicy: z.object({ policy: z.string(), managedPolicyArns: z.array(z.string()) }),
    // Records of before there were these have none.
    managedPolicies: z.array(z.string()).default([]),
    stateStore: stateStoreSchema.exactOptional(),
    widened: z.array(textSchema),
  }),
});

/** Everything about a plan that must not change after it came in, in one order. */
const boundWords = ({
  id,
  stack,
  account,
  environment,
  digest,
  fingerprint,
  lineage,
  serial,
  job,
  author,
  uploadedAt,
  expiresAt,
  plannedAt,
}: PlanRecord): string =>
  JSON.stringify([
    id,
    stack,
    account,
    environment,
    digest,
    fingerprint,
    lineage,
    serial,
    job.issuer,
    job.repositoryId,
    job.ref,
    job.commit,
    job.event,
    job.runId,
    job.runNumber,
    job.runAttempt,
    author.id,
    author.person ?? null,
    uploadedAt,
    expiresAt,
    // Records of before there were these have neither.
    ...(job.runSeries === undefined ? [] : [job.runSeries]),
    ...(plannedAt === undefined ? [] : [plannedAt]),
    ...(job.pullRequest === undefined
      ? []
      : [{ pullRequest: job.pullRequest, head: job.headCommit ?? null }]),
  ]);

/** Canonical, because PostgreSQL keeps JSON in an order of its own. */
const policyWords = ({ facts: { findings, changes, extraNeeds, dispatch } }: StoredPlan): string =>
  canonicalize([
    ...[findings, changes],
    ...(extraNeeds === undefined ? [] : [extraNeeds]),
    ...(dispatch === undefined ? [] : [{ dispatch }]),
  ]) ?? '';

const recordWords = (plan: StoredPlan): string => boundWords(plan) + policyWords(plan);

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const binding = ({ id }: StoredPlan) => ({ purpose: 'plan-record', id });

/**
 * Seals what a plan is bound to, and the review by which people judge it. Encryption is authenticated, and its key is not in the
 * database: whoever can write to the database still cannot turn one plan into another, or show it as another.
 */
export const sealRecord = (
  room: Pick<ChangesRoom, 'keyring'>,
  plan: StoredPlan,
  reviewGzip: Uint8Array,
  scope: GrantScope,
): Promise<Result<Uint8Array, Problem>> => {
  const record = { bound: recordWords(plan), reviewSha256: sha256(reviewGzip), scope };
  return room.keyring.encrypt(Buffer.from(JSON.stringify(record)), binding(plan));
};

/**
 * Opens the record of a plan and compares it with the row; what the grant may do comes from there alone. `sealed` spares looking
 * the record up.
 */
export async function openRecord(
  room: Pick<ChangesRoom, 'keyring' | 'db'>,
  plan: StoredPlan,
  sealed?: Uint8Array,
): Promise<Result<GrantScope, Problem>> {
  const record = await open(room, plan, sealed);
  return record.ok ? ok(record.value.scope) : record;
}

/** The review of a plan as it was when the plan came in; one that was changed since is shown to nobody. */
export async function sealedReviewOf(
  room: Pick<ChangesRoom, 'keyring' | 'db'>,
  plan: StoredPlan,
): Promise<Result<Uint8Array, Problem>> {
  const record = await open(room, plan);
  if (!record.ok) return record;
  const kept = await reviewOf(room.db, plan.id);
  return kept !== undefined && sha256(kept) === record.value.reviewSha256 ? ok(kept) : err(TAMPERED);
}

/** By which the review of a plan is known, from the plan's record: whoever has read that review once need not read it again. */
export async function reviewDigestOf(
  room: Pick<ChangesRoom, 'keyring' | 'db'>,
  plan: StoredPlan,
): Promise<Result<string, Problem>> {
  const record = await open(room, plan);
  return record.ok ? ok(record.value.reviewSha256) : record;
}

async function open(
  room: Pick<ChangesRoom, 'keyring' | 'db'>,
  plan: StoredPlan,
  known?: Uint8Array,
): Promise<Result<z.infer<typeof recordSchema>, Problem>> {
  const sealed = known ?? (await sealedRecordOf(room.db, plan.id));
  if (sealed === undefined) return err(TAMPERED);
  const opened = await room.keyring.decrypt(sealed, binding(plan));
  if (!opened.ok) return opened;
  const record = recordSchema.safeParse(JSON.parse(Buffer.from(opened.value).toString('utf8')));
  return record.success && record.data.bound === recordWords(plan) ? ok(record.data) : err(TAMPERED);
}

/** A row is compared with its record before it is locked; `undefined` when the locked one is still the same. */
export const changedMeanwhile = (checked: StoredPlan, locked: StoredPlan): Problem | undefined =>
  recordWords(checked) === recordWords(locked) ? undefined : TAMPERED;

const TAMPERED: Problem = problem('denied', {
  rule: 'plan.record-tampered',
  message: text(
    'The plan’s row in the database is not what was recorded when the plan came in.',
    'データベース上のプランの行が、受け付け時の記録と一致しません。',
  ),
  remedy: text(
    'Treat the database as tampered with: look at the audit log (`sekisho audit verify`), then plan again.',
    'データベースが改ざんされたおそれがあります。監査ログを検証(`sekisho audit verify`)したうえで、プランを作り直してください。',
  ),
});
