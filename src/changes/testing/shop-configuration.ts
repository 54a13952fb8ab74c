import { type Ed25519TestKey, ed25519TestKey } from '#platform/testing';

export const DAY_MS = 24 * 3_600_000;
const STAGING = '222222222222';
const PRODUCTION = '333333333333';
export const SERVER_URL = 'https://sekisho.shop.example';
export const ISSUER = 'https://token.actions.githubusercontent.com';

/** Who works at the shop: Taro writes the changes, Hanako and Yuki own them with him, Kenji is of another team. */
export const PEOPLE = {
  taro: { id: '42', teams: ['shop'] },
  hanako: { id: '1002', teams: ['shop'] },
  yuki: { id: '1003', teams: ['shop'] },
  kenji: { id: '1004', teams: ['data'] },
} as const;
export type NameAtShop = keyof typeof PEOPLE;
export type StackAtShop = 'shop-staging' | 'shop-production' | 'web-production';

export const KEYS: Readonly<Record<NameAtShop, Ed25519TestKey>> = {
  taro: ed25519TestKey(),
  hanako: ed25519TestKey(),
  yuki: ed25519TestKey(),
  kenji: ed25519TestKey(),
};

/** Values that must never be seen outside the plan file and the job. */
export const CANARIES = {
  sensitiveValue: 'canary-sensitive-attribute-7f3a',
  variable: 'canary-variable-91bc',
  secretAccessKey: 'canary/Secret+Access/Key/5d5d5d5d5d5d5d5d',
  sessionToken: 'canary-session-token-e0e0e0e0',
} as const;

/** `sekisho.yaml` of the shop, as far as tests change it. */
export interface ShopConfiguration {
  accounts: { id: string; name: string; environment: string; planRole: string; applyRole: string }[];
  stacks: { name: StackAtShop; account: string; dependsOn?: string[]; [key: string]: unknown }[];
  people: { name: string; teams: string[]; keys: (string | { passkey: string })[]; [key: string]: unknown }[];
  breakGlass: string[];
  administrators: string[];
  freezes?: { name: string; environments: string[]; from: string; to: string; reason: string }[];
  [key: string]: unknown;
}

const accountOf = (id: string, name: string) => ({
  id,
  name,
  environment: name,
  planRole: `arn:aws:iam::${id}:role/sekisho-plan`,
  applyRole: `arn:aws:iam::${id}:role/sekisho-apply`,
});

const stackOf = (name: StackAtShop, account: string, dependsOn: string[] = []) => ({
  name,
  repository: { issuer: 'github', id: '700100', ownerId: '900', name: 'shop/infra' },
  path: `stacks/${name}`,
  account,
  region: 'ap-northeast-1',
  workflow: 'shop/infra/.github/workflows/terraform.yml@refs/heads/main',
  plan: { events: ['push', 'pull_request'], refs: ['refs/heads/main', 'refs/pull/*/merge'] },
  apply: { events: ['push'], refs: ['refs/heads/main'] },
  approval: { team: 'shop' },
  ...(dependsOn.length === 0 ? {} : { dependsOn }),
});

export const shopConfiguration = (): ShopConfiguration => ({
  version: 1,
  organization: { name: 'Shop' },
  accounts: [accountOf(STAGING, 'staging'), accountOf(PRODUCTION, 'production')],
  issuers: [{ name: 'github', kind: 'github-actions', url: ISSUER }],
  stacks: [
    stackOf('shop-staging', 'staging'),
    stackOf('shop-production', 'production'),
    stackOf('web-production', 'production', ['shop-production']),
  ],
  teams: [{ name: 'shop' }, { name: 'data' }],
  people: Object.entries(PEOPLE).map(([name, { id, teams }]) => ({
    name,
    identities: [{ issuer: 'github', id, login: name }],
    teams: [...teams],
    keys: [KEYS[name as NameAtShop].line],
  })),
  breakGlass: ['hanako'],
  administrators: ['hanako'],
  server: {
    publicUrl: SERVER_URL,
    encryption: { key: { env: 'SEKISHO_KEY' } },
  },
});
