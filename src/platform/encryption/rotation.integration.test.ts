import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { keptSecret, SERVER_SECRETS } from '../secrets/index.ts';
import { checkKeys } from './key-check.ts';
import { createKeyring, type Keyring } from './keyring.ts';
import { environmentKeys } from './local-key.ts';
import { rotateEncryption } from './rotation.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => database.close());

function ringOf(...fills: readonly number[]): Keyring {
  const words = fills.map((fill) => Buffer.alloc(32, fill).toString('base64')).join(' ');
  const sources = environmentKeys('KEY', words);
  const [first, ...rest] = sources.ok ? sources.value : [];
  if (first === undefined) throw new Error('no keys');
  return createKeyring([first, ...rest]);
}

const OLD = ringOf(1);
const BOTH = ringOf(2, 1);
const NEW = ringOf(2);
const oldId = OLD.keys[0]?.keyId ?? '';

async function fill(count: number): Promise<void> {
  await checkKeys(database.db, OLD);
  for (let number = 0; number < count; number++) {
    await keptSecret(database.db, OLD, `secret/${number}`, () => `value ${number}`);
  }
  await checkKeys(database.db, BOTH);
}

const readBack = (ring: Keyring, number: number) =>
  keptSecret(database.db, ring, `secret/${number}`, () => 'made anew');

const rotate = (isEnough: () => boolean = () => false) =>
  rotateEncryption(database.db, BOTH, [SERVER_SECRETS], isEnough);

describe('a rotation of the encryption key', () => {
  it('leaves every value readable by the new key alone, and retires the old one', async () => {
    await fill(3);
    expect(await rotate()).toEqual({ reencrypted: 3, left: 0, unopened: [], retired: [oldId] });
    expect((await checkKeys(database.db, NEW)).ok).toBe(true);
    expect(await readBack(NEW, 2)).toEqual({ ok: true, value: 'value 2' });
  });

  it('goes on where it was stopped, and retires nothing before it is done', async () => {
    await fill(3);
    let rows = 0;
    expect(await rotate(() => rows++ >= 2)).toMatchObject({ reencrypted: 2, left: 1, retired: [] });
    expect((await checkKeys(database.db, NEW)).ok).toBe(false);
    expect(await rotate()).toMatchObject({ reencrypted: 1, left: 0, retired: [oldId] });
  });

  it('does nothing the second time', async () => {
    await fill(1);
    await rotate();
    expect(await rotate()).toMatchObject({ reencrypted: 0, left: 0 });
  });

  it('names what does not open, keeps it and its key, and goes on with the rest', async () => {
    await fill(3);
    await sql`UPDATE server_secrets SET sealed = (SELECT sealed FROM server_secrets WHERE name = 'secret/0')
      WHERE name = 'secret/1'`.execute(database.db);
    expect(await rotate()).toEqual({
      reencrypted: 2,
      left: 1,
      unopened: ['server-secret secret/1'],
      retired: [],
    });
    expect(await readBack(BOTH, 2)).toEqual({ ok: true, value: 'value 2' });
  });

  it('does no harm when two run at once', async () => {
    await fill(8);
    const steps = await Promise.all([rotate(), rotate()]);
    expect(steps.reduce((sum, { reencrypted }) => sum + reencrypted, 0)).toBe(8);
    expect(await readBack(NEW, 7)).toEqual({ ok: true, value: 'value 7' });
  });
});
