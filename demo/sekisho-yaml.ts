import { stringify } from 'yaml';
import type { People } from './people.ts';
import type { Organization, ShopAccount } from './stand-ins/aws-organization.ts';
import { SHOP_REGION } from './stand-ins/aws-organization.ts';
import type { StandInTrail } from './stand-ins/trail/index.ts';

/** The shop's repository as GitHub numbers it. */
export const SHOP_REPOSITORY = {
  name: 'shop/infra',
  id: '700100',
  ownerId: '900',
  /** The protected reusable workflow that every stack's jobs come from. */
  protectedWorkflow: '.github/workflows/terraform.yml',
  /** The run's own workflow, which calls it. */
  callingWorkflow: '.github/workflows/change.yml',
} as const;

const ISSUER_NAME = 'github';

/** The environment variable in which the server finds its encryption key. */
export const KEY_VARIABLE = 'SEKISHO_KEY';

/** The environment variable in which the server finds the secret that signs its messages. */
export const MESSAGES_VARIABLE = 'SEKISHO_MESSAGES_SECRET';

/** The demo's `sekisho.yaml`: nothing in it that a small team would not write too. */
export function sekishoYaml(options: {
  readonly publicUrl: string;
  readonly port: number;
  readonly issuerUrl: string;
  readonly inboxUrl: string;
  /** Where the shop's web servers write their access logs. */
  readonly logDirectory: string;
  readonly aws: Organization & { readonly trail: Pick<StandInTrail, 'bucket' | 'readerRoleArn'> };
  readonly people: People;
}): string {
  const { aws } = options;
  const account = (name: string, environment: string, shop: ShopAccount): object => ({
    id: shop.id,
    name,
    environment,
    planRole: shop.planRoleArn,
    applyRole: shop.applyRoleArn,
    revokeRole: shop.revokeRoleArn,
  });
  const configuration = {
    version: 1,
    organization: { id: aws.organizationId, name: 'Shop', managementAccount: 'management' },
    accounts: [
      { id: aws.managementAccountId, name: 'management', environment: 'shared' },
      { id: aws.toolsAccountId, name: 'tools', environment: 'shared' },
      account('staging', 'staging', aws.staging),
      account('production', 'production', aws.production),
    ],
    issuers: [{ name: ISSUER_NAME, kind: 'github-actions', url: options.issuerUrl }],
    stacks: [
      stack('shop-staging', 'staging'),
      { ...stack('shop-production', 'production'), services: ['shop'] },
    ],
    teams: [{ name: 'shop' }, { name: 'data' }],
    people: Object.values(options.people).map(({ name, githubId, teams, publicKey }) => ({
      name,
      identities: [{ issuer: ISSUER_NAME, id: githubId, login: name }],
      teams,
      keys: [publicKey],
    })),
    breakGlass: ['hanako'],
    administrators: ['hanako'],
    server: {
      publicUrl: options.publicUrl,
      listen: { host: '127.0.0.1', port: options.port },
      encryption: { key: { env: KEY_VARIABLE } },
      messages: [{ name: 'inbox', webhook: { url: options.inboxUrl, secret: { env: MESSAGES_VARIABLE } } }],
      slo: { lateness: '0s', sources: [accessLogs(options.logDirectory)] },
      trail: { bucket: aws.trail.bucket, region: SHOP_REGION, roleArn: aws.trail.readerRoleArn },
    },
  };
  // One line for each key, however long: that is how people paste them.
  return `# Written by the demo for the organization in its AWS stand-in.\n${stringify(configuration, { lineWidth: 0 })}`;
}

const accessLogs = (directory: string): object => ({
  name: 'web-servers',
  files: [directory],
  format: 'json',
  fields: { view: 'view', customer: 'customer' },
});

const stack = (name: string, account: string): object => ({
  name,
  repository: {
    issuer: ISSUER_NAME,
    id: SHOP_REPOSITORY.id,
    ownerId: SHOP_REPOSITORY.ownerId,
    name: SHOP_REPOSITORY.name,
  },
  path: `stacks/${name}`,
  account,
  region: SHOP_REGION,
  workflow: `${SHOP_REPOSITORY.name}/${SHOP_REPOSITORY.protectedWorkflow}@refs/heads/main`,
  apply: { refs: ['refs/heads/main'], environment: account },
  approval: { team: 'shop' },
});
