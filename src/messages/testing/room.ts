import { sql } from 'kysely';
import type { MessageDestination } from '#accounts/core';
import { type AuditEntry, appendAudit } from '#audit';
import type { PlanAnswer, PlanDetails } from '#changes/core';
import { type EpochMs, epochMs, ok, parseTeamName, type Result } from '#core-values';
import { inTransaction } from '#platform';
import { testDatabase } from '#platform/testing';
import type { MessagesRoom, Undelivered } from '../room.ts';
import type { Delivered, NotDelivered, Outgoing, Sender } from '../sender.ts';
import { planOf } from './plan.ts';

const START = epochMs(Date.parse('2026-11-23T06:30:00Z'));

/** Whom it told, in order; `next` decides what becomes of the next message. */
export interface RecordingSender extends Sender {
  readonly sent: Outgoing[];
  next: (outgoing: Outgoing) => Promise<Result<Delivered, NotDelivered>>;
}

export function recordingSender(): RecordingSender {
  const sent: Outgoing[] = [];
  const sender: RecordingSender = {
    sent,
    next: async () => ok({}),
    send: async (outgoing) => {
      const outcome = await sender.next(outgoing);
      if (outcome.ok) sent.push(outgoing);
      return outcome;
    },
  };
  return sender;
}

export const destination = (name: string, wants: Partial<MessageDestination> = {}): MessageDestination => ({
  name,
  way: { kind: 'webhook', url: 'https://hooks.example.com', secret: { kind: 'env', variable: 'SECRET' } },
  kinds: ['waiting', 'rejected', 'refused', 'failed', 'break-glass', 'alarm'],
  language: 'en',
  ...wants,
});

export async function openMessagesRoom() {
  const database = await testDatabase();
  let at: EpochMs = START;
  let plan: PlanDetails | undefined = planOf();
  const undelivered: Undelivered[] = [];
  const team = parseTeamName('shop');
  const room = (destinations: MessagesRoom['destinations']): MessagesRoom => ({
    db: database.db,
    clock: { now: () => at },
    dice: () => 0,
    stack: (name) =>
      name === 'shop-production' && team !== undefined ? { environment: 'production', team } : undefined,
    destinations,
    plan: async () => plan satisfies PlanAnswer | undefined,
    planDetails: async () => plan,
    undelivered: (event) => undelivered.push(event),
  });
  const happens = (entry: Partial<AuditEntry> & Pick<AuditEntry, 'kind'>) =>
    inTransaction(database.db, (tx) =>
      appendAudit(tx, {
        at,
        actor: { kind: 'person', name: 'hanako' },
        subject: {},
        outcome: 'done',
        ...entry,
      }),
    );
  return {
    db: database.db,
    room,
    happens,
    undelivered,
    isNow: (changed: PlanDetails | undefined) => {
      plan = changed;
    },
    passes: (ms: number) => {
      at = epochMs(at + ms);
    },
    startOver: async () => {
      at = START;
      plan = planOf();
      undelivered.length = 0;
      await sql`TRUNCATE message_cursor, messages, message_threads, message_destinations`.execute(
        database.db,
      );
    },
    close: () => database.close(),
  };
}
