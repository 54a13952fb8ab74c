import type { AuditActor, AuditEntry, AuditKind, AuditSubject } from '#audit';
import type { EpochMs, JsonObject, PersonName, Problem } from '#core-values';
import type { WorkloadIdentity } from '#credentials';
import type { Decision } from '#policy/core';
import type { StoredPlan } from './store/plans.ts';

/** A job as the log names it: ids that identify, and its token only as a hash. */
export const workloadActor = (job: WorkloadIdentity): AuditActor => ({
  kind: 'workload',
  name: `${job.repositoryName} run ${job.runId}`,
  claims: {
    issuer: job.issuer,
    repositoryId: job.repositoryId,
    ownerId: job.ownerId,
    workflow: job.workflowRef.text,
    ref: job.ref,
    commit: job.commit,
    event: job.event,
    runId: job.runId,
    runAttempt: String(job.runAttempt),
    actorId: job.actorId,
    jti: job.jti,
    ...(job.job === undefined ? {} : { job: job.job }),
  },
  tokenSha256: job.tokenSha256,
});

export const personActor = (name: PersonName): AuditActor => ({ kind: 'person', name });

export const SERVER: AuditActor = { kind: 'server', name: 'sekisho' };

export const planSubject = (plan: StoredPlan): AuditSubject => ({
  stack: plan.stack,
  account: plan.account,
  plan: plan.id,
  planDigest: plan.digest,
  fingerprint: plan.fingerprint,
});

/** What a decision stood on, as evidence. */
export const decisionEvidence = (decision: Decision): JsonObject => ({
  verdict: decision.kind,
  policies: decision.determining.map(({ id }) => id),
  facts: Object.fromEntries(
    decision.facts.map(({ name, value }) => [name, typeof value === 'object' ? [...value] : value]),
  ),
});

export const denied = (
  kind: AuditKind,
  at: EpochMs,
  actor: AuditActor,
  subject: AuditSubject,
  problem: Problem,
  evidence: JsonObject = {},
): AuditEntry => ({ at, kind, actor, subject, outcome: 'denied', reasons: problem.reasons, evidence });
