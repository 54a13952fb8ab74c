import { createHash } from 'node:crypto';
import { epochMs } from '#core-values';
import { type Db, handClock, inTransaction, uuidV7 } from '#platform';
import { resolveDefinitions } from '../../core/definitions/resolve.ts';
import { readDefinitions } from '../../definitions/read.ts';
import type { SloRoom } from '../../room.ts';
import { pseudonyms } from '../pseudonym.ts';

/** 2026-11-02T00:00Z. */
export const SHOP_START_MS = 1_793_577_600_000;

const DEFINITIONS = `
apiVersion: sekisho/v1
kind: Screen
metadata: { name: item }
spec:
  service: shop
  document: GET /items/{id}
  bar: 0.8
  threshold: 1s
  requests:
    - { route: "GET /items/{id}", weight: 4, threshold: 300ms }
    - { route: "GET /api/price", weight: 3, threshold: 200ms, after: "GET /items/{id}" }
    - { route: "GET /api/reviews", weight: 3, required: false, threshold: 400ms }
---
apiVersion: openslo/v1
kind: SLO
metadata: { name: item-screen }
spec:
  service: shop
  budgetingMethod: Occurrences
  timeWindow: [{ duration: 28d, isRolling: true }]
  objectives: [{ target: 0.99 }]
  indicator:
    metadata: { name: item-screen }
    spec:
      ratioMetric:
        counter: true
        bad: { metricSource: { type: access-log, spec: { views: below-bar } } }
        total: { metricSource: { type: access-log, spec: { screen: item } } }
---
apiVersion: openslo/v1
kind: SLO
metadata: { name: api }
spec:
  service: shop
  budgetingMethod: Occurrences
  timeWindow: [{ duration: 28d, isRolling: true }]
  objectives: [{ target: 0.99 }]
  indicator:
    metadata: { name: api }
    spec:
      ratioMetric:
        counter: true
        bad: { metricSource: { type: access-log, spec: { status: [5xx], slowerThan: 400ms } } }
        total: { metricSource: { type: access-log, spec: { routes: ["GET /api/price", "GET /api/reviews"] } } }
`;

export function shopDefinitions(words = DEFINITIONS) {
  const read = readDefinitions([{ file: 'shop.yaml', bytes: new TextEncoder().encode(words) }]);
  const definitions = read.ok ? resolveDefinitions(read.value) : read;
  if (!definitions.ok) throw new Error(JSON.stringify(definitions.error.reasons));
  return { definitions: definitions.value, digest: createHash('sha256').update(words).digest('hex') };
}

/** A room whose clock stands a day after the logs of the shop begin. */
export function shopRoom(db: Db): SloRoom & { readonly clock: ReturnType<typeof handClock> } {
  const inForce = shopDefinitions();
  return {
    db,
    inTransaction: (work) => inTransaction(db, work),
    clock: handClock(epochMs(SHOP_START_MS + 86_400_000)),
    newId: (prefix, now) => `${prefix}_${uuidV7(epochMs(now))}`,
    definitions: () => inForce,
    keeping: () => ({
      retentionMs: 3 * 86_400_000,
      countsRetentionMs: 400 * 86_400_000,
      latenessMs: 120_000,
    }),
    pseudonym: pseudonyms('a key of a test'),
    report: ({ about, why }) => {
      throw new Error(`${about}: ${why}`);
    },
  };
}

/** Lines of a shop that say the millisecond: a visit every few seconds, some of it slow, failed or left out. By a seed, always the same. */
export function shopLines(visits: number, seed = 1): readonly string[] {
  let state = seed;
  const dice = (sides: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >> 8) % sides;
  };
  const lines: string[] = [];
  let at = SHOP_START_MS + 290_000;
  for (let visit = 0; visit < visits; visit += 1) {
    at += 1 + dice(4000);
    const client = `192.0.2.${dice(20)}`;
    const item = `/items/${100 + dice(50)}`;
    const add = (afterMs: number, path: string, referer: string): void => {
      const [status, seconds] = [dice(15) === 0 ? 503 : 200, (20 + dice(450)) / 1000];
      lines.push(
        JSON.stringify({
          time: new Date(at + afterMs).toISOString(),
          ...{
            remote_addr: client,
            http_user_agent: 'Firefox/142.0',
            method: 'GET',
            uri: path,
            status,
            http_referer: referer,
          },
          ...{ request_time: seconds, customer: ['acme', 'umbrella', ''][dice(3)] ?? '' },
        }),
      );
    };
    add(0, item, '');
    if (dice(12) > 0) add(100 + dice(900), '/api/price', `https://shop.example${item}`);
    if (dice(3) > 0) add(200 + dice(5000), '/api/reviews', `https://shop.example${item}`);
  }
  return lines;
}
