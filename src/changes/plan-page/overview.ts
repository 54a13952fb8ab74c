import type { Person } from '#accounts/core';
import { type AuditRecord, listAudit } from '#audit';
import { recordedMessage } from '#audit/core';
import type { Language } from '#core-values';
import { mapOfAccounts } from '../account-map.ts';
import type { AccountMap } from '../core/account-map-api.ts';
import { withoutAsking } from '../core/again.ts';
import { eventWords } from '../core/event-words.ts';
import type { Overview } from '../core/overview-api.ts';
import { stateWords } from '../core/state-words.ts';
import { refusalOf } from '../kept-refusal.ts';
import type { ChangesRoom } from '../room.ts';
import { planAnswerOf } from '../show-plan.ts';
import { historyOf } from '../store/plan-history.ts';
import { listPlans, type StoredPlan } from '../store/plans.ts';
import { plansWaitingFor } from './list-page.ts';

const MOST_SHOWN = 20;
const WEEK_MS = 7 * 86_400_000;

/** What waits, what runs, what failed: the newest of each. */
export async function overviewFor(room: ChangesRoom, person: Person, language: Language): Promise<Overview> {
  const { accounts } = await mapOfAccounts(room, language);
  const mine = await plansWaitingFor(room, person, { limit: MOST_SHOWN });
  const running = await listPlans(room.db, { states: ['granted', 'applying'], limit: MOST_SHOWN });
  const inShort = (plan: StoredPlan) => ({
    ...planAnswerOf(plan),
    stateWords: stateWords(plan.state, language),
  });
  const inShortOf = accounts.map(accountInShort);
  return {
    waitsForMe: { plans: mine.plans.map(inShort), more: mine.next !== undefined },
    waiting: inShortOf.reduce((sum, { waiting }) => sum + waiting, 0),
    running: running.map(inShort),
    recent: await recentOf(room, language),
    accounts: inShortOf,
  };
}

const accountInShort = ({
  id,
  name,
  environment,
  freezes,
  stacks,
}: AccountMap['accounts'][number]): Overview['accounts'][number] => ({
  ...{ id, name, environment, frozen: freezes.length > 0, stacks: stacks.length },
  waiting: stacks.reduce((sum, { waiting }) => sum + waiting, 0),
  running: stacks.filter(({ inFlight }) => inFlight !== undefined).length,
  drifted: stacks.filter(({ drift }) => drift.verdict === 'drifted').length,
});

type Recent = Overview['recent'][number];

async function recentOf(room: ChangesRoom, language: Language): Promise<Recent[]> {
  const since = room.clock.now() - WEEK_MS;
  const plans = await listPlans(room.db, { states: ['failed', 'refused'], limit: MOST_SHOWN });
  const ends = await Promise.all(plans.map((plan) => endOf(room, plan, language)));
  const refused = await Promise.all(
    ['grant.refused', 'plan.refused', 'approval.refused'].map((kind) => newestOf(room, kind, since)),
  );
  return [...ends, ...refused.flat().map((entry) => refusalIn(entry, language))]
    .filter(({ at }) => Date.parse(at) >= since)
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at))
    .slice(0, MOST_SHOWN);
}

async function endOf(room: ChangesRoom, plan: StoredPlan, language: Language): Promise<Recent> {
  const history = await historyOf(room.db, plan.id);
  const last = withoutAsking(history).at(-1);
  const why = refusalOf(history, language)?.reasons[0]?.message;
  return {
    at: new Date(last?.at ?? plan.uploadedAt).toISOString(),
    what: plan.state === 'failed' ? 'plan-failed' : 'plan-refused',
    words: why ?? eventWords(last?.event ?? 'uploaded', language),
    ...{ stack: plan.stack, plan: plan.id, byWhom: last?.byWhom ?? plan.author.name },
  };
}

async function newestOf(room: ChangesRoom, kind: string, since: number): Promise<readonly AuditRecord[]> {
  const filter = { kind, since: new Date(since).toISOString() };
  return (await listAudit(room.db, { filter, limit: MOST_SHOWN })).entries;
}

const refusalIn = (
  { at, reasons: [reason], subject, actor, position }: AuditRecord,
  language: Language,
): Recent => ({
  at,
  what: 'request-refused',
  words: reason === undefined ? '' : recordedMessage(reason, language),
  ...(subject.stack === undefined ? {} : { stack: subject.stack }),
  ...(subject.plan === undefined ? {} : { plan: subject.plan }),
  byWhom: actor.name,
  auditEntry: String(position),
});
