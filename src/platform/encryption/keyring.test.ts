import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KeySource } from './key-source.ts';
import { createKeyring, type Keyring } from './keyring.ts';
import { environmentKeys } from './local-key.ts';

const KEY_1 = Buffer.alloc(32, 1).toString('base64');
const KEY_2 = Buffer.alloc(32, 2).toString('base64');

function ringOf(...keys: readonly string[]): Keyring {
  const sources = environmentKeys('KEY', keys.join(' '));
  const [first, ...rest]: readonly KeySource[] = sources.ok ? sources.value : [];
  if (first === undefined) throw new Error('no keys');
  return createKeyring([first, ...rest]);
}

const binding = fc.record({ purpose: fc.string(), id: fc.string() });
const plaintext = fc.uint8Array({ maxLength: 200 });
const AT = { purpose: 'plan-file', id: 'pln_1' };

const encrypted = async (ring: Keyring, bytes: Uint8Array, at = AT): Promise<Uint8Array> => {
  const result = await ring.encrypt(bytes, at);
  if (!result.ok) throw new Error('not encrypted');
  return result.value;
};

const ruleOf = (result: Awaited<ReturnType<Keyring['decrypt']>>): string =>
  result.ok ? 'opened' : result.error.reasons[0].rule;

test('what was encrypted comes back for the same binding', async () => {
  const ring = ringOf(KEY_1);
  await fc.assert(
    fc.asyncProperty(plaintext, binding, async (bytes, at) => {
      const opened = await ring.decrypt(await encrypted(ring, bytes, at), at);
      expect(opened.ok && Buffer.compare(opened.value, bytes)).toBe(0);
    }),
  );
});

test('a ciphertext with any one bit flipped does not open', async () => {
  const ring = ringOf(KEY_1, KEY_2);
  const whole = await encrypted(ring, Buffer.from('secret'));
  for (let bit = 0; bit < whole.length * 8; bit += 1) {
    const flipped = Uint8Array.from(whole, (byte, index) =>
      index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte,
    );
    expect(ruleOf(await ring.decrypt(flipped, AT))).toMatch(/^encryption\.(tampered|key-missing)$/);
  }
});

test('a ciphertext that was cut or lengthened does not open', async () => {
  const ring = ringOf(KEY_1);
  const whole = await encrypted(ring, Buffer.from('secret'));
  for (let length = 0; length < whole.length; length += 1)
    expect(ruleOf(await ring.decrypt(whole.subarray(0, length), AT))).toBe('encryption.tampered');
  expect(ruleOf(await ring.decrypt(Buffer.concat([whole, Buffer.alloc(1)]), AT))).toBe('encryption.tampered');
});

test('a ciphertext opens for no other purpose and no other row', async () => {
  const ring = ringOf(KEY_1);
  await fc.assert(
    fc.asyncProperty(binding, binding, async (at, other) => {
      fc.pre(at.purpose !== other.purpose || at.id !== other.id);
      expect(ruleOf(await ring.decrypt(await encrypted(ring, Buffer.from('x'), at), other))).toBe(
        'encryption.tampered',
      );
    }),
  );
  const split = await encrypted(ring, Buffer.from('x'), { purpose: 'a', id: 'bc' });
  expect(ruleOf(await ring.decrypt(split, { purpose: 'ab', id: 'c' }))).toBe('encryption.tampered');
});

test('the data key of one ciphertext does not open another', async () => {
  const ring = ringOf(KEY_1);
  const [one, other] = [await encrypted(ring, Buffer.from('a')), await encrypted(ring, Buffer.from('b'))];
  const headerBytes = 4 + 8 + 2 + 60;
  const mixed = Buffer.concat([one.subarray(0, headerBytes), other.subarray(headerBytes)]);
  expect(ruleOf(await ring.decrypt(mixed, AT))).toBe('encryption.tampered');
});

test('the same plaintext never looks the same twice', async () => {
  const ring = ringOf(KEY_1);
  expect(await encrypted(ring, Buffer.from('x'))).not.toEqual(await encrypted(ring, Buffer.from('x')));
});

test('after rotation the newest key writes and the earlier one still reads', async () => {
  const old = await encrypted(ringOf(KEY_1), Buffer.from('x'));
  const rotated = ringOf(KEY_2, KEY_1);
  expect(ruleOf(await rotated.decrypt(old, AT))).toBe('opened');
  expect(ruleOf(await ringOf(KEY_2).decrypt(await encrypted(rotated, Buffer.from('y')), AT))).toBe('opened');
});

test('re-encryption moves a ciphertext to the newest key, once', async () => {
  const rotated = ringOf(KEY_2, KEY_1);
  const moved = await rotated.reencrypt(await encrypted(ringOf(KEY_1), Buffer.from('x')), AT);
  if (!moved.ok || moved.value === undefined) throw new Error('not moved');
  const opened = await ringOf(KEY_2).decrypt(moved.value, AT);
  expect(opened.ok && Buffer.from(opened.value).toString()).toBe('x');
  expect(await rotated.reencrypt(moved.value, AT)).toEqual({ ok: true, value: undefined });
});

test('a ciphertext of a key that is not in the ring is refused by the name of that key', async () => {
  const old = ringOf(KEY_1);
  const refused = await ringOf(KEY_2).decrypt(await encrypted(old, Buffer.from('x')), AT);
  expect(ruleOf(refused)).toBe('encryption.key-missing');
  expect(refused.ok ? '' : refused.error.reasons[0].message.en).toContain(old.keys[0]?.keyId);
});
