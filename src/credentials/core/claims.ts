import { type Issuer, parseGitlabConfigRef, parseWorkflowRef } from '#accounts/core';
import { type EpochMs, err, ok, type Reason, type Result } from '#core-values';
import { type ClaimReader, claimReader } from './claim-reader.ts';
import type { WorkloadIdentity } from './workload-identity.ts';

/** The token's payload after its signature, issuer, audience and times were checked. */
export interface VerifiedPayload {
  readonly issuer: Issuer;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly expiresAt: EpochMs;
  readonly tokenSha256: string;
}

export type Reasons = readonly [Reason, ...Reason[]];

/**
 * Reads the claims one by one. Every missing or malformed claim is a reason: an absent claim must never turn into
 * a value that some rule could match (attack 3).
 */
export function identityFromClaims(payload: VerifiedPayload): Result<WorkloadIdentity, Reasons> {
  const reader = claimReader(payload.claims);
  const identity =
    payload.issuer.kind === 'github-actions' ? github(reader, payload) : gitlab(reader, payload);
  const [first, ...more] = reader.reasons;
  return first === undefined ? ok(identity) : err([first, ...more]);
}

const DIGITS = /^[0-9]{1,20}$/;
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const REF = /^refs\/[^\s~^:?*[\\]+$/;
const WORD = /^[^\p{C}]{1,512}$/u;
/** Stands where the claim was refused; never returned. */
const NO_WORKFLOW = { text: '', repository: '', path: '', ref: '' };

/** GitHub: "OpenID Connect reference", docs.github.com; `check_run_id` since 2025-11-13. */
function github(read: ClaimReader, payload: VerifiedPayload): WorkloadIdentity {
  return {
    ...common(read, payload),
    repositoryId: read.required('repository_id', DIGITS),
    ownerId: read.required('repository_owner_id', DIGITS),
    repositoryName: read.required('repository', WORD),
    ref: read.required('ref', REF),
    commit: read.required('sha', COMMIT),
    workflowRef: read.parsed('job_workflow_ref', parseWorkflowRef, NO_WORKFLOW),
    ...read.optional('workflowSha', 'job_workflow_sha', COMMIT),
    event: read.required('event_name', WORD),
    ...read.optional('environment', 'environment', WORD),
    runId: read.required('run_id', DIGITS),
    runNumber: read.count('run_number'),
    ...workflowFile(read.optional('workflowRef', 'workflow_ref', WORD)),
    runAttempt: read.count('run_attempt'),
    ...read.optional('job', 'check_run_id', DIGITS),
    actorId: read.required('actor_id', DIGITS),
    actorName: read.required('actor', WORD),
    ...read.flag('refProtected', 'ref_protected'),
  };
}

/** The file that was called, without the ref it was read at: a run of any ref counts. Only ever compared with its like. */
const workflowFile = ({ workflowRef }: { readonly workflowRef?: string }): { readonly runSeries?: string } =>
  workflowRef === undefined ? {} : { runSeries: workflowRef.replace(/@.*$/s, '') };

/**
 * GitLab: "OpenID Connect (OIDC) Authentication Using ID Tokens", docs.gitlab.com. A pipeline is the run; it has no
 * attempts, because a retried job is a new job of the same pipeline.
 */
function gitlab(read: ClaimReader, payload: VerifiedPayload): WorkloadIdentity {
  const pipeline = read.count('pipeline_id');
  return {
    ...common(read, payload),
    repositoryId: read.required('project_id', DIGITS),
    ownerId: read.required('namespace_id', DIGITS),
    repositoryName: read.required('project_path', WORD),
    ref: gitlabRef(read),
    commit: read.required('sha', COMMIT),
    workflowRef: read.parsed('ci_config_ref_uri', parseGitlabConfigRef, NO_WORKFLOW),
    ...read.optional('workflowSha', 'ci_config_sha', COMMIT),
    event: read.required('pipeline_source', WORD),
    ...read.optional('environment', 'environment', WORD),
    runId: String(pipeline),
    runNumber: pipeline,
    // One count for the whole of GitLab.
    runSeries: 'pipelines',
    runAttempt: 1,
    job: read.required('job_id', DIGITS),
    actorId: read.required('user_id', DIGITS),
    actorName: read.required('user_login', WORD),
    ...read.flag('refProtected', 'ref_protected'),
  };
}

/** `ref_path` says it in full since GitLab 16.0; `ref` and `ref_type` must agree with it. */
function gitlabRef(read: ClaimReader): string {
  const path = read.required('ref_path', REF);
  const type = read.required('ref_type', /^(?:branch|tag)$/);
  const name = read.required('ref', WORD);
  if (path !== '' && name !== '' && path !== `refs/${type === 'tag' ? 'tags' : 'heads'}/${name}`) {
    read.refuse('ref_path');
  }
  return path;
}

const common = (
  read: ClaimReader,
  { issuer, expiresAt, tokenSha256 }: VerifiedPayload,
): Pick<WorkloadIdentity, 'issuer' | 'issuerName' | 'kind' | 'expiresAt' | 'tokenSha256' | 'jti'> => ({
  issuer: issuer.url,
  issuerName: issuer.name,
  kind: issuer.kind,
  expiresAt,
  tokenSha256,
  jti: read.required('jti', WORD),
});
