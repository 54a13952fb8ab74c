import { setTimeout as pauseFor } from 'node:timers/promises';
import { type Problem, problem, type Result, text } from '#core-values';
import {
  type AddRoutes,
  createRoute,
  eventStream,
  eventText,
  HEARTBEAT,
  type HttpContext,
  type NextEvents,
  PEOPLE,
  problemResponse,
  problemResponses,
  z,
} from '#platform';
import type { Hearing } from './hearing.ts';
import { liveEventSchema, mayEndSession } from './live-event.ts';

export interface EventRoutesOptions {
  readonly hearing: Hearing;
  readonly requirePerson: (c: HttpContext) => Promise<Result<{ readonly name: string }, Problem>>;
  /** Whether the session that the stream began with still stands; renews nothing. */
  readonly stillSignedIn: (c: HttpContext) => Promise<boolean>;
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Milliseconds by a clock that never goes back. */
  readonly elapsedMs?: () => number;
  readonly mostPerPerson?: number;
  readonly mostInAll?: number;
}

/** Below the minute after which proxies give up on a silent connection; so long, too, may a stream outlive its session, however much happens. */
const HEARTBEAT_MS = 15_000;
/** More tabs than anybody reads. */
const MOST_PER_PERSON = 12;
const MOST_IN_ALL = 1_000;
/** Before a browser that lost the stream comes back. */
const RETRY_MS = 3_000;

const eventsRoute = createRoute({
  method: 'get',
  path: '/v1/events',
  summary: 'What happens, as server-sent events: about what, never what it was',
  security: PEOPLE,
  request: {
    headers: z.object({
      'last-event-id': z
        .string()
        .max(20)
        .optional()
        .describe('Position of the last event that was received: what follows is sent'),
    }),
  },
  responses: {
    200: {
      description:
        '`ready` when the stream begins; `change` with this for each new audit entry; `gap` when too much was missed to tell it one by one: read everything anew',
      content: { 'text/event-stream': { schema: liveEventSchema } },
    },
    ...problemResponses,
  },
});

/** `GET /v1/events`, for people: a page learns what on it is stale. */
export const eventRoutes =
  (options: EventRoutesOptions): AddRoutes =>
  (app) => {
    const { hearing, requirePerson } = options;
    const streams = new Map<string, number>();
    let inAll = 0;
    app.openapi(eventsRoute, async (c) => {
      const person = await requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      if (hearing.isStopped()) return problemResponse(c, STOPPING);
      const { name } = person.value;
      const own = streams.get(name) ?? 0;
      if (own >= (options.mostPerPerson ?? MOST_PER_PERSON)) return problemResponse(c, TOO_MANY);
      if (inAll >= (options.mostInAll ?? MOST_IN_ALL)) return problemResponse(c, FULL);
      inAll += 1;
      streams.set(name, own + 1);
      const leave = hearing.listen();
      const onEnd = (): void => {
        leave();
        inAll -= 1;
        const left = (streams.get(name) ?? 1) - 1;
        if (left === 0) streams.delete(name);
        else streams.set(name, left);
      };
      const from = behind(c.req.valid('header')['last-event-id']);
      const next = nextEvents(options, c, { name, ...(from === undefined ? {} : { from }) });
      return eventStream(c, { next, onEnd });
    });
  };

/** A browser sends what we gave it; whatever else stands there, the stream begins now. */
const behind = (last = ''): number | undefined => (/^\d{1,15}$/.test(last) ? Number(last) + 1 : undefined);

/** Says `ready` first, then what happens; a heartbeat when nothing does, and nothing more once the session is over. */
function nextEvents(
  { hearing, stillSignedIn, pause = quietPause, elapsedMs = () => performance.now() }: EventRoutesOptions,
  c: HttpContext,
  { name, from }: { readonly name: string; readonly from?: number },
): NextEvents {
  let cursor: number | undefined;
  let askedMs = elapsedMs();
  const isSignedIn = (): Promise<boolean> => {
    askedMs = elapsedMs();
    return stillSignedIn(c);
  };
  return async (signal) => {
    if (cursor === undefined) {
      const head = await hearing.head();
      // A position that the log does not have yet is somebody's mistake, and would hear nothing until it has.
      cursor = Math.min(from ?? head, head);
      return `retry: ${RETRY_MS}\n${eventText('ready', { position: cursor }, lastBefore(cursor))}`;
    }
    if (hearing.isStopped()) return undefined;
    const before = cursor;
    const quiet = new AbortController();
    const either = AbortSignal.any([signal, quiet.signal]);
    await Promise.race([hearing.changed(before, either), pause(HEARTBEAT_MS, either)]);
    quiet.abort();
    if (signal.aborted || hearing.isStopped()) return undefined;
    const heard = await hearing.after(before);
    if (heard === 'too-much') {
      cursor = await hearing.head();
      return (await isSignedIn()) ? eventText('gap', { position: cursor }, lastBefore(cursor)) : undefined;
    }
    const isDue = heard.length === 0 || elapsedMs() >= askedMs + HEARTBEAT_MS;
    const isToBeAsked = isDue || heard.some((one) => mayEndSession(one, name));
    if (isToBeAsked && !(await isSignedIn())) return undefined;
    cursor = before + heard.length;
    return heard.length === 0
      ? HEARTBEAT
      : heard.map(({ event }) => eventText('change', event, event.position)).join('');
  };
}

const lastBefore = (position: number): number | undefined => (position === 0 ? undefined : position - 1);

const quietPause = async (ms: number, signal: AbortSignal): Promise<void> => {
  await pauseFor(ms, undefined, { signal, ref: false }).catch(() => undefined);
};

const TOO_MANY: Problem = problem('too-many-requests', {
  rule: 'events.too-many',
  message: text(
    'You have as many streams of events open as one person may.',
    'ライブ更新の接続数が、1 人あたりの上限に達しています。',
  ),
  remedy: text(
    'Close pages of Sekisho that you no longer need, then reload.',
    '不要な Sekisho のページを閉じてから、再読み込みしてください。',
  ),
});

const FULL: Problem = problem('unavailable', {
  rule: 'events.full',
  message: text(
    'The server has as many streams of events open as it takes.',
    'サーバー全体のライブ更新の接続数が上限に達しています。',
  ),
  remedy: text(
    'Pages go on without: reload to see what is new.',
    'ページはそのまま使えます。最新の状態は再読み込みで確認してください。',
  ),
});

const STOPPING: Problem = problem('unavailable', {
  rule: 'events.stopping',
  message: text('The server is stopping.', 'サーバーを停止しています。'),
  remedy: text('Try again in a moment.', 'しばらくしてから再度お試しください。'),
});
