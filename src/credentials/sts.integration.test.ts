import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccountId, epochMs } from '#core-values';
import { listen } from '../../demo/stand-ins/listen.ts';
import type { Moto } from '../../demo/stand-ins/moto.ts';
import { startTestMoto } from '../../test/moto.ts';
import { exampleRequest } from './core/example-grant.ts';
import { issuerDocuments } from './core/issuer-documents.ts';
import { newOwnKey, type OwnKeyPair, ownIssuer } from './own-issuer.ts';
import type { SessionRequest, StsPort } from './sts.ts';
import { assumeRoleSts } from './sts-assume-role.ts';
import { inMemorySts } from './sts-in-memory.ts';
import { webIdentitySts } from './sts-web-identity.ts';

const clock = { now: () => epochMs(Date.now()) };
const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };
let aws: Moto;
let ownKey: OwnKeyPair;

beforeAll(async () => {
  aws = await startTestMoto();
  ownKey = await newOwnKey(clock.now());
});

afterAll(() => aws.stop());

const request: SessionRequest = {
  ...exampleRequest(1),
  sessionName: exampleRequest(1).id,
  sourceIdentity: 'hanako,taro',
  tags: { 'sekisho:stack': 'web-production' },
  sessionPolicy: '{"Version":"2012-10-17","Statement":[]}',
  managedPolicyArns: [],
};

const issuer = () => ownIssuer({ url: 'https://sekisho.example', clock, keys: () => [ownKey] });

const ways: readonly (readonly [string, () => StsPort])[] = [
  ['by AssumeRole', () => assumeRoleSts({ endpoint: aws.endpoint, credentials })],
  ['by AssumeRoleWithWebIdentity', () => webIdentitySts({ endpoint: aws.endpoint, issuer: issuer() })],
  ['in memory', () => inMemorySts(clock)],
];

describe.each(ways)('a session %s', (_, way) => {
  it('is of the account, role and name that were asked for, for as long as was asked', async () => {
    const session = await way().issue(request);
    if (!session.ok) throw new Error(session.error.reasons[0].message.en);
    expect(session.value.assumedRoleId).toMatch(new RegExp(`^ARO[A-Z0-9]+:${request.sessionName}$`));
    expect(Math.abs(session.value.expiresAt - clock.now() - 3_600_000)).toBeLessThan(60_000);
  });

  it('is denied when the account is not that of the role (attack 14)', async () => {
    const session = await way().issue({ ...request, account: '555555555555' as AccountId });
    expect(session).toMatchObject({
      ok: false,
      error: { code: 'denied', reasons: [{ rule: 'sts.wrong-session' }] },
    });
  });
});

describe('sessions from AWS', () => {
  it('land in the account of the role', async () => {
    const session = await assumeRoleSts({ endpoint: aws.endpoint, credentials }).issue(request);
    if (!session.ok) throw new Error('no session');
    const client = new STSClient({
      endpoint: aws.endpoint,
      region: request.region,
      credentials: session.value,
    });
    const caller = await client.send(new GetCallerIdentityCommand({}));
    expect(caller.Account).toBe('444444444444');
  });

  it('are not longer than an hour when the server’s own credentials are those of a role', async () => {
    const own = await assumeRoleSts({ endpoint: aws.endpoint, credentials }).issue(request);
    if (!own.ok) throw new Error('no session');
    const chained = await assumeRoleSts({ endpoint: aws.endpoint, credentials: own.value }).issue({
      ...request,
      durationSeconds: 7_200,
    });
    if (!chained.ok) throw new Error('no session');
    expect(chained.value.expiresAt - clock.now()).toBeLessThan(3_700_000);
  });

  it('that fail say which call on which role, and give no secret away', async () => {
    const gone = await listen(() => undefined);
    await gone.stop();
    const nowhere = { endpoint: gone.url };
    for (const [call, sts] of [
      ['sts:AssumeRole', assumeRoleSts({ ...nowhere, credentials })],
      ['sts:AssumeRoleWithWebIdentity', webIdentitySts({ ...nowhere, issuer: issuer() })],
    ] as const) {
      const session = await sts.issue(request);
      expect(session).toMatchObject({
        ok: false,
        error: { code: 'outside-failed', reasons: [{ rule: 'sts.failed' }] },
      });
      const words = JSON.stringify(session);
      expect(words).toContain(call);
      expect(words).toContain(request.roleArn);
      expect(words).not.toMatch(/eyJ|testing/);
    }
  });
});

describe('a token of Sekisho’s own issuer', () => {
  it('verifies with the published documents and carries tags and source identity', async () => {
    const token = await issuer().sign(request);
    if (!token.ok) throw new Error('no token');
    const documents = issuerDocuments('https://sekisho.example', [ownKey], clock.now());
    // The document is JSON of exactly this form.
    const keys = createLocalJWKSet(documents['keys.json'] as unknown as JSONWebKeySet);
    const { payload } = await jwtVerify(token.value, keys, {
      issuer: 'https://sekisho.example',
      audience: 'sts.amazonaws.com',
      algorithms: ['RS256'],
    });
    expect(payload).toMatchObject({
      sub: 'purpose:apply:stack:web-production',
      'https://aws.amazon.com/tags': { principal_tags: { 'sekisho:stack': ['web-production'] } },
      'https://aws.amazon.com/source_identity': 'hanako,taro',
    });
  });

  it('is not made without a key', async () => {
    const none = ownIssuer({ url: 'https://sekisho.example', clock, keys: () => [] });
    expect(await none.sign(request)).toMatchObject({ ok: false, error: { code: 'bad-config' } });
  });
});
