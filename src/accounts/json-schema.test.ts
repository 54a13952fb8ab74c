import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configurationJsonSchema } from './json-schema.ts';

const cases = join(import.meta.dirname, 'cases');
const published = join(import.meta.dirname, '../../schema/sekisho.schema.json');
const valid = new Ajv2020({ strict: false, formats: { 'date-time': true } }).compile(
  JSON.parse(configurationJsonSchema()),
);
const read = (name: string): unknown => parse(readFileSync(join(cases, name, 'sekisho.yaml'), 'utf8'));

describe('the published JSON Schema', () => {
  it('is the one of this source (update it with `vitest -u`)', async () => {
    await expect(configurationJsonSchema()).toMatchFileSnapshot(published);
  });

  it.each(readdirSync(cases).filter((name) => name.startsWith('valid-')))('accepts the case %s', (name) => {
    expect(valid(read(name)), JSON.stringify(valid.errors)).toBe(true);
  });

  it.each([
    'unknown-keys',
    'missing-keys',
    'wrong-types',
    'account-id-unquoted-loses-zeros',
    'attack-2-trust-without-repository-id',
    'attack-2-trust-without-workflow',
    'two-sources-of-one-key',
  ])('shows an editor what is wrong with the case %s', (name) => {
    expect(valid(read(name))).toBe(false);
  });
});
