import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contentOf } from './content.ts';
import { actionOf } from './core/action.ts';
import {
  beyondJsonLimits,
  neverUsed,
  parseDeliveredName,
  parseDigest,
  parseTrailRecords,
} from './core/index.ts';

const ACCOUNT = '444444444444';
const place = `AWSLogs/${ACCOUNT}/CloudTrail/ap-northeast-1/2026/11/02`;
const log = `${ACCOUNT}_CloudTrail_ap-northeast-1_20261102T0310Z_aB3dE5fG7hJ9kL1m.json.gz`;

describe('names of delivered files', () => {
  test('Log files and digests are known, in an organization’s trail, below a prefix and as backfills', () => {
    const digest = `AWSLogs/o-exampleorg1/${ACCOUNT}/CloudTrail-Digest/us-east-1/2026/11/02/${ACCOUNT}_CloudTrail-Digest_us-east-1_main_ap-northeast-1_20261102T040001Z`;
    expect(parseDeliveredName(`${place}/${log}`)).toMatchObject({ kind: 'log', account: ACCOUNT });
    expect(parseDeliveredName(`team/x/${place}/${log}`)?.at).toBe(Date.UTC(2026, 10, 2, 3, 10));
    const chains = ['.json.gz', '_backfill.json.gz'].map((ending) =>
      parseDeliveredName(`${digest}${ending}`),
    );
    expect(chains).toMatchObject([
      { kind: 'digest', chain: `${ACCOUNT}/us-east-1/us-east-1_main_ap-northeast-1` },
      { kind: 'digest', chain: `${ACCOUNT}/us-east-1/us-east-1_main_ap-northeast-1_backfill` },
    ]);
  });

  test.each([
    `${place}/${log.replace('.json.gz', '.json')}`,
    `${place}/${log.replace('20261102T0310Z', '20261302T0310Z')}`,
    `${place.replace('CloudTrail', 'CloudTrail-Insight')}/${log}`,
    `${place}/../${log}`,
    log,
    '',
  ])('%s is not one', (name) => {
    expect(parseDeliveredName(name)).toBeUndefined();
  });
});

describe('hostile files', () => {
  test('Gzip that grows beyond the limit, is cut off or is none is refused', async () => {
    const bomb = gzipSync(Buffer.alloc(65 * 1024 * 1024));
    const cut = gzipSync('{"Records":[]}').subarray(0, 20);
    for (const bytes of [bomb, cut, Buffer.from('{"Records":[]}'), Buffer.alloc(0)]) {
      const refused = await contentOf(bytes);
      // Without a hash: it was never whole in memory.
      expect(refused.ok ? 'read' : refused.error.sha256).toBeUndefined();
    }
  });

  test('JSON with too many values or too deep is refused before it is parsed, and its hash is told', async () => {
    const many = await contentOf(gzipSync(`{"Records":[${'[],'.repeat(4_000_000)}0]}`));
    const deep = await contentOf(gzipSync('['.repeat(200)));
    for (const one of [many, deep])
      expect(one).toMatchObject({ ok: false, error: { sha256: expect.any(String) } });
  });

  test('Brackets and commas in texts count nothing', () => {
    const limits = { bytes: 10_000, values: 20, depth: 3 };
    fc.assert(
      fc.property(fc.string({ maxLength: 500 }), (words) => {
        const json = Buffer.from(JSON.stringify({ a: [words] }));
        expect(beyondJsonLimits(json, limits)).toBeUndefined();
      }),
    );
  });

  test('Whatever the JSON, reading records and digests throws nothing and counts every record', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 5 }), (Records) => {
        const read = parseTrailRecords(JSON.stringify({ Records }));
        expect(read?.events.length ?? 0).toBe(Records.length - (read?.unreadable ?? 0));
        expect(parseDigest(JSON.stringify(Records))).toBeUndefined();
      }),
    );
    expect(parseTrailRecords('{"Records":')).toBeUndefined();
  });
});

test.each([
  ['s3.amazonaws.com', 'HeadBucket', 's3:ListBucket'],
  ['monitoring.amazonaws.com', 'PutMetricAlarm', 'cloudwatch:PutMetricAlarm'],
  ['lambda.amazonaws.com', 'CreateFunction20150331', 'lambda:CreateFunction'],
  ['lambda.amazonaws.com', 'UpdateFunctionCode20150331v2', 'lambda:UpdateFunctionCode'],
  ['sqs.amazonaws.com', 'CreateQueue', 'sqs:CreateQueue'],
])('The action of %s %s is %s', (source, name, action) => {
  expect(actionOf({ source, name })).toBe(action);
});

test('What no call used is told, but not what a trail does not record by itself', () => {
  const allowed = ['s3:*', 'sns:Create*', 'iam:Get*', 's3:GetObject', '*'];
  expect(neverUsed(allowed, ['s3:CreateBucket', 'iam:GetRole'])).toEqual(['sns:Create*']);
});
