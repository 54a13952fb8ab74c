import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MessageDestination } from '#accounts/core';
import { ok } from '#core-values';
import { type MessagesRoom, type Reachable, tellPeople } from '#messages';
import { AVAILABILITY, openIncidentsRoom } from '../testing/incidents-room.ts';
import { actOnIncident } from './act.ts';
import { keepIncidents } from './keep-incidents.ts';
import type { IncidentsRoom } from './room.ts';
import { listIncidents } from './store.ts';

type Shop = Awaited<ReturnType<typeof openIncidentsRoom>>;

interface Heard {
  readonly to: string;
  readonly title: string;
  readonly thread: string;
  readonly below: string | undefined;
}

let shop: Shop;
let room: IncidentsRoom;
let heard: Heard[];
beforeEach(async () => {
  shop = await openIncidentsRoom();
  room = shop.newRoom();
  heard = [];
  await shop.count('availability', shop.minute() - 43_200, () => [1000, 1000]);
  await tellPeople(people());
});
afterEach(() => shop.close());

const named = (name: string): Reachable => ({
  destination: {
    ...{ name, kinds: ['incident'], language: 'en' },
    way: { kind: 'webhook', url: 'https://hooks.example.com', secret: { kind: 'env', variable: 'S' } },
  } satisfies MessageDestination,
  sender: {
    send: async ({ message, thread, threadReference }) => {
      heard.push({ to: name, title: message.title, thread, below: threadReference });
      return ok({ reference: `first of ${thread}` });
    },
  },
});

/** As a process that was just started. */
const people = (names: readonly string[] = ['team']): MessagesRoom => ({
  ...{ db: shop.db, clock: shop.clock, dice: () => 0, destinations: names.map(named) },
  stack: () => undefined,
  plan: async () => undefined,
  planDetails: async () => undefined,
  undelivered: (event) => expect.unreachable(JSON.stringify(event)),
});

/** Each minute by processes that remember nothing of the one before. */
async function minutes(many: number, bad: number, tell = () => tellPeople(people())) {
  for (let count = 0; count < many; count += 1) {
    shop.passes(1);
    await shop.count('availability', shop.minute() - 1, () => [1000 - bad, 1000]);
    await keepIncidents(shop.newRoom());
    await tell();
  }
}

describe('an outage that is looked at minute by minute by servers that die after each', () => {
  it('is told once, in one thread, from its opening to its end', async () => {
    await minutes(60, 400);
    const [kept] = await listIncidents(shop.db, {}, 1);
    const id = kept?.incident.id ?? 'none';
    await actOnIncident(room, { id, person: shop.person('yuki'), act: { kind: 'acknowledge' } });
    await minutes(420, 0);
    expect(heard.map(({ title }) => title.replace(/[\d.]+ times/, 'N times'))).toEqual([
      'PAGE: availability (shop) burns its error budget N times too fast',
      'yuki looks after availability (shop)',
      'Over: availability (shop) no longer burns its error budget',
    ]);
    expect(new Set(heard.map(({ thread }) => thread))).toEqual(new Set([`incident ${id}`]));
    expect(heard.map(({ below }) => below)).toEqual([undefined, heard[1]?.below, heard[1]?.below]);
  }, 90_000);

  it('and between the entry and its message, tells it all the same, once', async () => {
    await minutes(30, 500, async () => undefined);
    expect(heard).toEqual([]);
    await tellPeople(people());
    await tellPeople(people());
    expect(heard).toHaveLength(1);
  }, 60_000);
});

describe('alert policies', () => {
  it('decide who hears of which alert', async () => {
    shop.define(POLICED);
    await minutes(30, 500, () => tellPeople(people(['team', 'oncall', 'other'])));
    expect(new Set(heard.map(({ to }) => to))).toEqual(new Set(['oncall']));
  }, 60_000);
});

const POLICED = AVAILABILITY.replace(
  'metadata:\n  name: availability\n  annotations: { sekisho.dev/alerts: google }',
  'metadata:\n  name: availability',
)
  .replace(
    '  objectives:',
    `  alertPolicies:
    - kind: AlertPolicy
      metadata: { name: fast }
      spec:
        alertWhenBreaching: true
        alertWhenResolved: true
        conditions:
          - kind: AlertCondition
            metadata: { name: fast, annotations: { sekisho.dev/short-window: 5m } }
            spec:
              severity: page
              condition: { kind: burnrate, op: gt, threshold: 14.4, lookbackWindow: 1h, alertAfter: 1m }
        notificationTargets:
          - targetRef: oncall
  objectives:`,
  )
  .concat(`---
apiVersion: openslo/v1
kind: AlertNotificationTarget
metadata: { name: oncall }
spec: { target: pager }
`);
