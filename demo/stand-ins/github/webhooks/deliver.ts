import { createHmac, randomUUID } from 'node:crypto';
import type { App, Delivery, Event, Installation, State } from '../state.ts';
import { isWithin } from '../state.ts';
import { payloadOf } from './payload.ts';

interface Waiting {
  readonly app: App;
  readonly delivery: Delivery;
}

/** How reliable the way is; of a seed, so that a failure can be seen again. */
export interface Delivering {
  readonly seed?: number;
  /** Send in any order instead of the one in which things happened. */
  readonly isShuffled?: boolean;
  /** Of 100: sent once more, some time later; 250 is twice more, and every other one a third time. */
  readonly duplicatesPercent?: number;
  /** Of 100: wait for the next time that somebody delivers. */
  readonly delayedPercent?: number;
  /** Of 100: never arrive; GitHub lists them as failed. */
  readonly gapsPercent?: number;
  /** So many are under way at the same time. */
  readonly atOnce?: number;
}

const waitingOf = new WeakMap<State, Waiting[]>();
const faultsOf = new WeakMap<State, string[]>();

const waiting = (state: State): Waiting[] => {
  const found = waitingOf.get(state) ?? [];
  waitingOf.set(state, found);
  return found;
};

/** What the stand-in would have sent although GitHub would not. */
export const payloadFaults = (state: State): string[] => {
  const found = faultsOf.get(state) ?? [];
  faultsOf.set(state, found);
  return found;
};

/** Events that every App hears about itself, whatever it listens to. */
const ALWAYS = new Set(['installation', 'installation_repositories', 'github_app_authorization', 'ping']);

const hears = (event: Event, { app, account, suspendedAt, ...installation }: Installation): boolean => {
  if (event.app !== undefined && event.app !== app) return false;
  if (event.installation !== undefined) return event.installation.id === installation.id;
  if (suspendedAt !== undefined || !(ALWAYS.has(event.event) || app.events.includes(event.event)))
    return false;
  if (event.repository !== undefined)
    return isWithin({ app, account, suspendedAt, ...installation }, event.repository);
  return event.organization?.toLowerCase() === account.toLowerCase();
};

/** Makes what every App that listens is to be told; nothing is sent yet. */
export function queueDeliveries(state: State, event: Event): void {
  for (const installation of state.installations.values()) {
    if (!hears(event, installation)) continue;
    const { payload, faults } = payloadOf(state, event, installation);
    for (const fault of faults) payloadFaults(state).push(`${event.event} ${event.action ?? ''}: ${fault}`);
    const delivery: Delivery = {
      id: state.nextId(),
      guid: randomUUID(),
      event: event.event,
      action: event.action,
      payload,
      installation: installation.id,
      repository: event.repository?.id,
      isRedelivery: false,
      at: state.now(),
      status: 0,
    };
    installation.app.deliveries.push(delivery);
    waiting(state).push({ app: installation.app, delivery });
  }
}

/** The same delivery once more, with the same `X-GitHub-Delivery`, as another attempt in the list. */
export function redeliver(state: State, app: App, { id: _, ...delivery }: Delivery): void {
  const again = { ...delivery, id: state.nextId(), isRedelivery: true, at: state.now(), status: 0 };
  app.deliveries.push(again);
  waiting(state).push({ app, delivery: again });
}

export const signatureOf = (secret: string, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

export function headersOf(app: App, delivery: Delivery, body: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/4f0d0a6',
    'x-github-delivery': delivery.guid,
    'x-github-event': delivery.event,
    'x-github-hook-id': String(app.id),
    'x-github-hook-installation-target-id': String(app.id),
    'x-github-hook-installation-target-type': 'integration',
    'x-hub-signature-256': signatureOf(app.hook.secret, body),
  };
}

/** GitHub takes an answer after ten seconds for none. */
const ANSWER_WITHIN_MS = 10_000;

async function send({ app, delivery }: Waiting): Promise<void> {
  if (app.hook.url === '') return;
  const body = JSON.stringify(delivery.payload);
  try {
    const answer = await fetch(app.hook.url, {
      method: 'POST',
      headers: headersOf(app, delivery, body),
      body,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    await answer.arrayBuffer();
    delivery.status = answer.status;
  } catch {
    delivery.status = 0;
  }
}

/** Mulberry32: small, and the same on every machine. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function routed(all: readonly Waiting[], options: Delivering): readonly Waiting[] {
  const random = randomOf(options.seed ?? 1);
  const happens = (percent = 0): boolean => random() * 100 < percent;
  const sent = all
    .filter(() => !happens(options.gapsPercent))
    .flatMap((each, place) => {
      const percent = options.duplicatesPercent ?? 0;
      const more = Math.floor(percent / 100) + (happens(percent % 100) ? 1 : 0);
      const places = Array.from({ length: more }, () => place + Math.floor(random() * all.length));
      return [place, ...places].map((at) => ({ each, place: at }));
    })
    .map(({ each, place }) => ({ each, place: options.isShuffled === true ? random() : place }));
  return sent.toSorted((one, other) => one.place - other.place).map(({ each }) => each);
}

/** Sends all that wait and that the answers bring about, until nothing does but what is delayed. Returns how many were sent. */
export async function deliverWaiting(state: State, options: Delivering = {}): Promise<number> {
  let sent = 0;
  const random = randomOf((options.seed ?? 1) + 1);
  const delayed: Waiting[] = [];
  for (let all = waiting(state).splice(0); all.length > 0; all = waiting(state).splice(0)) {
    const isDelayed = all.map(() => random() * 100 < (options.delayedPercent ?? 0));
    delayed.push(...all.filter((_, at) => isDelayed[at]));
    const under = routed(
      all.filter((_, at) => !isDelayed[at]),
      options,
    ).values();
    const worker = async (): Promise<void> => {
      for (const each of under) {
        sent += 1;
        await send(each);
      }
    };
    await Promise.all(Array.from({ length: options.atOnce ?? 1 }, worker));
  }
  waiting(state).push(...delayed);
  return sent;
}

/** Forgets what waits: GitHub's own queue was lost, the list of deliveries says so. */
export const dropWaiting = (state: State): number => waiting(state).splice(0).length;
