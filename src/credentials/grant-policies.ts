import type { AccountId, EpochMs, GrantId, Problem, Result, StackName } from '#core-values';
import type { Db } from '#platform';
import type { Grant } from './core/grant.ts';
import { grantOfPolicyName } from './core/grant-policies.ts';
import { selectGrantPolicies, updateGrantPoliciesRemoved } from './grant-policies-store.ts';
import { sessionRequestOf } from './grants.ts';
import { selectGrant } from './store.ts';
import type { IssuedSession, StsPort } from './sts.ts';

/** Managed policies of grants, under Sekisho's own path in their accounts; `grant-policies-iam.ts` in AWS. */
export interface GrantPolicyPort {
  /** Makes one policy for each document. On an error some may be there. */
  create(of: GrantPolicies, documents: readonly string[]): Promise<Result<void, Problem>>;
  /** Fine where they are gone already, or never were. */
  remove(of: GrantPolicies, count: number): Promise<Result<void, Problem>>;
  /** Names of all policies under the path; empty for an account that has no role for this. */
  list(account: AccountId): Promise<Result<readonly string[], Problem>>;
}

/** Whose policies, and where. */
export interface GrantPolicies {
  readonly grant: GrantId;
  readonly account: AccountId;
  readonly stack: StackName;
}

export interface SessionSource {
  readonly sts: StsPort;
  readonly grantPolicies: GrantPolicyPort;
  readonly pause: (ms: number) => Promise<void>;
}

/**
 * IAM tells its regions of a new policy after a while, seconds as a rule. STS may not know it yet, or take it and still deny what it
 * allows; so the session waits first, and STS is asked again. In all it stays below the 30 s that a request may take.
 */
const SETTLES_MS = 8_000;
const AGAIN_AFTER_MS = [2_000, 4_000] as const;

/**
 * The session of a grant, with managed policies beside its own where it has such: they are made first. The grant and its policies
 * must be recorded before, so that whatever is made is removed again, whoever dies.
 */
export async function issueSession(
  { sts, grantPolicies, pause }: SessionSource,
  grant: Grant,
  documents: readonly string[],
): Promise<Result<IssuedSession, Problem>> {
  const request = sessionRequestOf(grant);
  if (documents.length === 0) return sts.issue(request);
  const made = await grantPolicies.create(policiesOf(grant), documents);
  if (!made.ok) return made;
  await pause(SETTLES_MS);
  for (const againMs of AGAIN_AFTER_MS) {
    const session = await sts.issue(request);
    if (session.ok || session.error.code !== 'outside-failed') return session;
    await pause(againMs);
  }
  return sts.issue(request);
}

export interface PolicyRemoval {
  readonly grant: Grant;
  readonly result: Result<void, Problem>;
}

/** Removes the policies of grants that have ended; answers what it did. What failed is tried again the next time. */
export async function removeGrantPolicies(
  db: Db,
  port: GrantPolicyPort,
  now: EpochMs,
): Promise<readonly PolicyRemoval[]> {
  const removals: PolicyRemoval[] = [];
  for (const { grant, documents } of await selectGrantPolicies(db)) {
    const result = await port.remove(policiesOf(grant), documents.length);
    if (result.ok) await updateGrantPoliciesRemoved(db, grant.id, now);
    removals.push({ grant, result });
  }
  return removals;
}

/**
 * Removes what `removeGrantPolicies` cannot know of: policies under the path whose grant has ended, made by a server that was held up
 * until after its grant was given up. What belongs to no grant of ours is left alone: another server may share the account.
 */
export async function sweepGrantPolicies(
  db: Db,
  port: GrantPolicyPort,
  accounts: readonly AccountId[],
): Promise<readonly PolicyRemoval[]> {
  const removals: PolicyRemoval[] = [];
  for (const account of accounts) {
    const names = await port.list(account);
    if (!names.ok) continue;
    const counts = new Map<GrantId, number>();
    for (const name of names.value) {
      const id = grantOfPolicyName(name);
      const number = Number(name.split('-').at(-1));
      if (id !== undefined) counts.set(id, Math.max(counts.get(id) ?? 0, number));
    }
    for (const [id, count] of counts) {
      const grant = await selectGrant(db, id);
      if (grant === undefined || grant.account !== account || isLive(grant)) continue;
      removals.push({ grant, result: await port.remove(policiesOf(grant), count) });
    }
  }
  return removals;
}

const isLive = ({ status }: Grant): boolean => status === 'issuing' || status === 'issued';

const policiesOf = ({ id, account, stack }: Grant): GrantPolicies => ({ grant: id, account, stack });
