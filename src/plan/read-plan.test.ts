import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planToJson } from './core/json-view.ts';
import type { Plan } from './core/model.ts';
import { readPlan, readPlanFile, readPlanJson } from './read-plan.ts';
import { readZipCarelessly, writeZip, type ZipEntry, type ZipTail } from './testing.ts';

const cases = new URL('./cases/', import.meta.url);
const fileOf = (name: string): Uint8Array => readFileSync(new URL(`${name}/plan.tfplan`, cases));
const good = fileOf('create-with-secrets');
const goodEntries = readZipCarelessly(good);

async function ruleOf(bytes: Uint8Array): Promise<string> {
  const read = await readPlanFile(bytes);
  return read.ok ? 'accepted' : read.error.reasons[0].rule;
}

async function decoded(bytes: Uint8Array): Promise<Plan> {
  const read = await readPlanFile(bytes);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}

/** The good archive with one entry changed, or added. */
function rewritten(name: string, change: Partial<ZipEntry>, tail: ZipTail = {}): Uint8Array {
  return writeZip(
    goodEntries.map((entry) => (entry.name === name ? { ...entry, ...change } : entry)),
    tail,
  );
}

const withEntry = (entry: ZipEntry): Uint8Array => writeZip([...goodEntries, entry]);
const words = (source: string): Uint8Array => Buffer.from(source);

describe('a golden plan file', { timeout: 60_000 }, () => {
  it.each(readdirSync(cases))('%s reads as expected', async (name) => {
    const expected: unknown = JSON.parse(readFileSync(new URL(`${name}/expected.json`, cases), 'utf8'));
    expect(JSON.parse(JSON.stringify(planToJson(await decoded(fileOf(name)), [])))).toEqual(expected);
  });

  it('keeps a secret hidden where the configuration called it not sensitive any more', async () => {
    expect(JSON.stringify(planToJson(await decoded(good), []))).not.toContain('a-token-nobody-may-see');
  });

  it('reads the same when the archive is written by another program', async () => {
    const again = await decoded(writeZip(goodEntries));
    expect(again.fingerprint).toBe((await decoded(good)).fingerprint);
    expect(again.digest).not.toBe((await decoded(good)).digest);
  });
});

describe('attack 19: an ambiguous or hostile archive is refused', { timeout: 60_000 }, () => {
  const main = 'tfconfig/m-/main.tf';
  const evil = { name: main, data: words('resource "terraform_data" "evil" {\n}\n') };
  const timestamp = Buffer.from([0x55, 0x54, 1, 0, 0]);

  it.each<[string, Uint8Array, string]>([
    ['one name twice', withEntry(evil), 'plan.ambiguous-archive'],
    [
      'names that differ in case only',
      withEntry({ ...evil, name: 'tfconfig/m-/Main.tf' }),
      'plan.ambiguous-archive',
    ],
    [
      'names that differ in normalisation only',
      writeZip([
        ...goodEntries,
        { ...evil, name: 'tfconfig/m-/caf\u00e9.tf', flags: 0x808 },
        { ...evil, name: 'tfconfig/m-/cafe\u0301.tf', flags: 0x808 },
      ]),
      'plan.ambiguous-archive',
    ],
    [
      'a local name that contradicts the directory',
      rewritten(main, { localName: 'tfconfig/m-/Evil.tf' }),
      'plan.ambiguous-archive',
    ],
    [
      'a local method that contradicts the directory',
      rewritten(main, { localMethod: 0 }),
      'plan.ambiguous-archive',
    ],
    [
      'local sizes that contradict the directory',
      rewritten(main, { localSizes: [1, 2, 3] }),
      'plan.ambiguous-archive',
    ],
    [
      'a path that climbs out',
      withEntry({ ...evil, name: 'tfconfig/m-/../../x.tf' }),
      'plan.ambiguous-archive',
    ],
    ['an absolute path', withEntry({ ...evil, name: '/etc/x.tf' }), 'plan.ambiguous-archive'],
    ['a drive letter', withEntry({ ...evil, name: 'C:x.tf' }), 'plan.ambiguous-archive'],
    ['a backslash', withEntry({ ...evil, name: 'tfconfig\\m-\\x.tf' }), 'plan.ambiguous-archive'],
    ['a NUL in a name', withEntry({ ...evil, name: 'tfconfig/m-/x.tf\0' }), 'plan.ambiguous-archive'],
    [
      'a name in an unknown encoding',
      withEntry({ ...evil, name: 'tfconfig/m-/é.tf' }),
      'plan.ambiguous-archive',
    ],
    [
      'an entry Terraform does not write',
      withEntry({ ...evil, name: 'terraform.tfvars' }),
      'plan.unknown-entry',
    ],
    ['an encrypted entry', rewritten(main, { flags: 9 }), 'plan.ambiguous-archive'],
    ['another compression', rewritten(main, { method: 12, localMethod: 12 }), 'plan.ambiguous-archive'],
    ['zip64 sizes', rewritten(main, { extra: Buffer.from([1, 0, 0, 0]) }), 'plan.ambiguous-archive'],
    [
      'a Unicode path extra field',
      rewritten(main, { extra: Buffer.from([0x75, 0x70, 0, 0]) }),
      'plan.ambiguous-archive',
    ],
    [
      'an extra field cut short',
      rewritten(main, { extra: timestamp.subarray(0, 3) }),
      'plan.ambiguous-archive',
    ],
    ['entries that overlap', rewritten(main, { offset: 0 }), 'plan.ambiguous-archive'],
    ['a gap between entries', rewritten(main, { gapBefore: words('hidden') }), 'plan.ambiguous-archive'],
    ['bytes before the first entry', Buffer.concat([words('PK#!/bin/sh'), good]), 'plan.ambiguous-archive'],
    ['bytes after the end', Buffer.concat([good, words('x')]), 'plan.damaged-archive'],
    ['an archive comment', writeZip(goodEntries, { comment: 'hello' }), 'plan.damaged-archive'],
    ['an entry comment', rewritten(main, { comment: 'hello' }), 'plan.ambiguous-archive'],
    ['several disks', writeZip(goodEntries, { disk: 1 }), 'plan.ambiguous-archive'],
    [
      'a wrong number of entries',
      writeZip(goodEntries, { count: goodEntries.length - 1 }),
      'plan.ambiguous-archive',
    ],
    [
      'bytes before the directory',
      writeZip(goodEntries, { beforeDirectory: words('x') }),
      'plan.ambiguous-archive',
    ],
    [
      'bytes inside the directory',
      writeZip(goodEntries, { inDirectory: words('x') }),
      'plan.ambiguous-archive',
    ],
    ['a wrong checksum', rewritten(main, { crc: 1 }), 'plan.damaged-archive'],
    ['a size that is too small', rewritten(main, { inflatedBytes: 1 }), 'plan.damaged-archive'],
    ['a size that is too large', rewritten(main, { inflatedBytes: 100_000 }), 'plan.damaged-archive'],
    [
      'data after the compressed data',
      rewritten(main, { compressed: Buffer.concat([Buffer.from([3, 0]), words('x')]), data: words('') }),
      'plan.damaged-archive',
    ],
    [
      'a declared size beyond the limit',
      rewritten(main, { inflatedBytes: 0x7fffffff }),
      'plan.archive-too-large',
    ],
    ['a missing part', writeZip(goodEntries.filter(({ name }) => name !== 'tfstate')), 'plan.not-a-plan'],
  ])('%s', async (_what, bytes, rule) => {
    expect(await ruleOf(bytes)).toBe(rule);
  });

  it('a zip bomb, before it is inflated', async () => {
    const bomb = { name: 'tfconfig/m-/bomb.tf', data: Buffer.alloc(100 * 1024 * 1024) };
    const second = { ...bomb, name: 'tfconfig/m-/bomb2.tf' };
    expect(await ruleOf(writeZip([...goodEntries, bomb, second]))).toBe('plan.archive-too-large');
  });

  it('a file cut off anywhere', async () => {
    for (let length = 0; length < good.length; length += 97) {
      expect(await ruleOf(good.subarray(0, length))).not.toBe('accepted');
    }
  });
});

describe('what is no plan file is refused by name', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['nothing', '', 'plan.empty'],
    ['JSON', '{"format_version":"1.2"}', 'plan.json-not-file'],
    [
      'OpenTofu encryption',
      '{"meta":{},"encrypted_data":"AAAA","encryption_version":"v0"}',
      'plan.encrypted',
    ],
    ['the text of terraform plan', 'Terraform will perform the following actions:\n', 'plan.text-not-file'],
    ['anything else', 'hello', 'plan.not-a-plan'],
    ['another zip', writeZip([{ name: 'a.txt', data: words('a') }]), 'plan.unknown-entry'],
  ])('%s', async (_what, bytes, rule) => {
    expect(await ruleOf(typeof bytes === 'string' ? words(bytes) : bytes)).toBe(rule);
  });
});

describe('a damaged part is refused', { timeout: 60_000 }, () => {
  const data = (name: string): Uint8Array =>
    goodEntries.find((entry) => entry.name === name)?.data ?? new Uint8Array();
  const tfplan = data('tfplan');

  it.each<[string, string, Uint8Array, string]>([
    [
      'a field we do not know',
      'tfplan',
      Buffer.concat([tfplan, Buffer.from([0xf8, 0x07, 1])]),
      'plan.unknown-field',
    ],
    ['a plan version we do not know', 'tfplan', Buffer.from([8, 4]), 'plan.unknown-version'],
    ['a second plan version', 'tfplan', Buffer.concat([tfplan, Buffer.from([8, 3])]), 'plan.damaged-plan'],
    [
      'a field of another wire type',
      'tfplan',
      Buffer.concat([tfplan, Buffer.from([0x0a, 0])]),
      'plan.unknown-field',
    ],
    ['a plan cut off', 'tfplan', tfplan.subarray(0, tfplan.length - 1), 'plan.damaged-plan'],
    [
      'a state of another version',
      'tfstate',
      words('{"version":3,"serial":1,"lineage":"x"}'),
      'plan.bad-state',
    ],
    [
      'a state with a key in other case',
      'tfstate',
      words('{"version":4,"serial":1,"lineage":"x","Lineage":"y"}'),
      'plan.bad-state',
    ],
    [
      'a state with a key twice',
      'tfstate',
      words('{"version":4,"serial":1,"serial":2,"lineage":"x"}'),
      'plan.bad-json',
    ],
    [
      'modules with a key we do not know',
      'tfconfig/modules.json',
      words('[{"Key":"","Dir":".","dir":"x"}]'),
      'plan.bad-modules',
    ],
    [
      'configuration that does not parse',
      'tfconfig/m-/main.tf',
      words('resource "x" {\n'),
      'plan.bad-configuration',
    ],
    ['configuration that is not UTF-8', 'tfconfig/m-/main.tf', Buffer.from([0xff]), 'plan.bad-encoding'],
  ])('%s', async (_what, name, bytes, rule) => {
    expect(await ruleOf(rewritten(name, { data: bytes }))).toBe(rule);
  });

  it('and says where configuration does not parse', async () => {
    const read = await readPlanFile(
      rewritten('tfconfig/m-/main.tf', { data: words('a = 1\nresource "x" {\n') }),
    );
    expect(read).toMatchObject({ ok: false, error: { reasons: [{ place: { file: 'main.tf', line: 2 } }] } });
  });
});

// Hundreds of decodings with a WebAssembly parser: generous on a busy machine.
describe('whatever the bytes, reading answers and never throws', { timeout: 60_000 }, () => {
  const mutation = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 });
  const mutate = (bytes: Uint8Array, changes: readonly (readonly [number, number])[]): Uint8Array => {
    const copy = Uint8Array.from(bytes);
    for (const [at, byte] of changes) copy[at % copy.length] = byte;
    return copy;
  };

  it('with bytes of the archive changed', async () => {
    await fc.assert(
      fc.asyncProperty(mutation, async (changes) => {
        expect(typeof (await readPlanFile(mutate(good, changes))).ok).toBe('boolean');
      }),
      { numRuns: 100 },
    );
  });

  it('with bytes of the plan inside changed', async () => {
    const tfplan = goodEntries.find(({ name }) => name === 'tfplan')?.data ?? new Uint8Array();
    await fc.assert(
      fc.asyncProperty(mutation, async (changes) => {
        expect(typeof (await readPlanFile(rewritten('tfplan', { data: mutate(tfplan, changes) }))).ok).toBe(
          'boolean',
        );
      }),
      { numRuns: 100 },
    );
  });

  it('with any bytes at all', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        expect(typeof (await readPlan(bytes)).ok).toBe('boolean');
      }),
    );
  });

  it('with any JSON, and JSON almost like a plan', async () => {
    const almost = fc
      .json()
      .map((inner) => `{"format_version":"1.2","resource_changes":[{"address":"a.b","change":${inner}}]}`);
    fc.assert(
      fc.property(fc.oneof(fc.json(), almost, fc.string()), (source) => {
        expect(typeof readPlanJson(source).ok).toBe('boolean');
      }),
    );
  });
});
