import canonicalize from 'canonicalize';
import { z } from 'zod';
import {
  type AccountId,
  ENVIRONMENTS,
  type Environment,
  type EpochMs,
  err,
  type Fingerprint,
  formatTime,
  ok,
  type PersonName,
  type Problem,
  parseAccountId,
  parseFingerprint,
  parsePersonName,
  parseStackName,
  parseTime,
  problem,
  type Result,
  type StackName,
  text,
} from '#core-values';

export const DECISIONS = ['approve', 'reject', 'break-glass'] as const;
export type Decision = (typeof DECISIONS)[number];

/** What is said of a plan besides, by two people: that it repairs what uses the error budget up. Neither is an approval. */
export const REPAIR_WORDS = ['repair', 'agree-repair'] as const;
export type RepairWord = (typeof REPAIR_WORDS)[number];

/** Everything that is said of a plan in a statement. */
export const STATEMENT_WORDS = [...DECISIONS, ...REPAIR_WORDS] as const;

/** A mark says what is broken and what the plan does about it; whoever agrees repeats it word for word. */
export const LEAST_REPAIR_REASON = 20;

/**
 * What a person signs. It names what the plan means (the fingerprint), not one file of it, so that an identical
 * re-plan keeps its approval; and where it would be done, so that it serves nowhere else.
 */
export interface ApprovalStatement {
  readonly stack: StackName;
  readonly account: AccountId;
  readonly environment: Environment;
  readonly fingerprint: Fingerprint;
  readonly decision: Decision | RepairWord;
  readonly approver: PersonName;
  readonly at: EpochMs;
  /** In the person's own words; required for `break-glass` and repairs. */
  readonly reason?: string;
  /**
   * SHA-256 of what the plan asks for besides what it shows (`extraNeedsWords`); absent where it asks for nothing besides. A grant that
   * became wider, or another, is another thing to approve.
   */
  readonly extraNeeds?: string;
}

/** The first line says to whoever is asked to sign what it is, and keeps the signature out of any other use. */
export const STATEMENT_HEADER = 'sekisho-approval v1: I decide on the Terraform change described below.';

const MOST_CHARACTERS = 8_192;
const REASON = z
  .string()
  .min(1)
  .max(1_000)
  // One line without invisible characters: what is shown is what is signed.
  .regex(/^[^\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]+$/u);

const branded = <T extends string | number>(parse: (words: string) => T | undefined) =>
  z.string().transform((words, context) => {
    const value = parse(words);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: 'not of its form' });
    return z.NEVER;
  });

const schema = z
  .strictObject({
    version: z.literal(1),
    stack: branded(parseStackName),
    account: branded(parseAccountId),
    environment: z.enum(ENVIRONMENTS),
    fingerprint: branded(parseFingerprint),
    decision: z.enum(STATEMENT_WORDS),
    approver: branded(parsePersonName),
    at: branded(parseTime),
    reason: REASON.optional(),
    extraNeeds: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
  })
  .refine(({ decision, reason }) => reason !== undefined || !needsReason(decision), { path: ['reason'] });

/** A plain yes or no may stand alone. */
export function needsReason(decision: ApprovalStatement['decision']): boolean {
  return decision !== 'approve' && decision !== 'reject';
}

/** Whether words can stand as a statement's reason: one visible line of at most 1,000 characters. */
export const isStatementReason = (words: string): boolean => REASON.safeParse(words).success;

/**
 * The exact text to sign, as UTF-8: the header line, then one line of RFC 8785 canonical JSON.
 * Throws on a reason that `isStatementReason` refuses, and where one is needed and missing (`needsReason`).
 */
export function formatStatement(statement: ApprovalStatement): string {
  const json = canonicalize({ version: 1, ...statement, at: formatTime(statement.at) });
  const words = `${STATEMENT_HEADER}\n${json}\n`;
  if (!parseStatement(words).ok) throw new Error('Not an approval statement that could be read back.');
  return words;
}

/** Accepts only what `formatStatement` writes, byte for byte. */
export function parseStatement(words: string): Result<ApprovalStatement, Problem> {
  const [header, json, end, ...more] = words.split('\n');
  if (words.length > MOST_CHARACTERS || header !== STATEMENT_HEADER || end !== '' || more.length > 0) {
    return err(notAStatement);
  }
  const value = parseJson(json ?? '');
  const parsed = schema.safeParse(value);
  if (!parsed.success || canonicalOf(value) !== json) return err(notAStatement);
  const { version: _, reason, extraNeeds, ...statement } = parsed.data;
  return ok({
    ...statement,
    ...(reason === undefined ? {} : { reason }),
    ...(extraNeeds === undefined ? {} : { extraNeeds }),
  });
}

function parseJson(words: string): unknown {
  try {
    return JSON.parse(words);
  } catch {
    return undefined;
  }
}

/** `undefined` for what has no canonical form, lone surrogates for one. */
function canonicalOf(value: unknown): string | undefined {
  try {
    return canonicalize(value);
  } catch {
    return undefined;
  }
}

const notAStatement = problem('bad-input', {
  rule: 'approval.statement-malformed',
  message: text('This is not an approval statement in its canonical form.', '正規形の承認文ではありません。'),
  remedy: text(
    'Let `sekisho approve` write and sign the statement; do not edit it.',
    '承認文は `sekisho approve` に作成・署名させ、手で編集しないでください。',
  ),
});
