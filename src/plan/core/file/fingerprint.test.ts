import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readZipCarelessly } from '../../testing.ts';
import { type PlanValue, UNKNOWN } from '../model.ts';
import { canonicalMeaning, type FingerprintInput } from './fingerprint.ts';
import { decodePlanMessage, type RawPlan, type RawResourceChange } from './plan-messages.ts';

const file = readFileSync(new URL('../../cases/change-of-every-kind/plan.tfplan', import.meta.url));
const tfplan = readZipCarelessly(file).find(({ name }) => name === 'tfplan')?.data ?? new Uint8Array();
const plan = decodePlanMessage(tfplan);
const base: FingerprintInput = {
  plan,
  modules: [
    { key: '', source: '' },
    { key: 'a', source: './a' },
  ],
  configuration: ['one', 'two'],
  lockedProviders: [
    { address: 'registry.terraform.io/hashicorp/aws', version: '5.100.0', hashes: ['h1:a', 'zh:b'] },
    { address: 'registry.terraform.io/hashicorp/random', version: '3.0.0', hashes: ['h1:c'] },
  ],
};
const meaning = canonicalMeaning(base);
const withPlan = (change: Partial<RawPlan>): string =>
  canonicalMeaning({ ...base, plan: { ...plan, ...change } });

/** The plan with one of its planned changes, and that change's values, replaced. */
function withChange(index: number, edit: (raw: RawResourceChange) => RawResourceChange): string {
  return withPlan({
    resourceChanges: plan.resourceChanges.map((raw, at) => (at === index ? edit(raw) : raw)),
  });
}

const indexOf = (address: string): number => plan.resourceChanges.findIndex(({ addr }) => addr === address);
const reversedValue = (value: PlanValue): PlanValue =>
  value instanceof Map
    ? new Map([...value].reverse().map(([key, item]) => [key, reversedValue(item)]))
    : value;

describe('the fingerprint stays', () => {
  const shuffled = <T>(items: readonly T[]): fc.Arbitrary<T[]> =>
    fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });

  it('when everything comes in another order', () => {
    fc.assert(
      fc.property(
        shuffled(plan.resourceChanges),
        shuffled(plan.outputChanges),
        shuffled(base.modules),
        shuffled(base.configuration),
        shuffled(base.lockedProviders),
        (resourceChanges, outputChanges, modules, configuration, lockedProviders) => {
          const reordered = {
            plan: { ...plan, resourceChanges, outputChanges },
            modules,
            configuration,
            lockedProviders,
          };
          expect(canonicalMeaning(reordered)).toBe(meaning);
        },
      ),
    );
  });

  it('when objects list their attributes in another order', () => {
    const resourceChanges = plan.resourceChanges.map((raw) => ({
      ...raw,
      change: raw.change && { ...raw.change, values: raw.change.values.map(reversedValue) },
    }));
    expect(withPlan({ resourceChanges })).toBe(meaning);
  });

  it.each<[string, Partial<RawPlan>]>([
    ['the plan is made at another time', { timestamp: '2030-01-01T00:00:00Z' }],
    ['other attributes were relevant', { relevantAttributes: [] }],
    ['checks came out otherwise', { checkResults: [] }],
    ['something drifts that nothing is done about', { resourceDrift: plan.resourceChanges.slice(0, 1) }],
    [
      'resources that stay as they are go away',
      { resourceChanges: plan.resourceChanges.filter(({ addr }) => addr !== 'terraform_data.stays') },
    ],
  ])('when %s', (_what, change) => {
    expect(withPlan(change)).toBe(meaning);
  });

  it('when the backend is asked with other credentials', () => {
    const asked = (key: string): string =>
      withPlan({
        backend: {
          type: 's3',
          workspace: 'default',
          config: new Map([
            ['bucket', 'b'],
            ['secret_key', key],
          ]),
        },
      });
    expect(asked('one')).toBe(asked('two'));
  });
});

describe('the fingerprint changes', () => {
  const acting = plan.resourceChanges.flatMap((raw, index) => (raw.change?.action === 0 ? [] : [index]));
  const edits: readonly [string, (raw: RawResourceChange) => RawResourceChange][] = [
    ['address', (raw) => ({ ...raw, addr: `${raw.addr}_x` })],
    ['provider configuration', (raw) => ({ ...raw, provider: `${raw.provider}.other` })],
    ['deposed key', (raw) => ({ ...raw, deposedKey: `${raw.deposedKey}1` })],
    ['previous address', (raw) => ({ ...raw, prevRunAddr: `${raw.prevRunAddr}x` })],
    ['private data', (raw) => ({ ...raw, private: Uint8Array.of(...(raw.private ?? []), 1) })],
    ['action', (raw) => ({ ...raw, change: raw.change && { ...raw.change, action: raw.change.action + 1 } })],
    [
      'import',
      (raw) => ({
        ...raw,
        change: raw.change && {
          ...raw.change,
          importing: { id: 'other', unknown: false, identity: undefined },
        },
      }),
    ],
    [
      'sensitive paths',
      (raw) => ({
        ...raw,
        change: raw.change && { ...raw.change, afterSensitivePaths: [{ steps: [] }, { steps: [] }] },
      }),
    ],
    ['replace paths', (raw) => ({ ...raw, requiredReplace: [...raw.requiredReplace, { steps: [] }] })],
  ];

  it.each(edits)('with the %s of any planned change', (_what, edit) => {
    for (const index of acting) expect(withChange(index, edit)).not.toBe(meaning);
  });

  it('with any value at any place of any planned change', () => {
    const other = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.constant(UNKNOWN));
    fc.assert(
      fc.property(fc.constantFrom(...acting), fc.nat(), fc.nat(), other, (index, side, at, replacement) => {
        const values = plan.resourceChanges[index]?.change?.values ?? [];
        const chosen = side % values.length;
        const value = values[chosen];
        if (!(value instanceof Map)) return;
        const key = [...value.keys()][at % value.size] ?? '';
        fc.pre(value.get(key) !== replacement);
        const edited = new Map(value).set(key, replacement);
        const changed = withChange(index, (raw) => ({
          ...raw,
          change: raw.change && {
            ...raw.change,
            values: values.map((item, position) => (position === chosen ? edited : item)),
          },
        }));
        expect(changed).not.toBe(meaning);
      }),
    );
  });

  it('with a planned change more or less', () => {
    for (const index of acting) {
      expect(withPlan({ resourceChanges: plan.resourceChanges.filter((_, at) => at !== index) })).not.toBe(
        meaning,
      );
    }
  });

  it('with a move or an import although the object stays as it is', () => {
    const stays = indexOf('terraform_data.stays');
    expect(withChange(stays, (raw) => ({ ...raw, prevRunAddr: 'terraform_data.elsewhere' }))).not.toBe(
      meaning,
    );
  });

  it.each<[string, Partial<RawPlan>]>([
    ['mode', { uiMode: 1 }],
    ['Terraform version', { terraformVersion: '1.99.0' }],
    ['error', { errored: true }],
    ['targets', { targetAddrs: ['terraform_data.updated'] }],
    ['excludes', { excludeAddrs: ['terraform_data.updated'] }],
    ['forced replacements', { forceReplaceAddrs: ['terraform_data.updated'] }],
    ['variables', { variables: [{ key: 'a', value: 'b' }] }],
    ['workspace', { backend: plan.backend && { ...plan.backend, workspace: 'other' } }],
    ['backend type', { backend: plan.backend && { ...plan.backend, type: 's3' } }],
    [
      'backend settings',
      { backend: plan.backend && { ...plan.backend, config: new Map([['bucket', 'other']]) } },
    ],
    ['function results', { field22: [Uint8Array.of(1)] }],
    ['deferred changes', { deferredChanges: [{ deferred: { reason: 1 }, change: plan.resourceChanges[0] }] }],
  ])('with the %s', (_what, change) => {
    expect(withPlan(change)).not.toBe(meaning);
  });

  it.each<[string, Partial<FingerprintInput>]>([
    ['the configuration', { configuration: ['one', 'three'] }],
    [
      'a module source',
      {
        modules: [
          { key: '', source: '' },
          { key: 'a', source: 'git::https://example.com/a' },
        ],
      },
    ],
    [
      'a provider version',
      {
        lockedProviders: [
          { address: 'registry.terraform.io/hashicorp/aws', version: '6.0.0', hashes: ['h1:a', 'zh:b'] },
        ],
      },
    ],
    [
      'a hash a provider may have',
      {
        lockedProviders: base.lockedProviders.map((locked) => ({
          ...locked,
          hashes: [...locked.hashes, 'h1:rogue'],
        })),
      },
    ],
  ])('with %s', (_what, change) => {
    expect(canonicalMeaning({ ...base, ...change })).not.toBe(meaning);
  });

  it('with the drift of a refresh-only plan, which is what it writes', () => {
    const first = plan.resourceChanges.slice(0, 1);
    expect(withPlan({ uiMode: 2, resourceDrift: first })).not.toBe(
      withPlan({ uiMode: 2, resourceDrift: [] }),
    );
  });
});
