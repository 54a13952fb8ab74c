import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GetOpenIDConnectProviderCommand, GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseAccountId } from '#core-values';
import { requireOutsideTools } from '../../demo/outside-tools.ts';
import { clientOptions, SHOP_REGION } from '../../demo/stand-ins/aws-organization.ts';
import { type EnforcingAws, startEnforcingAws } from '../../demo/stand-ins/enforcing-aws/index.ts';
import {
  ADMINISTRATOR,
  allow,
  makeOrganization,
  makeProvider,
  makeRole,
  refusalOf,
  type SmallOrganization,
} from '../../demo/stand-ins/enforcing-aws/testing.ts';
import { type StandInGithub, startStandInGithub } from '../../demo/stand-ins/github-tokens.ts';
import type { Moto } from '../../demo/stand-ins/moto.ts';
import { startTestMoto } from '../../test/moto.ts';
import {
  type AccountSetUp,
  AWS_AUDIENCE,
  accountDocuments,
  accountTemplate,
  accountValues,
  GUARD_NAMES,
  terraformModule,
} from './core/account-roles/index.ts';

let moto: Moto;
let aws: EnforcingAws;
/** Signs whatever claims it is told, as Sekisho's own issuer would its own. */
let issuer: StandInGithub;
let organization: SmallOrganization;
let folder: string;

beforeAll(async () => {
  moto = await startTestMoto();
  aws = await startEnforcingAws({ endpoint: moto.endpoint });
  issuer = await startStandInGithub();
  organization = await makeOrganization(aws.url);
  folder = await mkdtemp(join(tmpdir(), 'sekisho-account-'));
}, 60_000);
afterAll(async () => {
  await aws?.stop();
  await issuer?.stop();
  await moto?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

function forIssuer(issuerUrl: string) {
  const account = parseAccountId(organization.account);
  if (account === undefined) throw new Error('no account');
  const setUp: AccountSetUp = {
    trust: { kind: 'web-identity', issuerUrl },
    ...{ path: '/', prefix: 'sekisho-', guards: GUARD_NAMES, isGuardRequiredOfNew: false },
  };
  const values = accountValues({
    ...{
      account,
      partition: 'aws',
      stacks: ['shop-network', 'shop-staging'],
      states: [],
      areStatesKnown: false,
    },
  });
  const template = accountTemplate(setUp);
  return { template, values, documents: accountDocuments(template, values) };
}

it('by web identity the Terraform module makes the provider, and roles that trust exactly its subjects', {
  timeout: 120_000,
}, async () => {
  const { terraform, terraformCliConfig } = await requireOutsideTools();
  const { template, values, documents } = forIssuer('https://sekisho.shop.example/issuer');
  for (const { path, text } of terraformModule(template, [values])) await writeFile(join(folder, path), text);
  const { accessKeyId, secretAccessKey, sessionToken } = organization.administrator;
  const env = {
    ...{
      PATH: process.env.PATH,
      HOME: folder,
      TF_CLI_CONFIG_FILE: terraformCliConfig,
      CHECKPOINT_DISABLE: '1',
    },
    ...{ AWS_ENDPOINT_URL: aws.url, AWS_REGION: SHOP_REGION, AWS_EC2_METADATA_DISABLED: 'true' },
    ...{
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    },
  };
  const run = (...args: readonly string[]) =>
    promisify(execFile)(terraform, [...args, '-no-color'], { cwd: folder, env });
  await run('init', '-input=false');
  expect((await run('apply', '-auto-approve', '-input=false')).stdout).toContain('12 added');
  const iam = new IAMClient(clientOptions(moto.endpoint, organization.administrator));
  const OpenIDConnectProviderArn = documents.providerArn;
  const provider = await iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }));
  expect(provider.ClientIDList).toEqual([AWS_AUDIENCE]);
  for (const { name: RoleName, trust } of documents.roles) {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    expect(JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''))).toEqual(trust);
  }
});

it('a token of Sekisho’s opens the role of its purpose, for its stack, and nothing else', async () => {
  const { documents } = forIssuer(issuer.url);
  await makeProvider(aws.url, organization.administrator, issuer.url, AWS_AUDIENCE);
  const arns = new Map<string, string>();
  for (const { key, trust } of documents.roles) {
    const role = {
      name: `by-token-${key}`,
      trust: JSON.stringify(trust),
      policy: allow('sts:GetCallerIdentity'),
    };
    arns.set(key, await makeRole(aws.url, organization.administrator, role));
  }
  const ask = async (key: string, claims: object) => {
    const now = Math.floor(Date.now() / 1000);
    const token = await issuer.sign({
      ...{
        iss: issuer.url,
        aud: AWS_AUDIENCE,
        sub: `purpose:${key}:stack:shop-staging`,
        iat: now,
        exp: now + 300,
      },
      'https://aws.amazon.com/tags': { principal_tags: { 'sekisho:purpose': [key] } },
      'https://aws.amazon.com/source_identity': 'hanako',
      ...claims,
    });
    const asked = { RoleArn: arns.get(key) ?? '', RoleSessionName: 'grt_1', WebIdentityToken: token };
    return refusalOf(
      new STSClient(clientOptions(aws.url, ADMINISTRATOR)).send(new AssumeRoleWithWebIdentityCommand(asked)),
    );
  };
  for (const key of ['plan', 'apply', 'revoke']) expect(await ask(key, {})).toBeUndefined();
  expect(await ask('policy', { sub: 'purpose:policies:stack:policies' })).toBeUndefined();
  for (const claims of [
    { sub: 'purpose:plan:stack:shop-staging' },
    { sub: 'purpose:apply:stack:shop-production' },
    { sub: 'purpose:apply:stack:shop-staging-2' },
    { sub: 'purpose:apply:stack:shop-stagin' },
    { aud: 'https://sekisho.shop.example' },
  ]) {
    expect([claims, (await ask('apply', claims))?.name]).toEqual([
      claims,
      expect.stringMatching(/AccessDenied|InvalidIdentityToken/),
    ]);
  }
});
