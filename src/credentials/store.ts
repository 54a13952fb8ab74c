import { sql } from 'kysely';
import type { Region, RoleArn } from '#accounts/core';
import {
  type AccountId,
  type EpochMs,
  epochMs,
  type Fingerprint,
  type GrantId,
  type PersonName,
  type PlanDigest,
  type PlanId,
  type StackName,
} from '#core-values';
import type { Db, Tx } from '#platform';
import type { Grant, GrantStatus } from './core/grant.ts';
import type { Purpose } from './core/workload-identity.ts';

type Revocation = NonNullable<Grant['revocation']>;

// Type aliases, not interfaces: Kysely's `withTables` wants an index signature, which only aliases have.
type GrantRow = {
  readonly id: string;
  readonly purpose: Purpose;
  readonly status: GrantStatus;
  readonly stack: string;
  readonly account_id: string;
  readonly region: string;
  readonly role_arn: string;
  readonly plan_id: string | null;
  readonly plan_digest: string | null;
  readonly plan_fingerprint: string | null;
  readonly lineage: string | null;
  readonly serial: number | null;
  readonly approvers: readonly string[];
  readonly issuer: string;
  readonly repository_id: string;
  readonly repository_name: string;
  readonly commit_sha: string;
  readonly workflow_ref: string;
  readonly workflow_sha: string | null;
  readonly run_id: string;
  readonly run_attempt: number;
  readonly job: string | null;
  readonly actor_id: string;
  readonly actor_name: string;
  readonly token_sha256: string;
  readonly session_name: string;
  readonly source_identity: string;
  readonly session_policy: string;
  readonly managed_policy_arns: readonly string[];
  readonly duration_seconds: number;
  readonly requested_at: Date;
  readonly assumed_role_id: string | null;
  readonly secret_sha256: string | null;
  readonly issued_at: Date | null;
  readonly expires_at: Date | null;
  readonly ended_at: Date | null;
  readonly ending: string | null;
  readonly revocation: Revocation | null;
};

type Tables = {
  readonly grants: GrantRow;
  readonly used_tokens: { readonly issuer: string; readonly jti: string; readonly expires_at: Date };
};

const tables = (db: Db) => db.withTables<Tables>();

interface UsedToken {
  readonly issuer: string;
  readonly jti: string;
  readonly expiresAt: EpochMs;
}

/** `false` when the token was used before. Whoever commits first has it. */
export async function insertUsedToken(tx: Tx, token: UsedToken): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tables(tx)
    .insertInto('used_tokens')
    .values({ issuer: token.issuer, jti: token.jti, expires_at: new Date(token.expiresAt) })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export async function deleteUsedTokens(db: Db, expiredBefore: EpochMs): Promise<number> {
  const { numDeletedRows } = await tables(db)
    .deleteFrom('used_tokens')
    .where('expires_at', '<', new Date(expiredBefore))
    .executeTakeFirst();
  return Number(numDeletedRows);
}

export interface NewGrant {
  readonly grant: Grant;
  readonly token: UsedToken;
}

/** `token-used`: by whoever. `no-room`: by the database's rules, the plan was granted, or the stack is being applied. */
export type Beginning = 'begun' | 'token-used' | 'no-room';

/**
 * Marks the tokens as used and records the grants, in one statement; answers in the order given. A token stays used where its
 * grant finds no room.
 */
export async function insertGrants(tx: Tx, asked: readonly NewGrant[]): Promise<readonly Beginning[]> {
  const { rows } = await sql<{ id: string; isFresh: boolean; hasRoom: boolean }>`
    WITH asked AS (
      SELECT * FROM unnest(${asked.map(({ grant }) => grant.id)}::text[], ${asked.map(({ token }) => token.issuer)}::text[],
        ${asked.map(({ token }) => token.jti)}::text[],
        ${asked.map(({ token }) => new Date(token.expiresAt).toISOString())}::timestamptz[])
        WITH ORDINALITY AS asked (id, issuer, jti, expires_at, place)
    ), used AS (
      -- In one order: two transactions with the same two tokens would otherwise wait for each other.
      INSERT INTO used_tokens (issuer, jti, expires_at) SELECT issuer, jti, expires_at FROM asked ORDER BY issuer, jti
      ON CONFLICT DO NOTHING RETURNING issuer, jti
    ), fresh AS (
      -- Of two that bring the same token one is served.
      SELECT DISTINCT ON (issuer, jti) asked.id FROM asked JOIN used USING (issuer, jti) ORDER BY issuer, jti, place
    ), begun AS (
      INSERT INTO grants
      SELECT row.* FROM fresh
        JOIN jsonb_populate_recordset(NULL::grants, ${JSON.stringify(asked.map(({ grant }) => toRow(grant)))}::jsonb) AS row
        USING (id)
      ON CONFLICT DO NOTHING RETURNING id
    )
    SELECT asked.id, fresh.id IS NOT NULL AS "isFresh", begun.id IS NOT NULL AS "hasRoom"
    FROM asked LEFT JOIN fresh USING (id) LEFT JOIN begun USING (id) ORDER BY place`.execute(tx);
  if (rows.length !== asked.length) throw new Error('Two grants have the same id.');
  return rows.map(({ isFresh, hasRoom }) => (hasRoom ? 'begun' : isFresh ? 'no-room' : 'token-used'));
}

/** The apply grants that stand in the way of another one for this plan on this stack. */
export async function selectObstacles(tx: Tx, plan: PlanId, stack: StackName): Promise<readonly Grant[]> {
  const rows = await tables(tx)
    .selectFrom('grants')
    .selectAll()
    .where('purpose', '=', 'apply')
    .where((is) =>
      is.or([
        is.and([is('plan_id', '=', plan), is('status', '<>', 'failed')]),
        is.and([is('stack', '=', stack), is('status', 'in', ['issuing', 'issued'])]),
      ]),
    )
    .orderBy('id')
    .execute();
  return rows.map(fromRow);
}

/** What may be written after the beginning. */
export interface GrantStep {
  readonly status: GrantStatus;
  readonly secretSha256?: string;
  readonly assumedRoleId?: string;
  readonly issuedAt?: EpochMs;
  readonly expiresAt?: EpochMs;
  readonly endedAt?: EpochMs;
  readonly ending?: string;
  readonly revocation?: Revocation;
}

/** `undefined` when the grant is not in one of the states it may come from. */
export async function updateGrant(
  tx: Tx,
  id: GrantId,
  from: readonly GrantStatus[],
  step: GrantStep,
): Promise<Grant | undefined> {
  const row = await tables(tx)
    .updateTable('grants')
    .set(stepColumns(step))
    .where('id', '=', id)
    .where('status', 'in', from)
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? undefined : fromRow(row);
}

/** Brings grants from `issuing` to `issued`; answers the ids of those that were there to be brought. */
export async function updateIssuedGrants(
  tx: Tx,
  steps: readonly {
    readonly id: GrantId;
    readonly secretSha256: string;
    readonly assumedRoleId: string;
    readonly expiresAt: EpochMs;
  }[],
  now: EpochMs,
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<Pick<GrantRow, 'id'>>`
    UPDATE grants SET status = 'issued', issued_at = ${new Date(now)}, secret_sha256 = step.secret_sha256,
      assumed_role_id = step.assumed_role_id, expires_at = step.expires_at
    FROM unnest(${steps.map(({ id }) => id)}::text[], ${steps.map(({ secretSha256 }) => secretSha256)}::text[],
      ${steps.map(({ assumedRoleId }) => assumedRoleId)}::text[],
      ${steps.map(({ expiresAt }) => new Date(expiresAt).toISOString())}::timestamptz[])
      AS step (id, secret_sha256, assumed_role_id, expires_at)
    WHERE grants.id = step.id AND grants.status = 'issuing' RETURNING grants.id`.execute(tx);
  return new Set(rows.map(({ id }) => id));
}

/** Ends every grant that is due; answers them as they are now. */
export async function updateDueGrants(
  tx: Tx,
  due:
    | { readonly status: 'issued'; readonly expiredAt: EpochMs }
    | { readonly status: 'issuing'; readonly requestedBefore: EpochMs },
  step: GrantStep,
): Promise<readonly Grant[]> {
  const update = tables(tx).updateTable('grants').set(stepColumns(step)).where('status', '=', due.status);
  const limited =
    due.status === 'issued'
      ? update.where('expires_at', '<=', new Date(due.expiredAt))
      : update.where('requested_at', '<', new Date(due.requestedBefore));
  return (await limited.returningAll().execute()).map(fromRow);
}

export async function selectGrant(db: Db, id: GrantId): Promise<Grant | undefined> {
  const row = await tables(db).selectFrom('grants').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : fromRow(row);
}

export async function selectGrantBySecret(db: Db, secretSha256: string): Promise<Grant | undefined> {
  const row = await tables(db)
    .selectFrom('grants')
    .selectAll()
    .where('secret_sha256', '=', secretSha256)
    .executeTakeFirst();
  return row === undefined ? undefined : fromRow(row);
}

export interface GrantFilter {
  readonly stack?: StackName;
  readonly statuses?: readonly GrantStatus[];
  readonly purpose?: Purpose;
  readonly account?: AccountId;
  readonly plan?: PlanId;
  /** Only grants older than this one: the last id of the page before. */
  readonly before?: GrantId;
  readonly limit: number;
}

/** Newest first; ids are UUIDv7, so their order is the order of asking. */
export async function selectGrants(db: Db, filter: GrantFilter): Promise<readonly Grant[]> {
  let query = tables(db).selectFrom('grants').selectAll().orderBy('id', 'desc').limit(filter.limit);
  if (filter.stack !== undefined) query = query.where('stack', '=', filter.stack);
  if (filter.statuses !== undefined) query = query.where('status', 'in', filter.statuses);
  if (filter.purpose !== undefined) query = query.where('purpose', '=', filter.purpose);
  if (filter.account !== undefined) query = query.where('account_id', '=', filter.account);
  if (filter.plan !== undefined) query = query.where('plan_id', '=', filter.plan);
  if (filter.before !== undefined) query = query.where('id', '<', filter.before);
  return (await query.execute()).map(fromRow);
}

/** Apply grants that may still be in use and were issued at this time or before, oldest first. */
export async function selectLongIssued(db: Db, issuedBy: EpochMs): Promise<readonly Grant[]> {
  // The words are written out: only then is the index on grants that are issued taken by a statement that is planned once.
  const { rows } = await sql<GrantRow>`
    SELECT * FROM grants WHERE status = 'issued' AND purpose = 'apply' AND issued_at <= ${new Date(issuedBy)}
    ORDER BY id`.execute(db);
  return rows.map(fromRow);
}

/** Revoked grants whose deny is still to be put on the role, or to be taken off it again. */
export async function selectRevocations(db: Db, state: 'pending' | 'in-force'): Promise<readonly Grant[]> {
  const rows = await tables(db).selectFrom('grants').selectAll().where('revocation', '=', state).execute();
  return rows.map(fromRow);
}

export async function updateRevocation(db: Db, id: GrantId, revocation: Revocation): Promise<void> {
  await tables(db).updateTable('grants').set({ revocation }).where('id', '=', id).execute();
}

const dateOf = (time: EpochMs | undefined): Date | undefined =>
  time === undefined ? undefined : new Date(time);

const stepColumns = (step: GrantStep) => {
  const columns = {
    status: step.status,
    secret_sha256: step.secretSha256,
    assumed_role_id: step.assumedRoleId,
    issued_at: dateOf(step.issuedAt),
    expires_at: dateOf(step.expiresAt),
    ended_at: dateOf(step.endedAt),
    ending: step.ending,
    revocation: step.revocation,
  };
  // `undefined` is left out by Kysely: what a step does not say stays as it is.
  return columns;
};

const toRow = (grant: Grant): GrantRow => ({
  id: grant.id,
  purpose: grant.purpose,
  status: grant.status,
  stack: grant.stack,
  account_id: grant.account,
  region: grant.region,
  role_arn: grant.roleArn,
  plan_id: grant.plan?.id ?? null,
  plan_digest: grant.plan?.digest ?? null,
  plan_fingerprint: grant.plan?.fingerprint ?? null,
  lineage: grant.plan?.lineage ?? null,
  serial: grant.plan?.serial ?? null,
  approvers: grant.approvers,
  issuer: grant.job.issuer,
  repository_id: grant.job.repositoryId,
  repository_name: grant.job.repositoryName,
  commit_sha: grant.job.commit,
  workflow_ref: grant.job.workflowRef,
  workflow_sha: grant.job.workflowSha ?? null,
  run_id: grant.job.runId,
  run_attempt: grant.job.runAttempt,
  job: grant.job.job ?? null,
  actor_id: grant.job.actorId,
  actor_name: grant.job.actorName,
  token_sha256: grant.job.tokenSha256,
  session_name: grant.sessionName,
  source_identity: grant.sourceIdentity,
  session_policy: grant.sessionPolicy,
  managed_policy_arns: grant.managedPolicyArns,
  duration_seconds: grant.durationSeconds,
  requested_at: new Date(grant.requestedAt),
  assumed_role_id: null,
  secret_sha256: null,
  issued_at: null,
  expires_at: null,
  ended_at: null,
  ending: null,
  revocation: null,
});

/** Names and ids were parsed before they were stored, and the database checks their form. */
const fromRow = (row: GrantRow): Grant => ({
  id: row.id as GrantId,
  purpose: row.purpose,
  status: row.status,
  stack: row.stack as StackName,
  account: row.account_id as AccountId,
  region: row.region as Region,
  roleArn: row.role_arn as RoleArn,
  ...planOf(row),
  approvers: row.approvers.map((name) => name as PersonName),
  job: {
    issuer: row.issuer,
    repositoryId: row.repository_id,
    repositoryName: row.repository_name,
    commit: row.commit_sha,
    workflowRef: row.workflow_ref,
    ...(row.workflow_sha !== null && { workflowSha: row.workflow_sha }),
    runId: row.run_id,
    runAttempt: row.run_attempt,
    ...(row.job !== null && { job: row.job }),
    actorId: row.actor_id,
    actorName: row.actor_name,
    tokenSha256: row.token_sha256,
  },
  sessionName: row.session_name,
  sourceIdentity: row.source_identity,
  sessionPolicy: row.session_policy,
  managedPolicyArns: row.managed_policy_arns,
  durationSeconds: row.duration_seconds,
  requestedAt: epochMs(row.requested_at.getTime()),
  ...(row.assumed_role_id !== null && { assumedRoleId: row.assumed_role_id }),
  ...(row.issued_at !== null && { issuedAt: epochMs(row.issued_at.getTime()) }),
  ...(row.expires_at !== null && { expiresAt: epochMs(row.expires_at.getTime()) }),
  ...(row.ended_at !== null && { endedAt: epochMs(row.ended_at.getTime()) }),
  ...(row.ending !== null && { ending: row.ending }),
  ...(row.revocation !== null && { revocation: row.revocation }),
});

const planOf = ({
  plan_id,
  plan_digest,
  plan_fingerprint,
  lineage,
  serial,
}: GrantRow): Pick<Grant, 'plan'> =>
  plan_id === null || plan_digest === null || plan_fingerprint === null || lineage === null || serial === null
    ? {}
    : {
        plan: {
          id: plan_id as PlanId,
          digest: plan_digest as PlanDigest,
          fingerprint: plan_fingerprint as Fingerprint,
          lineage,
          serial,
        },
      };
