import { z } from 'zod';
import { passkeyAssertion } from '#accounts/core';
import { ENVIRONMENTS } from '#core-values';
import { GRANT_STATUSES, PURPOSES } from '#credentials/core';
import { budgetsAnswer } from './budget/index.ts';
import { denialAnswer, deniedCalls } from './denied-api.ts';
import { PLAN_STATES } from './life.ts';
import { needAnswer } from './needs-api.ts';
import { repairAnswer } from './repair-api.ts';

/**
 * What goes over the wire, for routes and for the command line alike. Names and ids are checked by form here and
 * take their brand where they are used.
 */
const name = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const time = z.iso.datetime();

export const grantRequest = z.discriminatedUnion('purpose', [
  z.strictObject({ purpose: z.literal('plan'), stack: name }),
  z.strictObject({ purpose: z.literal('apply'), stack: name, plan: sha256 }),
]);

export type GrantRequest = z.infer<typeof grantRequest>;

export const grantAnswer = z.object({
  grant: z.string(),
  purpose: z.enum(['plan', 'apply']),
  stack: name,
  account: z.string(),
  region: z.string(),
  /** Folder of the root module in the repository. */
  path: z.string(),
  expiresAt: time,
  /** The plan that may be applied. */
  plan: z.string().optional(),
  /** Shown once: fetches the plan file and reports. */
  secret: z.string().optional(),
  credentials: z.object({
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
    sessionToken: z.string(),
    expiration: time,
  }),
  /** In words: what the session policy had to leave wide. */
  widened: z.array(z.string()),
  auditEntry: z.string(),
});

export type GrantAnswer = z.infer<typeof grantAnswer>;

const reason = z.object({ rule: z.string(), message: z.string(), remedy: z.string() });

export const decisionAnswer = z.object({
  allowed: z.boolean(),
  /** Ids of the policies that decided. */
  policies: z.array(z.string()),
  reasons: z.array(reason),
  /** What would make it pass, one way a line. */
  wouldChange: z.array(z.string()),
});

export const approvalAnswer = z.object({
  /** The person of sekisho.yaml; a login of GitHub for a reviewer whom it does not know. */
  approver: z.string(),
  by: z.enum(['signature', 'passkey', 'review']),
  decision: z.enum(['approve', 'reject', 'break-glass']),
  givenAt: time,
  counts: z.boolean(),
  /** Why it does not count. */
  why: z.string().optional(),
  /** Which one, of an approval by review. */
  review: z
    .object({
      id: z.string(),
      url: z.string(),
      login: z.string(),
      pullRequest: z.number(),
      commit: z.string().optional(),
    })
    .optional(),
});

/** Which pull request holds a stack: it was applied before its merge, and is neither merged nor closed. */
export const lockAnswer = z.object({
  repository: z.object({ id: z.string(), name: z.string() }),
  pullRequest: z.number(),
  since: time,
  /** Whose run applied it first. */
  byWhom: z.string(),
  grant: z.string(),
});

export const planAnswer = z.object({
  id: z.string(),
  stack: name,
  account: z.string(),
  environment: z.enum(ENVIRONMENTS),
  state: z.enum(PLAN_STATES),
  digest: sha256,
  fingerprint: sha256,
  lineage: z.string(),
  serial: z.number(),
  repository: z.object({ id: z.string(), name: z.string() }),
  ref: z.string(),
  commit: z.string(),
  /** Of a job of `workflow_dispatch`: by its own word. */
  pullRequest: z.number().optional(),
  /** The pull request’s commit that was planned, where it is known. */
  headCommit: z.string().optional(),
  run: z.object({ id: z.string(), number: z.number(), attempt: z.number() }),
  author: z.object({ id: z.string(), name: z.string(), person: z.string().optional() }),
  uploadedAt: time,
  expiresAt: time,
  changes: z.record(z.string(), z.number()),
  findings: z.object({
    critical: z.number(),
    high: z.number(),
    medium: z.number(),
    low: z.number(),
    info: z.number(),
  }),
});

export type PlanAnswer = z.infer<typeof planAnswer>;

export const planPage = z.object({ plans: z.array(planAnswer), next: z.string().optional() });

/** In words, in the caller's language: what a grant for the plan can do. */
export const permissionsAnswer = z.object({
  /** Service by service. */
  can: z.array(z.string()),
  /** Where it reaches further than the plan, and why. */
  widened: z.array(z.string()),
  /** What of it could be used to gain more. */
  escalations: z.array(z.string()),
  /** How much is allowed beyond what the plan needs, as a figure: docs/session-policy.md. */
  additions: z.number(),
  /** Of the session policy; STS takes 2,048. */
  sizeCharacters: z.number(),
  /** How many managed policies are made for the grant, because the session policy does not hold everything. */
  managedPolicies: z.number(),
});

/** Only of hosts that sekisho.yaml trusts. */
export const pullRequestUrl = z.url().optional().describe('Where the pull request is, where that is known');

export const planDetails = planAnswer.extend({
  pullRequestUrl,
  /** Absent for plans of before Sekisho kept it. */
  permissions: permissionsAnswer.optional(),
  decision: decisionAnswer.optional(),
  approvals: z.array(approvalAnswer),
  budgets: budgetsAnswer,
  repair: repairAnswer,
  /** Another pull request holds the stack. */
  heldBy: lockAnswer.optional(),
  history: z.array(
    z.object({
      at: time,
      event: z.string(),
      state: z.enum(PLAN_STATES),
      byWhom: z.string(),
      detail: z.record(z.string(), z.unknown()),
    }),
  ),
  /** What people had added to the stack's needs when the plan came in; approvals name it. Absent where there was nothing. */
  extraNeeds: z.array(needAnswer).optional(),
  /** Calls that AWS refused when it was applied. */
  denials: z.array(denialAnswer).optional(),
  /** As `sekisho review --format json` prints it; no sensitive value. */
  review: z.unknown(),
});

export type PlanDetails = z.infer<typeof planDetails>;

export const uploadAnswer = planDetails.extend({ auditEntry: z.string() });

/** Exactly the bytes that were signed. */
const statement = z.string().max(8_192);

export const approvalRequest = z.union([
  z.strictObject({
    statement,
    signature: z.string().max(16_384).describe('`-----BEGIN SSH SIGNATURE-----` …'),
  }),
  z.strictObject({
    statement,
    assertion: passkeyAssertion.describe(
      'Of a passkey whose challenge was the SHA-256 of the statement’s bytes',
    ),
  }),
]);

export const reportRequest = z.strictObject({
  outcome: z.enum(['applied', 'failed']),
  /** From `terraform state pull` afterwards; absent when it could not be read. */
  state: z.strictObject({ lineage: z.string().max(256), serial: z.int().nonnegative() }).exactOptional(),
  /** Terraform's exit code. */
  exitCode: z.int().min(0).max(255),
  /** Calls that AWS refused, of an apply that failed. */
  denials: deniedCalls.exactOptional(),
});

export const reportAnswer = z.object({
  plan: z.string(),
  state: z.enum(PLAN_STATES),
  auditEntry: z.string(),
  denials: z.array(denialAnswer).optional(),
});

export type ReportRequest = z.infer<typeof reportRequest>;

export const stackAnswer = z.object({
  name,
  account: z.object({ id: z.string(), name: z.string(), environment: z.enum(ENVIRONMENTS) }),
  region: z.string(),
  repository: z.object({ id: z.string(), name: z.string() }),
  path: z.string(),
  team: z.string(),
  dependsOn: z.array(name),
  knownState: z.object({ lineage: z.string(), serial: z.number() }).optional(),
  inFlight: z.string().optional(),
  lock: lockAnswer.optional(),
});

export type StackAnswer = z.infer<typeof stackAnswer>;

export const unlockRequest = z.strictObject({ reason: z.string().trim().min(1).max(1_000) });

export const unlockedAnswer = z.object({ lock: lockAnswer, auditEntry: z.string() });

/** A grant as people see it: whose, for what, until when; never its credentials. */
export const grantRecord = z.object({
  id: z.string(),
  purpose: z.enum(PURPOSES),
  status: z.enum(GRANT_STATUSES),
  stack: name,
  account: z.string(),
  region: z.string(),
  role: z.string(),
  plan: z.string().optional(),
  approvers: z.array(z.string()),
  repository: z.object({ id: z.string(), name: z.string() }),
  commit: z.string(),
  run: z.object({ id: z.string(), attempt: z.number() }),
  actor: z.object({ id: z.string(), name: z.string() }),
  requestedAt: time,
  issuedAt: time.optional(),
  expiresAt: time.optional(),
  endedAt: time.optional(),
  /** Why it failed, or who revoked it. */
  ending: z.string().optional(),
  /** How far the deny in AWS has come, of a revoked grant. */
  revocation: z.enum(['pending', 'in-force', 'lifted']).optional(),
});

export type GrantRecord = z.infer<typeof grantRecord>;

export const grantPage = z.object({ grants: z.array(grantRecord), next: z.string().optional() });

export const revokeRequest = z.strictObject({ reason: z.string().trim().min(1).max(1_000).optional() });

export const revokedAnswer = grantRecord.extend({
  /** Why the session is not denied in AWS yet; empty when it is. */
  undenied: z.array(reason),
  auditEntry: z.string(),
});

export type RevokedAnswer = z.infer<typeof revokedAnswer>;
