import type { Context } from 'hono';
import { type AuditEntryId, ERROR_KINDS, type Problem } from '#core-values';
import type { HttpEnv } from './app.ts';
import {
  PROBLEM_MEDIA_TYPE,
  type ProblemStatus,
  problemDocument,
  problemDocumentSchema,
} from './problem-document.ts';

/** Answers with a problem in the caller's language; `auditEntry` names the entry that records the decision. */
export function problemResponse(
  c: Context<HttpEnv>,
  problem: Problem,
  { auditEntry }: { readonly auditEntry?: AuditEntryId } = {},
) {
  const { language, requestId } = c.var;
  const status: ProblemStatus = ERROR_KINDS[problem.code].httpStatus;
  const document = problemDocument(problem, {
    language,
    requestId,
    ...(auditEntry === undefined ? {} : { auditEntry }),
  });
  c.header('Content-Language', language);
  c.header('Vary', 'Accept-Language', { append: true });
  return c.json(document, status, { 'Content-Type': PROBLEM_MEDIA_TYPE });
}

/** Spread into the `responses` of every route: then a handler may return `problemResponse(…)`. */
export const problemResponses = {
  default: {
    description: 'Why it was refused or failed (RFC 9457)',
    content: { [PROBLEM_MEDIA_TYPE]: { schema: problemDocumentSchema } },
  },
} as const;
