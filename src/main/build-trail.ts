import { dirname, resolve } from 'node:path';
import type { Region, RoleArn, TrailSource } from '#accounts/core';
import { parseAccountId, parseStackName } from '#core-values';
import type { StsPort } from '#credentials';
import { systemClock, uuidV7 } from '#platform';
import { cloudTrailKeys, deliveredFolder, deliveredToS3, digestKeysInFolder, type Trail } from '#trail';
import type { Foundations } from './build-rooms.ts';

/** Where CloudTrail's files are, by `server.trail`; `undefined` where it names none. */
export function buildTrail(
  on: Pick<Foundations, 'configured' | 'environment' | 'credentials'>,
): Trail | undefined {
  const { trail } = on.configured.configuration.current().server;
  if (trail === undefined) return undefined;
  if (trail.kind === 'folder') {
    const root = resolve(dirname(on.environment.configFile), trail.path);
    return { files: deliveredFolder(root), keys: digestKeysInFolder(root), prefix: '' };
  }
  const { bucket, region, prefix, roleArn } = trail;
  const session =
    roleArn === undefined ? {} : { credentials: sessionOfRole(on.credentials.sts, trail, roleArn, region) };
  return {
    files: deliveredToS3({ bucket, region, ...session }),
    keys: cloudTrailKeys(session),
    prefix,
    bucket,
  };
}

const HOUR_SECONDS = 3600;

/** Short sessions of the role that reads, by the way that every role is reached; the SDK asks again before one expires. */
const sessionOfRole =
  (sts: StsPort, { bucket }: Extract<TrailSource, { kind: 'bucket' }>, roleArn: RoleArn, region: Region) =>
  async () => {
    const account = parseAccountId(roleArn.split(':')[4] ?? '');
    const stack = parseStackName('trail');
    if (account === undefined || stack === undefined) throw new Error(`${roleArn} has no account.`);
    const partition = roleArn.split(':')[1] ?? 'aws';
    const issued = await sts.issue({
      purpose: 'trail',
      stack,
      account,
      roleArn,
      region,
      sessionName: `trail-${uuidV7(systemClock.now())}`,
      sourceIdentity: 'sekisho',
      tags: { 'sekisho:purpose': 'trail' },
      sessionPolicy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 's3:ListBucket', Resource: `arn:${partition}:s3:::${bucket}` },
          { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:${partition}:s3:::${bucket}/*` },
          { Effect: 'Allow', Action: ['cloudtrail:ListPublicKeys', 'kms:Decrypt'], Resource: '*' },
        ],
      }),
      managedPolicyArns: [],
      durationSeconds: HOUR_SECONDS,
    });
    if (!issued.ok) throw new Error(issued.error.reasons[0].message.en);
    const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = issued.value;
    return { accessKeyId, secretAccessKey, sessionToken, expiration: new Date(expiresAt) };
  };
