import { createHash, randomBytes } from 'node:crypto';
import type { Region, RoleArn } from '#accounts/core';
import {
  type AccountId,
  type EpochMs,
  epochMs,
  err,
  type GrantId,
  ok,
  type PersonName,
  type Problem,
  problem,
  type Result,
  type StackName,
  text,
} from '#core-values';
import { type Db, type Tx, uuidV7 } from '#platform';
import type { Grant, GrantedPlan } from './core/grant.ts';
import { grantPolicyArns } from './core/grant-policies.ts';
import { sessionIdentity } from './core/session-identity.ts';
import type { SessionPolicy } from './core/session-policy/index.ts';
import type { Purpose, WorkloadIdentity } from './core/workload-identity.ts';
import { insertGrantPolicies } from './grant-policies-store.ts';
import {
  type Beginning,
  deleteUsedTokens,
  insertGrants,
  insertUsedToken,
  selectGrant,
  selectGrantBySecret,
  selectObstacles,
  updateDueGrants,
  updateGrant,
  updateIssuedGrants,
} from './store.ts';
import type { IssuedSession, SessionRequest } from './sts.ts';

export interface GrantRequest {
  readonly purpose: Purpose;
  readonly stack: StackName;
  readonly account: AccountId;
  readonly region: Region;
  /** From the server's own map of stack → account → role; never from the job (attack 14). */
  readonly roleArn: RoleArn;
  readonly identity: WorkloadIdentity;
  /** Exactly for `apply`. */
  readonly plan?: GrantedPlan;
  readonly approvers: readonly PersonName[];
  readonly sessionPolicy: Pick<SessionPolicy, 'policy' | 'managedPolicyArns'>;
  /** Documents of managed policies to be made for the grant and passed beside its own; their ARNs are named after it. */
  readonly managedPolicies?: readonly string[];
  /** Whole seconds, 900 to 43,200. */
  readonly durationSeconds: number;
  readonly id: GrantId;
}

/** `grt_` and a UUIDv7: ids of later milliseconds sort later. */
export const newGrantId = (now: EpochMs): GrantId => `grt_${uuidV7(now)}` as GrantId;

/**
 * Marks the token as used; `denied` when it was used before, whoever used it. For requests that make no grant;
 * `beginGrant` does it by itself.
 */
export async function consumeToken(tx: Tx, identity: WorkloadIdentity): Promise<Result<void, Problem>> {
  return (await insertUsedToken(tx, identity)) ? ok(undefined) : err(tokenUsed());
}

/**
 * Records, in the caller's transaction, that the token is used and that AWS is about to be asked. Commit, then call
 * `issue` of a `StsPort` outside any transaction, then `completeGrant` or `failGrant` in another one. `denied` when
 * the token was used before; `conflict` when the database's rules leave no room for an apply. A refusal may be committed: the
 * token then stays used.
 */
export async function beginGrant(
  tx: Tx,
  request: GrantRequest,
  now: EpochMs,
): Promise<Result<Grant, Problem>> {
  const [begun] = await beginGrants(tx, [{ request, now }]);
  if (begun === undefined) throw new Error('A grant was neither begun nor refused.');
  return begun;
}

/** The same for several at once; answers them in the order asked. Of those that stand in each other's way, one is begun. */
export async function beginGrants(
  tx: Tx,
  asked: readonly { readonly request: GrantRequest; readonly now: EpochMs }[],
): Promise<readonly Result<Grant, Problem>[]> {
  if (asked.length === 0) return [];
  const grants = asked.map(({ request, now }) => ({
    grant: grantOf(request, now),
    token: request.identity,
  }));
  const outcomes = await insertGrants(tx, grants);
  const begun: Result<Grant, Problem>[] = [];
  for (const [index, { grant }] of grants.entries()) {
    const documents = asked[index]?.request.managedPolicies ?? [];
    if (outcomes[index] === 'begun') await insertGrantPolicies(tx, grant.id, documents);
    begun.push(await beginning(tx, grant, outcomes[index]));
  }
  return begun;
}

async function beginning(
  tx: Tx,
  grant: Grant,
  outcome: Beginning | undefined,
): Promise<Result<Grant, Problem>> {
  if (outcome === 'begun') return ok(grant);
  if (outcome !== 'no-room') return err(tokenUsed());
  const obstacles = grant.plan === undefined ? [] : await selectObstacles(tx, grant.plan.id, grant.stack);
  return err(noRoom(grant, obstacles));
}

/** What to ask AWS for. */
export function sessionRequestOf(grant: Grant): SessionRequest {
  const { tags } = sessionIdentity({ ...grant, ...grant.job, grant: grant.id });
  const { purpose, stack, account, roleArn, region, sessionName, sourceIdentity } = grant;
  const { sessionPolicy, managedPolicyArns, durationSeconds } = grant;
  return {
    ...{ purpose, stack, account, roleArn, region, sessionName, sourceIdentity, tags },
    ...{ sessionPolicy, managedPolicyArns, durationSeconds },
  };
}

export interface CompletedGrant {
  readonly grant: Grant;
  /** `skg_…`, to be given to the job once; only its SHA-256 is kept. Fetches the plan file and reports. */
  readonly secret: string;
}

/** What AWS issued for a grant. */
export interface Completion {
  /** As it was begun: what a grant is bound to never changes, the database sees to that. */
  readonly grant: Grant;
  readonly session: Pick<IssuedSession, 'assumedRoleId' | 'expiresAt'>;
}

/** `conflict` when the grant was given up meanwhile: then throw the credentials away. */
export async function completeGrant(
  tx: Tx,
  id: GrantId,
  session: Completion['session'],
  now: EpochMs,
): Promise<Result<CompletedGrant, Problem>> {
  const grant = await selectGrant(tx, id);
  const [completed] = grant === undefined ? [] : await completeGrants(tx, [{ grant, session }], now);
  return completed ?? err(notInState(id));
}

/** The same for several at once; answers them in the order asked. */
export async function completeGrants(
  tx: Tx,
  completions: readonly Completion[],
  now: EpochMs,
): Promise<readonly Result<CompletedGrant, Problem>[]> {
  const asked = completions.map((one) => ({
    ...one,
    secret: `skg_${randomBytes(32).toString('base64url')}`,
  }));
  const issued = await updateIssuedGrants(
    tx,
    asked.map(({ grant: { id }, session: { assumedRoleId, expiresAt }, secret }) => ({
      ...{ id, assumedRoleId, expiresAt },
      secretSha256: sha256(secret),
    })),
    now,
  );
  return asked.map(({ grant, session: { assumedRoleId, expiresAt }, secret }) =>
    issued.has(grant.id)
      ? ok({ grant: { ...grant, status: 'issued', assumedRoleId, issuedAt: now, expiresAt }, secret })
      : err(notInState(grant.id)),
  );
}

/** AWS issued nothing: the plan may be granted once more. `why` is shown to people and must hold no secret. */
export async function failGrant(
  tx: Tx,
  id: GrantId,
  why: string,
  now: EpochMs,
): Promise<Result<Grant, Problem>> {
  const grant = await updateGrant(tx, id, ['issuing'], { status: 'failed', endedAt: now, ending: why });
  return grant === undefined ? err(notInState(id)) : ok(grant);
}

/** The job reported: its secret serves no longer, and the stack is free for the next apply. */
export async function finishGrant(tx: Tx, id: GrantId, now: EpochMs): Promise<Result<Grant, Problem>> {
  const grant = await updateGrant(tx, id, ['issued'], { status: 'finished', endedAt: now });
  return grant === undefined ? err(notInState(id)) : ok(grant);
}

/** Ends the grants whose credentials have expired; answers them, so that the caller can audit and act. */
export const expireGrants = (tx: Tx, now: EpochMs): Promise<readonly Grant[]> =>
  updateDueGrants(tx, { status: 'issued', expiredAt: now }, { status: 'expired', endedAt: now });

/**
 * Gives up grants that are `issuing` for longer than a request may take: their server died or hangs, and
 * `completeGrant` will refuse them, so nobody ever receives what AWS may have issued. Their plans must be made anew.
 */
export const abandonUnfinishedGrants = (
  tx: Tx,
  now: EpochMs,
  requestTimeoutMs: number,
): Promise<readonly Grant[]> =>
  updateDueGrants(
    tx,
    { status: 'issuing', requestedBefore: epochMs(now - requestTimeoutMs) },
    { status: 'abandoned', endedAt: now, ending: 'the server stopped while AWS was asked' },
  );

/** Tokens older than this can no longer pass verification, even if the clock is set back by a day. */
const KEEP_USED_TOKENS_MS = 24 * 3_600_000;

export const pruneUsedTokens = (db: Db, now: EpochMs): Promise<number> =>
  deleteUsedTokens(db, epochMs(now - KEEP_USED_TOKENS_MS));

/** The live grant of a secret; `unauthenticated` for any other, without saying why to whoever guesses. */
export async function authorizeGrant(db: Db, secret: string, now: EpochMs): Promise<Result<Grant, Problem>> {
  const grant = await grantOfSecret(db, secret);
  const isLive = grant?.status === 'issued' && grant.expiresAt !== undefined && now < grant.expiresAt;
  return isLive ? ok(grant) : err(badSecret());
}

/**
 * Whose secret this is, though the grant may have ended: for saying again what was already said to its holder, and for nothing
 * else. Whatever the secret is to open asks `authorizeGrant`.
 */
export const grantOfSecret = async (db: Db, secret: string): Promise<Grant | undefined> =>
  /^skg_[A-Za-z0-9_-]{43}$/.test(secret) ? selectGrantBySecret(db, sha256(secret)) : undefined;

const sha256 = (words: string): string => createHash('sha256').update(words).digest('hex');

function grantOf(request: GrantRequest, now: EpochMs): Grant {
  const { identity, plan } = request;
  const session = sessionIdentity({
    grant: request.id,
    purpose: request.purpose,
    stack: request.stack,
    repositoryName: identity.repositoryName,
    actorId: identity.actorId,
    approvers: request.approvers,
  });
  return {
    id: request.id,
    purpose: request.purpose,
    status: 'issuing',
    stack: request.stack,
    account: request.account,
    region: request.region,
    roleArn: request.roleArn,
    ...(plan !== undefined && { plan }),
    approvers: request.approvers,
    job: {
      issuer: identity.issuer,
      repositoryId: identity.repositoryId,
      repositoryName: identity.repositoryName,
      commit: identity.commit,
      workflowRef: identity.workflowRef.text,
      ...(identity.workflowSha !== undefined && { workflowSha: identity.workflowSha }),
      runId: identity.runId,
      runAttempt: identity.runAttempt,
      ...(identity.job !== undefined && { job: identity.job }),
      actorId: identity.actorId,
      actorName: identity.actorName,
      tokenSha256: identity.tokenSha256,
    },
    sessionName: session.sessionName,
    sourceIdentity: session.sourceIdentity,
    sessionPolicy: request.sessionPolicy.policy,
    managedPolicyArns: [
      ...request.sessionPolicy.managedPolicyArns,
      ...grantPolicyArns(request.id, request.roleArn, request.managedPolicies?.length ?? 0),
    ],
    durationSeconds: request.durationSeconds,
    requestedAt: now,
  };
}

const PLAN_AGAIN = text(
  'Run the workflow again from the start: it plans anew, and an approval of the same meaning still counts.',
  'ワークフローを最初から再実行してください。プランを作り直しても、内容が同じなら承認は引き継がれます。',
);

const tokenUsed = (): Problem =>
  problem('denied', {
    rule: 'token.used',
    message: text(
      'This token was used before; it serves once.',
      'このトークンはすでに使用されています。使えるのは一度だけです。',
    ),
    remedy: text(
      'Ask the CI for a new token for every request.',
      'リクエストごとに CI から新しいトークンを取得してください。',
    ),
  });

function noRoom(grant: Grant, obstacles: readonly Grant[]): Problem {
  const sameplan = obstacles.find(({ plan }) => plan !== undefined && plan.id === grant.plan?.id);
  if (sameplan !== undefined) {
    return problem('conflict', {
      rule: 'grant.used',
      message: text(
        `Grant ${sameplan.id} was already given for this plan (it is ${sameplan.status}); a plan is granted once.`,
        `このプランのグラント ${sameplan.id} はすでに発行されています(状態: ${sameplan.status})。グラントは 1 つのプランに一度しか発行されません。`,
      ),
      remedy: PLAN_AGAIN,
    });
  }
  const live = obstacles[0];
  return problem('conflict', {
    rule: 'grant.apply-in-flight',
    message: text(
      `Another apply of stack ${grant.stack} holds credentials${live === undefined ? '' : ` (grant ${live.id})`}.`,
      `スタック ${grant.stack} の別の適用がグラントを保持しています${live === undefined ? '' : `(${live.id})`}。`,
    ),
    remedy: text(
      'Wait until it reports; if its job is dead, revoke its grant: `sekisho grants revoke`.',
      '完了を待ってください。ジョブが停止している場合は `sekisho grants revoke` でグラントを取り消してください。',
    ),
  });
}

const notInState = (id: GrantId): Problem =>
  problem('conflict', {
    rule: 'grant.state',
    message: text(
      `Grant ${id} is no longer in the state this needs: it was given up, ended or revoked meanwhile.`,
      `グラント ${id} はこの操作ができる状態ではありません。その間に放棄、終了、または取り消されています。`,
    ),
    remedy: PLAN_AGAIN,
  });

const badSecret = (): Problem =>
  problem('unauthenticated', {
    rule: 'grant.secret',
    message: text(
      'There is no live grant with this secret.',
      'このシークレットに対応する有効なグラントはありません。',
    ),
    remedy: PLAN_AGAIN,
  });
