import canonicalize from 'canonicalize';
import { z } from 'zod';
import type {
  AccountId,
  AuditEntryId,
  EpochMs,
  Fingerprint,
  GrantId,
  JsonObject,
  Language,
  PersonName,
  PlanDigest,
  PlanId,
  Reason,
  StackName,
} from '#core-values';
import { parseAuditEntryId } from '#core-values';
import { type Sha256, toHex, utf8 } from '#platform/core';
import { leafHash } from './merkle.ts';
import { redactJson, redactWords } from './redaction.ts';

/**
 * What happened: a noun and a past participle, `grant.refused`. Lower-case letters and hyphens with one dot
 * or more: `KIND_PATTERN`. Open on purpose: each room names its own (docs/audit-log.md lists them).
 */
export type AuditKind = `${string}.${string}`;

export const KIND_PATTERN = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:\.[a-z][a-z0-9]*(?:-[a-z0-9]+)*)+$/;

/** Whether it was let through, refused, broke on the way, or simply happened. */
export const AUDIT_OUTCOMES = ['allowed', 'denied', 'failed', 'done'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

export interface AuditActor {
  readonly kind: 'workload' | 'person' | 'server';
  /** `github.com/acme/shop run 42`, a person's name, `sekisho`. */
  readonly name: string;
  /** The claims that identify: ids, never names alone, and never the token they came in. */
  readonly claims?: Readonly<Record<string, string>>;
  /** Lower-case hexadecimal SHA-256 of the token or session that was presented. */
  readonly tokenSha256?: string;
}

/** What it was about; give all that apply, they are what people search by. */
export interface AuditSubject {
  readonly stack?: StackName;
  readonly account?: AccountId;
  readonly plan?: PlanId;
  readonly planDigest?: PlanDigest;
  readonly fingerprint?: Fingerprint;
  readonly grant?: GrantId;
  readonly person?: PersonName;
  /** Anything else, by a name of its kind: `session:8f…`, `file:sekisho.yaml`. */
  readonly other?: string;
}

/** What a room records; the log adds the position and the link to the entry before. */
export interface AuditEntry {
  readonly at: EpochMs;
  readonly kind: AuditKind;
  readonly actor: AuditActor;
  readonly subject: AuditSubject;
  readonly outcome: AuditOutcome;
  /** Rule and message are kept, in both languages. */
  readonly reasons?: readonly Pick<Reason, 'rule' | 'message'>[];
  /** What the decision stood on: fingerprints, policy ids, signatures. Token-shaped strings are cut out. */
  readonly evidence?: JsonObject;
}

const SHA256_HEX = /^[0-9a-f]{64}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const LEAF_VERSION = 1;

/** Stands before the first entry. */
export const NO_PREVIOUS_LEAF = '0'.repeat(64);

const record = z.strictObject({
  version: z.literal(LEAF_VERSION),
  position: z.int().nonnegative(),
  previousLeafHash: z.string().regex(SHA256_HEX),
  at: z.string().regex(TIME),
  kind: z.string().regex(KIND_PATTERN),
  actor: z.strictObject({
    kind: z.enum(['workload', 'person', 'server']),
    name: z.string(),
    claims: z.record(z.string(), z.string()).optional(),
    tokenSha256: z.string().regex(SHA256_HEX).optional(),
  }),
  subject: z.strictObject({
    stack: z.string().optional(),
    account: z.string().optional(),
    plan: z.string().optional(),
    planDigest: z.string().optional(),
    fingerprint: z.string().optional(),
    grant: z.string().optional(),
    person: z.string().optional(),
    other: z.string().optional(),
  }),
  outcome: z.enum(AUDIT_OUTCOMES),
  reasons: z.array(
    z.strictObject({
      rule: z.string(),
      /** English. */
      message: z.string(),
      /** Left out where it says the same; older entries have none. */
      messageJa: z.string().exactOptional(),
    }),
  ),
  evidence: z.record(z.string(), z.json()),
});

/** An entry as it is written: the schema of a leaf's JSON. */
export const auditRecordSchema = record;
export type AuditRecord = z.infer<typeof record>;

export const recordedMessage = (
  { message, messageJa = message }: AuditRecord['reasons'][number],
  language: Language,
): string => (language === 'ja' ? messageJa : message);

/**
 * The two halves of a leaf's canonical JSON around `"position":N,"previousLeafHash":"H"`, which only the
 * holder of the head row knows. All names in the first half sort before "position", all in the second after
 * "previousLeafHash", so the whole is the RFC 8785 form of the record: a test holds it to that.
 */
export interface LeafHalves {
  readonly before: string;
  readonly after: string;
}

/** Throws on what only a bug can bring: a kind outside the grammar, a token hash that is none. `at` as ISO 8601. */
export function leafHalves(entry: AuditEntry, at: string): LeafHalves {
  if (!KIND_PATTERN.test(entry.kind)) throw new Error(`Not an audit kind: ${entry.kind}`);
  if (!TIME.test(at)) throw new Error(`Not a time: ${at}`);
  const { tokenSha256 } = entry.actor;
  if (tokenSha256 !== undefined && !SHA256_HEX.test(tokenSha256)) {
    throw new Error('actor.tokenSha256 must be the SHA-256 of a token, in lower-case hexadecimal.');
  }
  const before = canonical({
    actor: redactJson({ ...entry.actor }),
    at,
    evidence: redactJson(entry.evidence ?? {}),
    kind: entry.kind,
    outcome: entry.outcome,
  });
  const after = canonical({
    reasons: (entry.reasons ?? []).map(({ rule, message: { en, ja } }) => ({
      rule,
      message: redactWords(en),
      ...(ja === en ? {} : { messageJa: redactWords(ja) }),
    })),
    subject: redactJson({ ...entry.subject }),
    version: LEAF_VERSION,
  });
  return { before: `${before.slice(0, -1)},`, after: `,${after.slice(1)}` };
}

/** The leaf's exact text. In production the database joins it, under the lock of the head row. */
export const joinLeaf = (halves: LeafHalves, position: number, previousLeafHash: string): string =>
  `${halves.before}"position":${position},"previousLeafHash":"${previousLeafHash}"${halves.after}`;

export const leafHashOf = (leaf: string, sha256: Sha256): string => toHex(leafHash(utf8(leaf), sha256));

/** `undefined` unless it is a record in exactly the bytes that RFC 8785 gives it. */
export function parseLeaf(leaf: string): AuditRecord | undefined {
  const value = parseJson(leaf);
  const parsed = auditRecordSchema.safeParse(value);
  // The bytes are compared before the schema has been at them: it leaves out a member named `__proto__`.
  return parsed.success && canonical(value) === leaf ? parsed.data : undefined;
}

export function auditEntryId(position: number): AuditEntryId {
  const id = parseAuditEntryId(String(position));
  if (id === undefined) throw new Error(`No position in the audit log: ${position}`);
  return id;
}

function parseJson(words: string): unknown {
  try {
    return JSON.parse(words);
  } catch {
    return undefined;
  }
}

function canonical(value: unknown): string {
  const words = canonicalize(value);
  if (words === undefined) throw new Error('No JSON value has no canonical form.');
  return words;
}
