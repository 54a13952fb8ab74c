import { stringify } from 'yaml';
import { loadConfiguration, type Person } from '#accounts';
import { auditAfter } from '#audit';
import { epochMs } from '#core-values';
import { handClock, inTransaction, uuidV7 } from '#platform';
import { ed25519TestKey, testDatabase } from '#platform/testing';
import { DEFAULT_POLICY_FOLDER, readPolicyFolder } from '#policy';
import { statuses } from '../budgets/statuses.ts';
import { type Definitions, resolveDefinitions } from '../core/index.ts';
import { readDefinitions } from '../definitions/read.ts';
import type { IncidentsRoom } from '../incidents/room.ts';
import { replaceCounts } from '../store/counts.ts';

const bytes = (words: string): Uint8Array => new TextEncoder().encode(words);

/** Yuki and Taro own shop-production, which the service shop names; Kenji owns nothing of it; Hanako administers. */
const PEOPLE = {
  yuki: ['shop'],
  taro: ['shop'],
  kenji: ['data'],
  hanako: ['data'],
} as const;
export type NameHere = keyof typeof PEOPLE;

const ACCOUNT = '333333333333';

const configuration = (): string =>
  stringify({
    version: 1,
    organization: { name: 'Shop' },
    accounts: [
      {
        ...{ id: ACCOUNT, name: 'production', environment: 'production' },
        planRole: `arn:aws:iam::${ACCOUNT}:role/sekisho-plan`,
        applyRole: `arn:aws:iam::${ACCOUNT}:role/sekisho-apply`,
      },
    ],
    issuers: [{ name: 'github', kind: 'github-actions', url: 'https://token.actions.githubusercontent.com' }],
    stacks: [
      {
        name: 'shop-production',
        repository: { issuer: 'github', id: '700100', ownerId: '900', name: 'shop/infra' },
        ...{ path: 'stacks/shop', account: 'production', region: 'ap-northeast-1' },
        workflow: 'shop/infra/.github/workflows/terraform.yml@refs/heads/main',
        plan: { events: ['push'], refs: ['refs/heads/main'] },
        apply: { events: ['push'], refs: ['refs/heads/main'] },
        approval: { team: 'shop' },
        services: ['shop'],
      },
    ],
    teams: [{ name: 'shop' }, { name: 'data' }],
    people: Object.entries(PEOPLE).map(([name, teams], index) => ({
      ...{ name, teams: [...teams], keys: [ed25519TestKey().line] },
      identities: [{ issuer: 'github', id: String(1000 + index), login: name }],
    })),
    administrators: ['hanako'],
    server: { publicUrl: 'https://sekisho.shop.example', encryption: { key: { env: 'SEKISHO_KEY' } } },
  });

/** Requests of the shop, 99 % in 30 days, with the alerts of Google's workbook; more documents as they are wanted. */
export const AVAILABILITY = `
apiVersion: openslo/v1
kind: SLO
metadata:
  name: availability
  annotations: { sekisho.dev/alerts: google }
spec:
  service: shop
  indicator:
    metadata: { name: availability }
    spec:
      ratioMetric:
        bad: { metricSource: { type: access-log, spec: { status: [5xx] } } }
        total: { metricSource: { type: access-log, spec: {} } }
  timeWindow: [{ duration: 30d, isRolling: true }]
  budgetingMethod: Occurrences
  objectives: [{ target: 0.99 }]
`;

function definitionsOf(words: string): Definitions {
  const placed = readDefinitions([{ file: 'slo.yaml', bytes: bytes(words) }]);
  const resolved = placed.ok ? resolveDefinitions(placed.value) : placed;
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.error.reasons, null, 1));
  return resolved.value;
}

/** A room on an empty database whose requests are counted minute by minute, by the hand of the test. */
export async function openIncidentsRoom() {
  const database = await testDatabase();
  const clock = handClock();
  const loaded = loadConfiguration({ file: 'sekisho.yaml', bytes: bytes(configuration()) });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error.reasons, null, 1));
  const { organization } = loaded.value;
  const policies = await readPolicyFolder(DEFAULT_POLICY_FOLDER);
  if (!policies.ok) throw new Error(JSON.stringify(policies.error.reasons, null, 1));
  const policySet = policies.value;
  let words = AVAILABILITY;
  let definitions = definitionsOf(words);
  const newRoom = (): IncidentsRoom => {
    const room: Omit<IncidentsRoom, 'statuses'> = {
      db: database.db,
      inTransaction: (work) => inTransaction(database.db, work),
      clock,
      newId: (prefix, now) => `${prefix}_${uuidV7(epochMs(now))}`,
      definitions: () => ({ definitions, digest: words }),
      keeping: () => ({ retentionMs: 3 * 86_400_000, countsRetentionMs: 90 * 86_400_000, latenessMs: 0 }),
      pseudonym: () => 1,
      report: () => undefined,
      correctionsKey: 'key of the server',
      organization: () => organization,
      policySet: () => policySet,
      timeZone: 'Asia/Tokyo',
      publicUrl: 'https://sekisho.shop.example',
    };
    return { ...room, statuses: statuses(room) };
  };
  const minute = (): number => Math.floor(clock.now() / 60_000);
  return {
    db: database.db,
    clock,
    /** As a process that was just started: it remembers nothing. */
    newRoom,
    define: (yaml: string) => {
      words = yaml;
      definitions = definitionsOf(yaml);
    },
    person: (name: NameHere): Person => {
      const found = organization.people.find((one) => one.name === name);
      if (found === undefined) throw new Error(name);
      return found;
    },
    minute,
    /** Puts these counts in the place of all minutes from there up to now. */
    count: (
      slo: string,
      fromMinute: number,
      of: (minute: number) => readonly [good: number, total: number],
    ) => {
      const series = { kind: 'slo', name: slo } as const;
      const toMinute = minute();
      const minutes = Array.from({ length: toMinute - fromMinute }, (_, index) => {
        const [good, total] = of(fromMinute + index);
        return { minute: fromMinute + index, good, total };
      }).filter(({ total }) => total > 0);
      return inTransaction(database.db, (tx) =>
        replaceCounts(tx, { series: [series], fromMinute, toMinute, counts: [{ series, minutes }] }),
      );
    },
    audited: async () => auditAfter(database.db, 0, 500),
    passes: (minutes: number) => clock.advance(minutes * 60_000),
    at: (minuteThen: number) => epochMs(minuteThen * 60_000),
    close: () => database.close(),
  };
}
