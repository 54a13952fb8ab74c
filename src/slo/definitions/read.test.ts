import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readDefinitions } from '#slo';
import { separated, writeDefinition, writeYaml } from '#slo/core';
import { schemaFaults } from '../../../test/slo/definitions/openslo-schema.ts';

const folder = `${import.meta.dirname}/../../../test/slo/definitions/openslo`;
const golden: { expected: Record<string, string[]> } = parse(readFileSync(`${folder}/source.yaml`, 'utf8'));

const read = (words: string, file = 'x.yaml') =>
  readDefinitions([{ file, bytes: new TextEncoder().encode(words) }]);

const told = (words: string) => {
  const result = read(words);
  return result.ok ? [] : result.error.reasons.map(({ rule, place }) => `${rule} ${place?.line ?? 0}`);
};

const definitionsOf = (words: string) => {
  const result = read(words);
  if (!result.ok) throw new Error(JSON.stringify(result.error.reasons, null, 1));
  return result.value.map(({ definition }) => definition);
};

describe("OpenSLO's example", () => {
  for (const file of readdirSync(`${folder}/examples`)) {
    const words = readFileSync(`${folder}/examples/${file}`, 'utf8');
    const expected = golden.expected[`examples/${file}`];
    if (expected !== undefined) {
      it(`${file} is refused where it is wrong`, () => expect(told(words)).toEqual(expected));
      continue;
    }
    it(`${file} is read, and written as the JSON schema has it, and read again as the same`, () => {
      const definitions = definitionsOf(words);
      expect(definitionsOf(writeYaml(definitions))).toEqual(definitions);
      const exported = separated(definitions);
      for (const definition of exported) {
        const isRaw = definition.kind === 'SLI' && definition.spec.metric.kind === 'raw';
        if (!isRaw) expect(schemaFaults(writeDefinition(definition))).toEqual([]);
      }
      expect(definitionsOf(writeYaml(exported))).toEqual(exported);
    });
  }
});
