import type { RequirePerson } from '#accounts';
import { findAuditEntry, type LogState, listAudit } from '#audit';
import { auditEntryId } from '#audit/core';
import { type Clock, type EpochMs, epochMs, formatTime, type Language } from '#core-values';
import { destinationHealth } from '#messages';
import {
  type AddRoutes,
  createRoute,
  type Db,
  PEOPLE,
  problemResponse,
  problemResponses,
  z,
} from '#platform';
import type { PolicySet } from '#policy/core';
import { countTrailFindings, trailReadUntil } from '#trail';
import { CHECKS, type Check, type Notice, notices, TITLES } from './status-notices.ts';

export interface StatusOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly requirePerson: RequirePerson;
  readonly policySet: () => PolicySet;
  readonly auditState: () => Promise<LogState>;
  /** Names of `server.messages`. */
  readonly destinations: readonly string[];
  /** Whether `server.trail` names where CloudTrail's files are. */
  readonly isCompared: boolean;
  /** What was refused before, this server was not started with. */
  readonly startedAt: EpochMs;
}

const STATES = ['fine', 'wrong', 'not-configured', 'not-yet'] as const;

const statusAnswer = z.object({
  checks: z.array(
    z.object({
      name: z.enum(CHECKS),
      title: z.string(),
      state: z
        .enum(STATES)
        .describe('`not-configured` and `not-yet`: nobody looks, or has looked, so nothing is known'),
      words: z.string().describe('Why it is so; empty where it is fine'),
      remedy: z.string(),
    }),
  ),
});

const show = createRoute({
  method: 'get',
  path: '/v1/status',
  summary: 'How Sekisho itself does: what is checked, what is wrong with it, and what is not looked after',
  security: PEOPLE,
  responses: {
    200: { description: 'Check by check', content: { 'application/json': { schema: statusAnswer } } },
    ...problemResponses,
  },
});

/** `GET /v1/status`, for people: what they all depend on. */
export const statusRoutes =
  (on: StatusOptions): AddRoutes =>
  (app) => {
    app.openapi(show, async (c) => {
      const person = await on.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const found = await Promise.all(
        CHECKS.map(async (name) => checkAnswer(name, await looks[name](on), c.var.language)),
      );
      return c.json({ checks: found }, 200);
    });
  };

type Found =
  | { readonly state: 'fine' }
  | { readonly state: Exclude<(typeof STATES)[number], 'fine'>; readonly why: Notice };

const checkAnswer = (name: Check, found: Found, language: Language) => ({
  ...{ name, title: TITLES[name][language], state: found.state },
  words: found.state === 'fine' ? '' : found.why.words[language],
  remedy: found.state === 'fine' ? '' : found.why.remedy[language],
});

const FINE: Found = { state: 'fine' };
const wrong = (why: Notice): Found => ({ state: 'wrong', why });
const notYet = (why: Notice): Found => ({ state: 'not-yet', why });

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;

/** What was not looked at is never called fine. */
const looks: Readonly<Record<Check, (on: StatusOptions) => Promise<Found>>> = {
  policies: async ({ policySet }) => {
    const set = policySet();
    if (set.kind === 'loaded') return FINE;
    const [{ message, remedy }] = set.reasons;
    return wrong({ words: message, remedy });
  },
  configuration: async ({ db, startedAt }) => {
    const filter = { kind: 'config', since: formatTime(startedAt) };
    const { entries } = await listAudit(db, { filter, limit: 200 });
    const newest = new Map(entries.toReversed().map(({ kind, subject }) => [subject.other, kind]));
    return [...newest.values()].includes('config.refused') ? wrong(notices.configurationRefused) : FINE;
  },
  'audit-log': lookAtLog,
  messages: async ({ db, destinations }) => {
    if (destinations.length === 0) return { state: 'not-configured', why: notices.noDestination };
    // The database knows destinations of former configurations too.
    const health = (await destinationHealth(db)).filter(({ name }) => destinations.includes(name));
    const failing = health.filter(({ problem }) => problem !== undefined);
    if (failing.length > 0) return wrong(notices.undelivered(failing.map(({ name }) => name)));
    const tried = health.filter(({ lastSentAt }) => lastSentAt !== undefined).map(({ name }) => name);
    const untried = destinations.filter((name) => !tried.includes(name));
    return untried.length === 0 ? FINE : notYet(notices.untried(untried));
  },
  trail: async ({ db, clock, isCompared, startedAt }) => {
    if (!isCompared) return { state: 'not-configured', why: notices.noTrail };
    const [until, hourAgo] = [await trailReadUntil(db), clock.now() - HOUR_MS];
    if (until !== undefined && until > hourAgo) return FINE;
    return until === undefined && startedAt > hourAgo
      ? notYet(notices.trailUnread)
      : wrong(notices.trailBehind);
  },
  'trail-findings': async ({ db, clock, isCompared }) => {
    if (!isCompared) return { state: 'not-configured', why: notices.noFindings };
    const counts = await countTrailFindings(db, epochMs(clock.now() - WEEK_MS));
    const grave = (counts.get('critical') ?? 0) + (counts.get('high') ?? 0);
    if (grave > 0) return wrong(notices.findings(grave));
    return (await trailReadUntil(db)) === undefined ? notYet(notices.trailUnread) : FINE;
  },
};

async function lookAtLog({ db, clock, auditState }: StatusOptions): Promise<Found> {
  const { size, checkpoint, continues, verified } = await auditState();
  if (!continues) return wrong(notices.forked);
  if (verified?.verdict.kind === 'tampered') return wrong(notices.tampered);
  const signed = checkpoint?.size ?? 0;
  if (signed < size) {
    const first = await findAuditEntry(db, auditEntryId(signed));
    if (first.ok && Date.parse(first.value.record.at) < clock.now() - HOUR_MS) return wrong(notices.unsigned);
  }
  return checkpoint === undefined ? notYet(notices.noCheckpoint) : FINE;
}
