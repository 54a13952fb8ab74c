import type { RequirePerson } from '#accounts';
import { type EpochMs, epochMs, formatTime, type Problem, parseTime, problem, text } from '#core-values';
import { type AddRoutes, createRoute, PEOPLE, problemResponse, problemResponses, z } from '#platform';
import { administratorIn } from './access.ts';
import { reconciledAnswer, trailReportAnswer } from './core/index.ts';
import { reconcile } from './reconcile.ts';
import { trailReport } from './report.ts';
import type { AdministeredRoom, TrailRoom } from './room.ts';

export interface TrailRoutesOptions extends Omit<TrailRoom, 'trail' | 'organization'> {
  readonly organization: AdministeredRoom['organization'];
  /** Absent where sekisho.yaml names no trail. */
  readonly trail?: TrailRoom['trail'];
  readonly requirePerson: RequirePerson;
}

const json = <S>(schema: S) => ({ 'application/json': { schema } });
const security = PEOPLE;
const time = z.iso.datetime({ precision: 3 });

/** A request is answered well before any proxy gives up on it; the client asks again until nothing is left. */
const STEP_MS = 10_000;
const DAY_MS = 86_400_000;

const reconcileRoute = createRoute({
  method: 'post',
  path: '/v1/trail/reconcile',
  summary:
    'Compare what CloudTrail has delivered with grants, for some seconds; ask again until nothing is left',
  security,
  request: { body: { required: true, content: json(z.object({ since: time.optional() })) } },
  responses: { 200: { description: 'What was read', content: json(reconciledAnswer) }, ...problemResponses },
});

const reportRoute = createRoute({
  method: 'get',
  path: '/v1/trail/report',
  summary: 'What grants were used for, what they never used, and what was found',
  security,
  request: { query: z.object({ since: time.optional().describe('A week ago if left out') }) },
  responses: { 200: { description: 'The report', content: json(trailReportAnswer) }, ...problemResponses },
});

/** `POST /v1/trail/reconcile` and `GET /v1/trail/report`, both for administrators. */
export const trailRoutes =
  (on: TrailRoutesOptions): AddRoutes =>
  (app) => {
    app.openapi(reconcileRoute, async (c) => {
      const person = await administratorIn(on, c);
      if (!person.ok) return person.error;
      const { trail } = on;
      if (trail === undefined) return problemResponse(c, NO_TRAIL);
      const end = on.clock.now() + STEP_MS;
      const since = timeOf(c.req.valid('json').since);
      const { problem: why, ...done } = await reconcile(
        { ...on, trail },
        {
          by: { kind: 'person', name: person.value.name },
          isEnough: () => on.clock.now() >= end,
          ...(since !== undefined && { since }),
        },
      );
      if (why !== undefined) return problemResponse(c, why);
      const { files, calls, findings, left } = done;
      return c.json({ since: formatTime(done.since), files, calls, findings, left }, 200);
    });
    app.openapi(reportRoute, async (c) => {
      const person = await administratorIn(on, c);
      if (!person.ok) return person.error;
      const since = timeOf(c.req.valid('query').since) ?? epochMs(on.clock.now() - 7 * DAY_MS);
      return c.json(await trailReport(on.db, since, c.var.language), 200);
    });
  };

const timeOf = (words: string | undefined): EpochMs | undefined =>
  words === undefined ? undefined : parseTime(words);

const NO_TRAIL: Problem = problem('not-found', {
  rule: 'trail.not-configured',
  message: text(
    'sekisho.yaml names no trail, so there is nothing to compare with.',
    'sekisho.yaml に証跡(trail)が設定されていないため、照合できません。',
  ),
  remedy: text(
    'Name the bucket of your trail under `server.trail` (docs/reconcile.md) and restart the server.',
    '`server.trail` に証跡のバケットを設定し(docs/reconcile.ja.md)、サーバーを再起動してください。',
  ),
});
