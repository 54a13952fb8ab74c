import { sql } from 'kysely';
import type { RequirePerson } from '#accounts';
import { epochMs, formatTime, type Reason } from '#core-values';
import {
  type AddRoutes,
  createRoute,
  type Db,
  PEOPLE,
  problemResponse,
  problemResponses,
  z,
} from '#platform';
import type { SloRoom } from '../room.ts';

const time = z.iso.datetime({ precision: 3 });
const trouble = z.object({ rule: z.string(), message: z.string(), remedy: z.string() });
const sourceAnswer = z.object({
  name: z.string(),
  lines: z.number(),
  requests: z.number(),
  skipped: z.number().describe('Headers, comments, blank lines'),
  tooLate: z
    .number()
    .describe('Requests that came when those of their time were forgotten already; in no count'),
  tooEarly: z.number().describe('Requests of a time to come; in no count'),
  newest: time.optional().describe('When its newest request began'),
  read: time.optional().describe('When something was taken last'),
  unparsed: z.array(
    z.object({
      fault: z.string(),
      lines: z.number(),
      kept: z
        .array(z.object({ log: z.string(), line: z.number(), text: z.string() }))
        .describe('The first of them, 20 at most; addresses of machines and people are masked'),
    }),
  ),
  problem: trouble.optional().describe('Why the last reading could not do all it should'),
  logs: z
    .array(z.object({ place: z.string(), seen: time, problem: trouble }))
    .describe('Logs that could not be read, or not to their end; 20 at most, the newest first'),
});

const sourcesRoute = createRoute({
  method: 'get',
  path: '/v1/slo/sources',
  summary: 'Where requests come from: what was read, what could not be, and how late it is',
  security: PEOPLE,
  responses: {
    200: {
      description: 'All sources, by name',
      content: {
        'application/json': {
          schema: z.object({
            sources: z.array(sourceAnswer),
            waitingSlots: z.number().describe('Five minutes each that have requests not judged yet'),
            judgedUpTo: time.optional().describe('Everything before this is judged, as far as it came'),
          }),
        },
      },
    },
    ...problemResponses,
  },
});

/** `GET /v1/slo/sources`, for people. */
export const sourceRoutes =
  (room: Pick<SloRoom, 'db'> & { readonly requirePerson: RequirePerson }): AddRoutes =>
  (app) => {
    app.openapi(sourcesRoute, async (c) => {
      const person = await room.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      return c.json(await readSourcesAnswer(room.db, c.var.language), 200);
    });
  };

interface SourceRow {
  readonly name: string;
  readonly lines: string;
  readonly requests: string;
  readonly skipped: string;
  readonly too_late: string;
  readonly too_early: string;
  readonly newest_at: Date | null;
  readonly read_at: Date | null;
  readonly problem: { readonly reasons: readonly Reason[] } | null;
  readonly unparsed:
    | readonly { fault: string; lines: number; kept: { log: string; line: number; text: string }[] }[]
    | null;
  readonly logs: readonly { place: string; seen: string; problem: { reasons: readonly Reason[] } }[] | null;
}

async function readSourcesAnswer(db: Db, language: 'en' | 'ja') {
  const { rows } = await sql<SourceRow>`
    SELECT name, lines, requests, skipped, too_late, too_early, newest_at, read_at, problem,
      (SELECT jsonb_agg(jsonb_build_object('fault', fault, 'lines', lines, 'kept', kept) ORDER BY fault)
        FROM slo_unparsed WHERE source = slo_sources.name) AS unparsed,
      (SELECT jsonb_agg(jsonb_build_object('place', place, 'seen', seen_at, 'problem', troubled.problem) ORDER BY seen_at DESC)
        FROM (SELECT * FROM slo_log_places WHERE source = slo_sources.name AND slo_log_places.problem IS NOT NULL
          ORDER BY seen_at DESC LIMIT 20) AS troubled) AS logs
    FROM slo_sources ORDER BY name`.execute(db);
  const judging = await sql<{ waiting: string; until: number | null }>`
    SELECT count(*) FILTER (WHERE judged_version < version) AS waiting, max(judged_until) AS until FROM slo_slots`.execute(
    db,
  );
  const { waiting = '0', until = null } = judging.rows[0] ?? {};
  const words = ({ reasons: [first] }: { readonly reasons: readonly Reason[] }) => ({
    rule: first?.rule ?? '',
    message: first?.message[language] ?? '',
    remedy: first?.remedy[language] ?? '',
  });
  const timeOf = (at: Date) => formatTime(epochMs(at.getTime()));
  return {
    waitingSlots: Number(waiting),
    ...(until !== null && until > 0 && { judgedUpTo: formatTime(epochMs(until * 60_000)) }),
    sources: rows.map((row) => ({
      name: row.name,
      lines: Number(row.lines),
      requests: Number(row.requests),
      skipped: Number(row.skipped),
      tooLate: Number(row.too_late),
      tooEarly: Number(row.too_early),
      ...(row.newest_at !== null && { newest: timeOf(row.newest_at) }),
      ...(row.read_at !== null && { read: timeOf(row.read_at) }),
      unparsed: [...(row.unparsed ?? [])],
      ...(row.problem !== null && { problem: words(row.problem) }),
      logs: (row.logs ?? []).map((log) => ({
        place: log.place,
        seen: timeOf(new Date(log.seen)),
        problem: words(log.problem),
      })),
    })),
  };
}
