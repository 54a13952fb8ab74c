import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { importDefinitions, readDefinitions } from '#slo';
import { type Imported, resolveDefinitions, writeDefinition, writeYaml } from '#slo/core';
import { schemaFaults } from '../../../test/slo/definitions/openslo-schema.ts';

const folder = `${import.meta.dirname}/../../../test/slo/definitions/import`;
const examples = ['sloth', 'shimesaba'].flatMap((tool) =>
  readdirSync(`${folder}/${tool}`)
    .filter((file) => !file.endsWith('.expected.txt'))
    .map((file) => `${tool}/${file}`),
);

const bytesOf = (words: string) => new TextEncoder().encode(words);

function imported(words: string): Imported {
  const result = importDefinitions({ file: 'x.yaml', bytes: bytesOf(words) });
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

const report = ({ left }: Imported): readonly string[] =>
  left.map(({ rule, message, place }) => `# ${place?.line}:${place?.column} ${rule} ${message.en}\n`);

describe('the import of', () => {
  it.each(examples)('%s makes the documents and the report that its folder holds', (file) => {
    const made = imported(readFileSync(`${folder}/${file}`, 'utf8'));
    const expected = readFileSync(`${folder}/${file.replace(/\.\w+$/, '')}.expected.txt`, 'utf8');
    expect([...report(made), writeYaml(made.definitions)].join('')).toBe(expected);
  });

  it.each(examples)('%s makes documents that OpenSLO and our reader accept', (file) => {
    const { definitions } = imported(readFileSync(`${folder}/${file}`, 'utf8'));
    const read = readDefinitions([{ file, bytes: bytesOf(writeYaml(definitions)) }]);
    expect(read.ok && read.value.map(({ definition }) => definition)).toEqual(definitions);
    expect(read.ok && resolveDefinitions(read.value).ok).toBe(true);
    for (const definition of definitions) {
      // Raw ratios are in OpenSLO's text, but not in its JSON schema.
      const isRaw = JSON.stringify(definition).includes('"kind":"raw"');
      if (!isRaw) expect(schemaFaults(writeDefinition(definition))).toEqual([]);
    }
  });
});

const documents: readonly unknown[] = examples
  .filter((file) => !file.endsWith('.txt'))
  .map((file) => parse(readFileSync(`${folder}/${file}`, 'utf8')));

type Path = readonly (string | number)[];

/** Every mapping of a document. */
const mappingsIn = (value: unknown, path: Path = []): readonly Path[] => {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.entries(value).flatMap(([key, inner]) =>
    mappingsIn(inner, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return Array.isArray(value) ? below : [path, ...below];
};

const replacedAt = (value: unknown, [step, ...rest]: Path, change: (found: unknown) => unknown): unknown => {
  if (step === undefined) return change(value);
  if (Array.isArray(value))
    return value.map((inner, index) => (index === step ? replacedAt(inner, rest, change) : inner));
  const record = Object(value);
  return { ...record, [step]: replacedAt(record[step], rest, change) };
};

const places = documents.flatMap((document) => mappingsIn(document).map((path) => ({ document, path })));

describe('an import', () => {
  it('tells of every key that it does not know, wherever it stands', () => {
    for (const { document, path } of places) {
      const changed = replacedAt(document, path, (found) => ({ ...Object(found), zzz: 'unknown' }));
      const made = imported(stringify(changed));
      const asKey = (step: string | number) => (typeof step === 'number' ? `[${step}]` : `.${step}`);
      const written = [...path, 'zzz'].map(asKey).join('').slice(1);
      const isTold = made.left.some(({ message }) => written.startsWith(message.en.split(': ')[0] ?? '-'));
      // Labels are free: there it is carried over.
      const isCarried = JSON.stringify(made.definitions).includes('zzz');
      expect(isTold || isCarried, written).toBe(true);
    }
  });

  it('never throws, whatever stands in the place of anything', () => {
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue(), fc.nat(), ({ document, path }, value, pick) => {
        const changed = replacedAt(document, path, (found) => {
          const keys = Object.keys(Object(found));
          const key = keys[pick % Math.max(1, keys.length)];
          return key === undefined ? value : { ...Object(found), [key]: value };
        });
        const made = importDefinitions({ file: 'x.yaml', bytes: bytesOf(stringify(changed)) });
        // A key `<<` that merges nothing is refused.
        expect(made.ok ? 'config.merge' : made.error.reasons[0].rule).toBe('config.merge');
      }),
      { numRuns: 300 },
    );
  });

  it('never throws on any YAML or bytes', () => {
    const any = fc.oneof(
      fc.jsonValue().map((value) => bytesOf(stringify(value))),
      fc.uint8Array({ maxLength: 200 }),
      fc
        .array(fc.constantFrom('slo: ', '- ', '<<: ', '&a ', '*a', '\n', '  ', '{', '}', 'id: x', ', '), {
          maxLength: 25,
        })
        .map((pieces) => bytesOf(pieces.join(''))),
      fc.string().map((words) => bytesOf(`slo: [{{ env \`${words}\` }}]`)),
    );
    fc.assert(
      fc.property(any, (bytes) => {
        const made = importDefinitions({ file: 'x.yaml', bytes });
        if (!made.ok) expect(made.error.code).toBe('bad-config');
      }),
      { numRuns: 300 },
    );
  });

  it.each(['slo: []\n<<: 5', 'a: &a 5\nslo: [{ <<: *a }]', 'slo: &s [*s]', 'a: &a { x: *a }\nslo: [*a]'])(
    'of %j is refused with a place',
    (words) => {
      const made = importDefinitions({ file: 'x.yaml', bytes: bytesOf(words) });
      expect(made.ok ? made : made.error.reasons[0].rule).toMatch(/^config\.(merge|expands-too-far)$/);
    },
  );

  it('keeps an SLO whose alerts could never fire, without them, and says so', () => {
    const words = readFileSync(`${folder}/sloth/getting-started.yml`, 'utf8').replace('99.9\n', '90\n');
    const made = imported(words);
    expect(made.left.some(({ rule }) => rule === 'alert.cannot-fire')).toBe(true);
    expect(made.definitions).toHaveLength(2);
    expect(JSON.stringify(made.definitions)).not.toContain('sekisho.dev/alerts"');
  });

  it('says which of two SLOs of one name stayed behind', () => {
    const words = readFileSync(`${folder}/shimesaba/v1.0.0_simple.yaml`, 'utf8').replace(
      'latency',
      'availability',
    );
    const made = imported(words);
    expect(made.left.filter(({ rule }) => rule === 'slo.name-twice')).toHaveLength(1);
    expect(made.definitions.filter(({ kind }) => kind === 'SLO')).toHaveLength(2);
  });
});
