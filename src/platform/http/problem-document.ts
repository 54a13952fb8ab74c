import { z } from '@hono/zod-openapi';
import { type AuditEntryId, ERROR_KINDS, type ErrorCode, type Language, type Problem } from '#core-values';

const [firstCode, ...moreCodes] = Object.keys(ERROR_KINDS);

/** RFC 9457, extended by `code`, `reasons`, `requestId` and `auditEntry`. */
export const problemDocumentSchema = z
  .object({
    type: z.string().openapi({ example: 'urn:sekisho:problem:denied' }),
    title: z.string(),
    status: z.int(),
    code: z.enum([firstCode ?? 'internal', ...moreCodes]).describe('Stable; what programs should look at.'),
    detail: z.string().describe('The first reason, for people.'),
    reasons: z.array(z.object({ rule: z.string(), message: z.string(), remedy: z.string() })).min(1),
    requestId: z.string(),
    auditEntry: z.string().optional().describe('Id of the audit entry that records the decision.'),
  })
  .openapi('Problem');

export type ProblemDocument = z.infer<typeof problemDocumentSchema>;

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

export type ProblemStatus = (typeof ERROR_KINDS)[ErrorCode]['httpStatus'];

export interface ProblemContext {
  readonly language: Language;
  readonly requestId: string;
  readonly auditEntry?: AuditEntryId;
}

/** The one place where a problem becomes what is sent. */
export function problemDocument(
  { code, reasons }: Problem,
  { language, requestId, auditEntry }: ProblemContext,
): ProblemDocument {
  const kind = ERROR_KINDS[code];
  return {
    type: `urn:sekisho:problem:${code}`,
    title: kind.title[language],
    status: kind.httpStatus,
    code,
    detail: reasons[0].message[language],
    reasons: reasons.map(({ rule, message, remedy }) => ({
      rule,
      message: message[language],
      remedy: remedy[language],
    })),
    requestId,
    ...(auditEntry === undefined ? {} : { auditEntry }),
  };
}
