import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestMoto } from '../../../test/moto.ts';
import { type AwsCredentials, clientOptions } from '../aws-organization.ts';
import { type StandInGithub, startStandInGithub } from '../github-tokens.ts';
import type { Moto } from '../moto.ts';
import { type EnforcingAws, startEnforcingAws } from './index.ts';
import {
  ADMINISTRATOR,
  allow,
  assumeRole,
  makeOrganization,
  makeProvider,
  makeRole,
  messageOf,
  refusalOf,
  type SmallOrganization,
  sessionMaker,
  trust,
} from './testing.ts';

let moto: Moto;
let aws: EnforcingAws;
let github: StandInGithub;
let organization: SmallOrganization;
let sessionWith: ReturnType<typeof sessionMaker>;
let clockOffsetMs = 0;

beforeAll(async () => {
  moto = await startTestMoto();
  aws = await startEnforcingAws({
    endpoint: moto.endpoint,
    now: () => new Date(Date.now() + clockOffsetMs),
  });
  github = await startStandInGithub();
  organization = await makeOrganization(aws.url);
  sessionWith = sessionMaker(aws.url, organization);
});
afterAll(async () => {
  await aws?.stop();
  await github?.stop();
  await moto?.stop();
});

const as = <T>(
  Client: new (options: ReturnType<typeof clientOptions>) => T,
  credentials: AwsCredentials,
): T => new Client(clientOptions(aws.url, credentials));

describe('a session', () => {
  const trusted = (more: object, action: readonly string[] = ['sts:AssumeRole']) =>
    trust({ AWS: `arn:aws:iam::${organization.account}:root` }, action, more);
  const assume = (
    input: Partial<ConstructorParameters<typeof AssumeRoleCommand>[0]> & { RoleArn: string },
    who = organization.administrator,
  ) => as(STSClient, who).send(new AssumeRoleCommand({ RoleSessionName: 'grant-1', ...input }));

  it('is given to whom the trust policy names, and with the ExternalId it asks for', async () => {
    const policy = allow('s3:*');
    const RoleArn = await makeRole(aws.url, organization.administrator, {
      name: 'external',
      trust: trusted({ Condition: { StringEquals: { 'sts:ExternalId': 'x-1' } } }),
      policy,
    });
    await assume({ RoleArn, ExternalId: 'x-1' });
    expect(await refusalOf(assume({ RoleArn }))).toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining(
        `is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
      ),
    });
    expect((await refusalOf(assume({ RoleArn, ExternalId: 'x-2' })))?.name).toBe('AccessDenied');
    const stranger = await makeRole(aws.url, organization.administrator, {
      name: 'stranger',
      trust: trust({ AWS: 'arn:aws:iam::999999999999:root' }),
      policy,
    });
    expect((await refusalOf(assume({ RoleArn: stranger })))?.name).toBe('AccessDenied');
    expect((await refusalOf(assume({ RoleArn: `${RoleArn}-that-is-not-there` })))?.name).toBe('AccessDenied');
    const session = await sessionWith(allow('s3:*'));
    expect((await refusalOf(assume({ RoleArn, ExternalId: 'x-1' }, session)))?.name).toBe('AccessDenied');
  });

  it('has tags and a source identity only where the trust policy allows them, and hands them on', async () => {
    const policy = allow('sts:*');
    const plain = await makeRole(aws.url, organization.administrator, {
      name: 'plain',
      trust: trusted({}),
      policy,
    });
    const Tags = [{ Key: 'grant', Value: '1' }];
    expect(await messageOf(assume({ RoleArn: plain, Tags }))).toContain('sts:TagSession');
    expect(await messageOf(assume({ RoleArn: plain, SourceIdentity: 'hanako' }))).toContain(
      'sts:SetSourceIdentity',
    );
    const all = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];
    const open = await makeRole(aws.url, organization.administrator, {
      name: 'open',
      trust: trusted({}, all),
      policy,
    });
    const first = await assumeRole(aws.url, organization.administrator, {
      RoleArn: open,
      RoleSessionName: 'grant-1',
      Tags,
      TransitiveTagKeys: ['grant'],
      SourceIdentity: 'hanako',
    });
    // The source identity goes along, and "plain" does not take one.
    expect(await messageOf(assume({ RoleArn: plain }, first))).toContain('sts:SetSourceIdentity');
    expect(await messageOf(assume({ RoleArn: open, SourceIdentity: 'taro' }, first))).toContain(
      'Source identity',
    );
    expect(await messageOf(assume({ RoleArn: open, Tags }, first))).toContain('transitive');
    const next = await assumeRole(aws.url, first, { RoleArn: open, RoleSessionName: 'grant-2' });
    await as(STSClient, next).send(new GetCallerIdentityCommand({}));
    expect(aws.decisions().at(-1)).toMatchObject({ sessionName: 'grant-2', sourceIdentity: 'hanako' });
  });

  it('lasts no longer than its role allows, and one hour where a session assumes it', async () => {
    const RoleArn = await makeRole(aws.url, organization.administrator, {
      name: 'long',
      trust: trust({ AWS: '*' }),
      policy: allow('sts:*'),
      maxSeconds: 7200,
    });
    expect(await messageOf(assume({ RoleArn, DurationSeconds: 7200 }))).toContain('role chaining');
    const direct = await assumeRole(aws.url, ADMINISTRATOR, {
      RoleArn,
      RoleSessionName: 'grant-1',
      DurationSeconds: 7200,
    });
    expect(await messageOf(assume({ RoleArn, DurationSeconds: 10_800 }, ADMINISTRATOR))).toContain(
      'MaxSessionDuration',
    );
    const ask = () => as(STSClient, direct).send(new GetCallerIdentityCommand({}));
    await ask();
    clockOffsetMs = 7_200_000;
    try {
      expect((await refusalOf(ask()))?.name).toMatch(/^ExpiredToken/);
    } finally {
      clockOffsetMs = 0;
    }
  });

  it('takes no session policy that is too long or none at all', async () => {
    const RoleArn = await makeRole(aws.url, organization.administrator, {
      name: 'limited',
      trust: trusted({}),
      policy: allow('s3:*'),
    });
    const long = allow(
      's3:GetObject',
      Array.from({ length: 60 }, (_, index) => `arn:aws:s3:::photos/a-long-name/${index}/*`),
    );
    expect((await refusalOf(assume({ RoleArn, Policy: long })))?.name).toBe('PackedPolicyTooLargeException');
    expect((await refusalOf(assume({ RoleArn, Policy: '{"Statement":' })))?.name).toBe(
      'MalformedPolicyDocumentException',
    );
  });

  it('is nobody’s with a key that was not issued here, or with another session’s token', async () => {
    const session = await sessionWith(allow('*'));
    const other = await sessionWith(allow('*'));
    const stolen = { ...session, sessionToken: other.sessionToken ?? '' };
    expect((await refusalOf(as(STSClient, stolen).send(new GetCallerIdentityCommand({}))))?.name).toBe(
      'InvalidClientTokenId',
    );
    for (const accessKeyId of ['ASIAUNKNOWN000000000', 'AKIAUNKNOWN000000000']) {
      expect(
        (
          await refusalOf(
            as(STSClient, { accessKeyId, secretAccessKey: 'x' }).send(new GetCallerIdentityCommand({})),
          )
        )?.name,
      ).toBe('InvalidClientTokenId');
    }
    const past = await assumeRole(moto.endpoint, ADMINISTRATOR, {
      RoleArn: session.roleArn,
      RoleSessionName: 'past-the-proxy',
    });
    expect((await refusalOf(as(STSClient, past).send(new GetCallerIdentityCommand({}))))?.name).toBe(
      'InvalidClientTokenId',
    );
  });
});

describe('a session by a web identity', () => {
  const AUDIENCE = 'sts.amazonaws.com';
  const now = () => Math.floor(Date.now() / 1000);
  const claims = (more: object = {}) => ({
    iss: github.url,
    sub: 'repo:shop/infra:ref:refs/heads/main',
    aud: AUDIENCE,
    repository_id: '700100',
    iat: now(),
    exp: now() + 300,
    ...more,
  });
  const ask = async (RoleArn: string, WebIdentityToken: string) =>
    as(STSClient, ADMINISTRATOR).send(
      new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'run-1', WebIdentityToken }),
    );
  let roleArn = '';
  beforeAll(async () => {
    const provider = await makeProvider(aws.url, organization.administrator, github.url, AUDIENCE);
    const host = github.url.replace('http://', '');
    const Condition = {
      StringEquals: {
        [`${host}:aud`]: AUDIENCE,
        [`${host}:sub`]: claims().sub,
        [`${host}:repository_id`]: '700100',
      },
    };
    roleArn = await makeRole(aws.url, organization.administrator, {
      name: 'ci',
      trust: trust({ Federated: provider }, 'sts:AssumeRoleWithWebIdentity', { Condition }),
      policy: allow('dynamodb:ListTables'),
    });
  });

  it('is given for a token of the issuer that fulfils the trust policy, and acts within the role', async () => {
    const { Credentials } = await ask(roleArn, await github.sign(claims()));
    const session = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
    await as(DynamoDBClient, session).send(new ListTablesCommand({}));
    expect((await refusalOf(as(KMSClient, session).send(new CreateKeyCommand({}))))?.name).toBe(
      'AccessDeniedException',
    );
  });

  it.each([
    ['another subject', { sub: 'repo:shop/infra:pull_request' }, 'AccessDenied'],
    ['another repository', { repository_id: '700101' }, 'AccessDenied'],
    ['no repository', { repository_id: undefined }, 'AccessDenied'],
    ['another audience', { aud: 'https://sekisho.example' }, 'InvalidIdentityToken'],
    ['another issuer', { iss: 'https://issuer.example' }, 'InvalidIdentityToken'],
    ['a time that is over', { iat: 1, exp: 2 }, 'ExpiredTokenException'],
  ])('is not given for a token of %s', async (_, other, code) => {
    expect((await refusalOf(ask(roleArn, await github.sign(claims(other)))))?.name).toMatch(
      new RegExp(`^${code}`),
    );
  });

  it('is not given for a token that somebody else signed', async () => {
    const forger = await startStandInGithub();
    try {
      expect((await refusalOf(ask(roleArn, await forger.sign(claims()))))?.name).toMatch(
        /^InvalidIdentityToken/,
      );
      expect((await refusalOf(ask(roleArn, 'no.token.atall')))?.name).toMatch(/^InvalidIdentityToken/);
    } finally {
      await forger.stop();
    }
  });

  it('is not given by a role that does not trust the provider', async () => {
    const session = await sessionWith(allow('*'));
    expect(await messageOf(ask(session.roleArn, await github.sign(claims())))).toBe(
      'Not authorized to perform: sts:AssumeRoleWithWebIdentity',
    );
  });
});
