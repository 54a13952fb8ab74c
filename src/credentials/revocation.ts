import type { AccountId, EpochMs, GrantId, Problem, Result, StackName } from '#core-values';
import { err, ok, problem, text } from '#core-values';
import type { Db, Tx } from '#platform';
import type { Grant } from './core/grant.ts';
import { revocationPolicy, revocationPolicyName } from './core/revocation-policy.ts';
import { selectRevocations, updateGrant, updateRevocation } from './store.ts';

/** Inline policies of a role; `revocation-iam.ts` in AWS. Both calls may be repeated. */
export interface RolePolicyPort {
  put(role: RolePolicy, document: string): Promise<Result<void, Problem>>;
  /** Fine when it is gone already. */
  remove(role: RolePolicy): Promise<Result<void, Problem>>;
}

export interface RolePolicy {
  readonly account: AccountId;
  readonly roleArn: string;
  readonly policyName: string;
  /** Whose session it denies. */
  readonly grant: GrantId;
  readonly stack: StackName;
}

/**
 * Ends a grant at once on our side, in the caller's transaction: its secret serves no longer and the stack is free. Its session
 * in AWS is denied by `enforceRevocations`, to be called after the commit and again by the timer until it has worked.
 */
export async function revokeGrant(
  tx: Tx,
  id: GrantId,
  by: string,
  now: EpochMs,
): Promise<Result<Grant, Problem>> {
  const grant = await updateGrant(tx, id, ['issued', 'finished'], {
    status: 'revoked',
    endedAt: now,
    ending: `revoked by ${by}`,
    revocation: 'pending',
  });
  return grant === undefined ? err(notLive(id)) : ok(grant);
}

export interface RevocationOutcome {
  readonly grant: Grant;
  /** What was to be done: `deny` puts the deny on the role, `lift` takes it off. */
  readonly step: 'deny' | 'lift';
  readonly result: Result<void, Problem>;
}

/** IAM takes a while to spread; the deny stays this much longer than the session could live. */
const LIFT_AFTER_MS = 15 * 60_000;

/**
 * Does what is outstanding in AWS: puts the deny for revoked grants whose session may live, and takes it off when the session
 * has expired. Answers what it did, so that the caller can audit it; what failed is tried again next time. `only` leaves the
 * other grants to the timer: one account that does not answer must not hold up the revocation of a session in another.
 */
export async function enforceRevocations(
  db: Db,
  roles: RolePolicyPort,
  now: EpochMs,
  only?: GrantId,
): Promise<readonly RevocationOutcome[]> {
  const outcomes: RevocationOutcome[] = [];
  const outstanding = async (state: 'pending' | 'in-force') =>
    (await selectRevocations(db, state)).filter(({ id }) => only === undefined || id === only);
  for (const grant of await outstanding('pending')) {
    // Nothing to deny any more: there never was, or it has expired by itself.
    if (grant.assumedRoleId === undefined || isOver(grant, now)) {
      await updateRevocation(db, grant.id, 'lifted');
      continue;
    }
    const result = await roles.put(policyOf(grant), revocationPolicy(grant.assumedRoleId));
    if (result.ok) await updateRevocation(db, grant.id, 'in-force');
    outcomes.push({ grant, step: 'deny', result });
  }
  for (const grant of await outstanding('in-force')) {
    if (!isOver(grant, now)) continue;
    const result = await roles.remove(policyOf(grant));
    if (result.ok) await updateRevocation(db, grant.id, 'lifted');
    outcomes.push({ grant, step: 'lift', result });
  }
  return outcomes;
}

const isOver = ({ expiresAt }: Grant, now: EpochMs): boolean =>
  expiresAt === undefined || now >= expiresAt + LIFT_AFTER_MS;

const policyOf = ({ account, roleArn, id, stack }: Grant): RolePolicy => ({
  account,
  roleArn,
  grant: id,
  stack,
  policyName: revocationPolicyName(id),
});

const notLive = (id: GrantId): Problem =>
  problem('conflict', {
    rule: 'grant.not-live',
    message: text(
      `Grant ${id} does not exist or has no credentials out.`,
      `グラント ${id} は存在しないか、有効な認証情報がありません。`,
    ),
    remedy: text(
      'List the grants with `sekisho grants list`.',
      '`sekisho grants list` で一覧を確認してください。',
    ),
  });
