import type { MiddlewareHandler } from 'hono';
import { type Clock, formatTime, type Problem, parseAuditEntryId, problem, text } from '#core-values';
import {
  type AddRoutes,
  createRoute,
  type Db,
  type HttpEnv,
  PEOPLE,
  problemResponse,
  problemResponses,
  z,
} from '#platform';
import { toBase64 } from '#platform/core';
import { makeCheckpoint } from './checkpoint.ts';
import { AUDIT_OUTCOMES, auditRecordSchema, formatNoteKey } from './core/index.ts';
import { exportAudit } from './export.ts';
import { findAuditEntry, listAudit } from './list.ts';
import { proveConsistency, proveInclusion } from './proof.ts';
import { type AuditSigner, noteCrypto } from './signer.ts';
import type { Verification, VerifiedAt } from './verification.ts';

export interface AuditRoutesOptions {
  readonly db: Db;
  readonly signer: AuditSigner;
  readonly clock: Clock;
  readonly verification: Verification;
  /** Who may read the log; stands before every route below `/v1/audit`. */
  readonly authorize: MiddlewareHandler<HttpEnv>;
}

const json = <S>(schema: S) => ({ 'application/json': { schema } });
const security = PEOPLE;
const position = z.coerce.number().int().nonnegative();
/** The API document cannot hold a type that contains itself, as evidence does, and takes `exactOptional` for required. */
const documentedRecord = auditRecordSchema.extend({
  evidence: z.record(z.string(), z.unknown()),
  reasons: z.array(z.object({ rule: z.string(), message: z.string(), messageJa: z.string().optional() })),
});
const hashes = z.array(z.string()).describe('Base64, from the leaf upwards');

const listRoute = createRoute({
  method: 'get',
  path: '/v1/audit',
  summary: 'Entries of the audit log, newest first',
  security,
  request: {
    query: z.object({
      kind: z.string().optional().describe('`grant.refused`, or `grant` for everything about grants'),
      stack: z.string().optional(),
      grant: z.string().optional(),
      actor: z.string().optional(),
      plan: z.string().max(64).optional(),
      text: z
        .string()
        .trim()
        .min(2)
        .max(100)
        .optional()
        .describe('In the whole entry; a page may hold fewer than `limit` and have a `next`'),
      outcome: z.enum(AUDIT_OUTCOMES).optional(),
      since: z.iso.datetime({ precision: 3 }).optional().describe('At or after'),
      until: z.iso.datetime({ precision: 3 }).optional().describe('Before'),
      before: position.optional().describe('`next` of the page before'),
      limit: z.coerce.number().int().min(1).max(500).default(50),
    }),
  },
  responses: {
    200: {
      description: 'A page',
      content: json(z.object({ entries: z.array(documentedRecord), next: z.number().optional() })),
    },
    ...problemResponses,
  },
});

const checkpointRoute = createRoute({
  method: 'get',
  path: '/v1/audit/checkpoint',
  summary: 'A signed checkpoint of the log as it is now, to be kept elsewhere',
  security,
  responses: {
    200: {
      description: 'note: c2sp.org/tlog-checkpoint; key: c2sp.org/signed-note',
      content: json(z.object({ note: z.string(), key: z.string(), size: z.number(), root: z.string() })),
    },
    ...problemResponses,
  },
});

const exportRoute = createRoute({
  method: 'get',
  path: '/v1/audit/export',
  summary: 'The whole log with its signed checkpoint, as JSON lines',
  security,
  responses: {
    200: {
      description: 'A header line, then one line for each entry',
      content: { 'application/octet-stream': { schema: z.string().meta({ format: 'binary' }) } },
    },
    ...problemResponses,
  },
});

const inclusionRoute = createRoute({
  method: 'get',
  path: '/v1/audit/proof/inclusion',
  summary: 'Proof that an entry is in the log of a size (RFC 6962, section 2.1.1)',
  security,
  request: { query: z.object({ position, size: position.optional() }) },
  responses: {
    200: {
      description: 'The proof',
      content: json(z.object({ position: z.number(), size: z.number(), leafHash: z.string(), hashes })),
    },
    ...problemResponses,
  },
});

const consistencyRoute = createRoute({
  method: 'get',
  path: '/v1/audit/proof/consistency',
  summary: 'Proof that the log of one size continues the log of another (RFC 6962, section 2.1.2)',
  security,
  request: { query: z.object({ from: position, to: position }) },
  responses: {
    200: {
      description: 'The proof',
      content: json(z.object({ from: z.number(), to: z.number(), hashes })),
    },
    ...problemResponses,
  },
});

const verdict = z.object({
  at: z.string(),
  kind: z.enum(['intact', 'tampered']),
  size: z.number().describe('Entries that were looked at'),
  tampering: z.string().optional().describe('What was done, as `sekisho audit verify` names it'),
  position: z.number().optional().describe('The first entry that is bad, or may be'),
});

const stateRoute = createRoute({
  method: 'get',
  path: '/v1/audit/state',
  summary:
    'How long the log is, whether it continues its last checkpoint, and when all of it was verified last',
  security,
  responses: {
    200: {
      description: 'What this server knows; who may change the server needs more than its word',
      content: json(
        z.object({
          size: z.number(),
          checkpoint: z.object({ size: z.number(), at: z.string() }).optional(),
          continues: z.boolean(),
          verified: verdict.optional().describe('Since the server runs'),
        }),
      ),
    },
    ...problemResponses,
  },
});

const verifyRoute = createRoute({
  method: 'post',
  path: '/v1/audit/verify',
  summary: 'Look at every entry of the log; within a minute, the answer of before',
  security,
  responses: { 200: { description: 'The verdict', content: json(verdict) }, ...problemResponses },
});

const entryRoute = createRoute({
  method: 'get',
  path: '/v1/audit/{id}',
  summary: 'One entry of the audit log',
  security,
  request: { params: z.object({ id: z.string() }) },
  responses: {
    200: {
      description: 'The entry, and the exact text that is hashed',
      content: json(z.object({ record: documentedRecord, leaf: z.string() })),
    },
    ...problemResponses,
  },
});

/** `GET /v1/audit` and what is below it. */
export const auditRoutes =
  ({ db, signer, clock, verification, authorize }: AuditRoutesOptions): AddRoutes =>
  (app) => {
    app.use('/v1/audit', authorize);
    app.use('/v1/audit/*', authorize);
    app.openapi(listRoute, async (c) => {
      const { before, limit, ...filter } = c.req.valid('query');
      const page = await listAudit(db, { filter: given(filter), limit, ...given({ before }) });
      return c.json({ ...page, entries: [...page.entries] }, 200);
    });
    app.openapi(checkpointRoute, async (c) => {
      const made = await makeCheckpoint(db, signer, clock);
      if (!made.ok) return problemResponse(c, made.error);
      const { note, checkpoint } = made.value;
      const key = formatNoteKey(signer.key, noteCrypto.sha256);
      return c.json({ note, key, size: checkpoint.size, root: toBase64(checkpoint.root) }, 200);
    });
    app.openapi(exportRoute, async (c) => {
      const lines = await exportAudit(db, signer, clock);
      if (!lines.ok) return problemResponse(c, lines.error);
      const headers = {
        'Content-Type': 'application/octet-stream',
        'Content-Disposition': 'attachment; filename="sekisho-audit.jsonl"',
      };
      return c.body(streamOf(lines.value), 200, headers);
    });
    app.openapi(inclusionRoute, async (c) => {
      const query = c.req.valid('query');
      const proof = await proveInclusion(db, query.position, query.size);
      if (!proof.ok) return problemResponse(c, proof.error);
      const { leafHash, ...rest } = proof.value;
      return c.json({ ...rest, leafHash: toBase64(leafHash), hashes: rest.hashes.map(toBase64) }, 200);
    });
    app.openapi(consistencyRoute, async (c) => {
      const { from, to } = c.req.valid('query');
      const proof = await proveConsistency(db, from, to);
      return proof.ok
        ? c.json({ from, to, hashes: proof.value.map(toBase64) }, 200)
        : problemResponse(c, proof.error);
    });
    app.openapi(stateRoute, async (c) => {
      const { size, checkpoint: kept, continues, verified } = await verification.state();
      const signed = kept && { checkpoint: { size: kept.size, at: formatTime(kept.at) } };
      const known = verified && { verified: verdictAnswer(verified) };
      return c.json({ size, ...signed, continues, ...known }, 200);
    });
    app.openapi(verifyRoute, async (c) => {
      const verified = await verification.verify();
      return verified.ok ? c.json(verdictAnswer(verified.value), 200) : problemResponse(c, verified.error);
    });
    app.openapi(entryRoute, async (c) => {
      const id = parseAuditEntryId(c.req.valid('param').id);
      if (id === undefined) return problemResponse(c, notAnId);
      const found = await findAuditEntry(db, id);
      return found.ok ? c.json(found.value, 200) : problemResponse(c, found.error);
    });
  };

const verdictAnswer = ({ at, verdict: found }: VerifiedAt): z.infer<typeof verdict> => ({
  at: formatTime(at),
  kind: found.kind,
  size: found.size,
  ...(found.kind === 'tampered' ? { tampering: found.tampering, position: found.position } : {}),
});

/** The same without members that are undefined. */
const given = <T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };

/** Lines are joined to pieces of some size: one network write a line would be slow. */
function streamOf(lines: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      let piece = '';
      while (piece.length < PIECE_CHARACTERS) {
        const { done, value } = await lines.next();
        if (done === true) {
          if (piece !== '') controller.enqueue(encoder.encode(piece));
          controller.close();
          return;
        }
        piece += value;
      }
      controller.enqueue(encoder.encode(piece));
    },
    cancel: async () => {
      await lines.return(undefined);
    },
  });
}

const PIECE_CHARACTERS = 65_536;

const notAnId: Problem = problem('bad-input', {
  rule: 'audit.not-an-entry-id',
  message: text(
    'An entry’s id is its position: a whole number from 0.',
    'エントリの ID は 0 以上の整数(位置)です。',
  ),
  remedy: text(
    'List the entries with `sekisho audit list`.',
    '`sekisho audit list` で一覧を確認してください。',
  ),
});
