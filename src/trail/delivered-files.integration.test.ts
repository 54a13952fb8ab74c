import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Moto } from '../../demo/stand-ins/moto.ts';
import { startTestMoto } from '../../test/moto.ts';
import type { DeliveredFiles } from './delivered-files.ts';
import { deliveredFolder, digestKeysInFolder } from './delivered-folder.ts';
import { deliveredToS3 } from './delivered-s3.ts';
import { deliveredInMemory } from './testing/delivered-in-memory.ts';
import { BUCKET, deliveredTrail } from './testing/delivered-trail.ts';

const trail = deliveredTrail();
const first = trail.log('0305', [{ eventID: 'a' }]);
const second = trail.log('0310', [{ eventID: 'b' }]);
const digest = trail.digest('04', [first, second]);
const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'example' };
const REGION_FOLDER = 'AWSLogs/444444444444/CloudTrail/ap-northeast-1/';

let folder: string;
let moto: Moto;
const adapters = new Map<string, DeliveredFiles>([['memory', deliveredInMemory(trail.files)]]);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sekisho-trail-'));
  moto = await startTestMoto();
  const options = { region: 'ap-northeast-1', endpoint: moto.endpoint, credentials };
  const s3 = new S3Client({ ...options, forcePathStyle: true });
  await s3.send(
    new CreateBucketCommand({
      Bucket: BUCKET,
      CreateBucketConfiguration: { LocationConstraint: 'ap-northeast-1' },
    }),
  );
  for (const [name, { bytes, signature }] of trail.files) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
    if (signature !== undefined)
      await writeFile(join(folder, `${name}.metadata.json`), JSON.stringify({ signature }));
    const Metadata = signature === undefined ? {} : { signature, 'signature-algorithm': 'SHA256withRSA' };
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: name, Body: bytes, Metadata }));
  }
  s3.destroy();
  await writeFile(join(folder, 'public-keys.json'), JSON.stringify(trail.publicKeys));
  adapters.set('folder', deliveredFolder(folder));
  adapters.set('bucket', deliveredToS3({ ...options, bucket: BUCKET }));
});

afterAll(async () => {
  await moto.stop();
  await rm(folder, { recursive: true });
});

describe.each(['memory', 'folder', 'bucket'])('delivered files in a %s', (kind) => {
  const files = (): DeliveredFiles => {
    const adapter = adapters.get(kind);
    if (adapter === undefined) throw new Error(`no ${kind}`);
    return adapter;
  };

  test('folders directly below are told, and none where there is nothing', async () => {
    expect(await files().folders('AWSLogs/')).toEqual({ ok: true, value: ['AWSLogs/444444444444/'] });
    expect(await files().folders('AWSLogs/444444444444/')).toEqual({
      ok: true,
      value: ['AWSLogs/444444444444/CloudTrail-Digest/', 'AWSLogs/444444444444/CloudTrail/'],
    });
    expect(await files().folders('AWSLogs/555555555555/')).toEqual({ ok: true, value: [] });
  });

  test('files after a name are listed in order, at any depth', async () => {
    expect(await files().list(REGION_FOLDER, `${REGION_FOLDER}2026/11/02`)).toEqual({
      ok: true,
      value: [first, second],
    });
    expect(await files().list(REGION_FOLDER, first)).toEqual({ ok: true, value: [second] });
    expect(await files().list(REGION_FOLDER, `${REGION_FOLDER}2026/11/03`)).toEqual({ ok: true, value: [] });
  });

  test('a file is read byte for byte, a digest with its signature', async () => {
    const read = await files().read(digest);
    const expected = trail.files.get(digest);
    if (!read.ok || typeof read.value === 'string') throw new Error('not read');
    expect(Buffer.from(read.value.bytes).equals(Buffer.from(expected?.bytes ?? []))).toBe(true);
    expect(read.value.signature).toBe(expected?.signature);
    const log = await files().read(first);
    expect(log.ok && typeof log.value !== 'string' && log.value.signature).toBeUndefined();
  });

  test('a file that is not there is gone, which is no failure', async () => {
    expect(await files().read(`${REGION_FOLDER}2026/11/02/none.json.gz`)).toEqual({
      ok: true,
      value: 'gone',
    });
  });
});

test('A folder is never left by `..`', async () => {
  const outside = await adapters.get('folder')?.read('../../etc/passwd');
  expect(outside).toEqual({ ok: true, value: 'gone' });
});

test('Keys are found in a folder by their fingerprint', async () => {
  const keys = digestKeysInFolder(folder);
  const found = await keys.find(trail.fingerprint, 'ap-northeast-1', 0 as never);
  expect(found.ok && Buffer.from(found.value ?? []).equals(Buffer.from(trail.publicKey))).toBe(true);
  expect(await keys.find('00', 'ap-northeast-1', 0 as never)).toEqual({ ok: true, value: undefined });
});

test('A bucket that may not be read is a problem with a remedy', async () => {
  const options = { region: 'ap-northeast-1', endpoint: moto.endpoint, credentials };
  const read = await deliveredToS3({ ...options, bucket: 'nobody-made-it' }).folders('AWSLogs/');
  expect(read).toMatchObject({ ok: false, error: { reasons: [{ rule: 'trail.bucket-not-read' }] } });
});
