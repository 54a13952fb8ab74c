import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readDefinitions } from '#slo';
import { resolveDefinitions, separated, writeDefinition, writeYaml } from '#slo/core';
import { schemaFaults } from '../../../test/slo/definitions/openslo-schema.ts';

const folder = `${import.meta.dirname}/../../../test/slo/definitions`;

const read = (words: string) => readDefinitions([{ file: 'x.yaml', bytes: new TextEncoder().encode(words) }]);

function resolve(words: string) {
  const placed = read(words);
  return placed.ok ? resolveDefinitions(placed.value) : placed;
}

function shop() {
  const resolved = resolve(readFileSync(`${folder}/accepted/shop.yaml`, 'utf8'));
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.error.reasons, null, 1));
  return resolved.value;
}

/** From the marks in the file itself. */
const marksIn = (words: string): readonly string[] =>
  words.split('\n').flatMap((line, index) => {
    const rule = /# refused: ([\w.-]+)$/.exec(line)?.[1];
    return rule === undefined ? [] : [`${index + 1} ${rule}`];
  });

describe('what is refused', () => {
  it.each(readdirSync(`${folder}/refused`))('in %s is told at its place, all at once', (file) => {
    const words = readFileSync(`${folder}/refused/${file}`, 'utf8');
    const result = resolve(words);
    const told = result.ok ? [] : result.error.reasons.map(({ rule, place }) => `${place?.line} ${rule}`);
    expect(told).toEqual(marksIn(words));
  });

  it('names the nearest word that is known', () => {
    const result = resolve(readFileSync(`${folder}/refused/together.yaml`, 'utf8'));
    const remedies = result.ok ? [] : result.error.reasons.map(({ remedy }) => remedy.en);
    for (const word of ['status', 'availability', 'google', 'page', 'shop', 'sekisho.dev/empty-slices'])
      expect(remedies).toContain(`Did you mean \`${word}\`?`);
  });
});

describe('the definitions of a shop', () => {
  it('are written as the JSON schema has it, and read again as the same', () => {
    const placed = read(readFileSync(`${folder}/accepted/shop.yaml`, 'utf8'));
    if (!placed.ok) throw new Error('refused');
    const definitions = placed.value.map(({ definition }) => definition);
    const again = read(writeYaml(definitions));
    expect(again.ok && again.value.map(({ definition }) => definition)).toEqual(definitions);
    for (const definition of separated(definitions))
      if (definition.kind !== 'Screen') expect(schemaFaults(writeDefinition(definition))).toEqual([]);
  });

  it('say what each SLI counts', () => {
    expect(shop().slos.map(({ indicator }) => indicator)).toEqual([
      { kind: 'screen', screen: 'checkout' },
      {
        kind: 'requests',
        routes: ['GET /api/cart', '/items/{id}'],
        badStatus: [
          { from: 500, to: 599 },
          { from: 429, to: 429 },
        ],
        slowerThanMs: 300,
      },
      { kind: 'freshness', dataset: 'stock', mostAgeMinutes: 15 },
      {
        kind: 'downtime',
        system: 'mackerel',
        monitors: [{ namePrefix: 'SLO availability' }, { nameSuffix: 'api.example.com', type: 'external' }],
      },
      {
        kind: 'queries',
        system: 'CloudWatch',
        metric: {
          kind: 'threshold',
          source: {
            metricSourceRef: 'metrics',
            spec: {
              query: 'SELECT MAX(ApproximateNumberOfMessagesVisible) FROM "AWS/SQS"',
              periodSeconds: 60,
            },
          },
        },
      },
    ]);
  });

  it('have objectives with windows, slices and the alerts that can fire', () => {
    const slo = shop().slos.find(({ metadata }) => metadata.name === 'api-by-minute');
    expect(slo?.objectives[0]).toMatchObject({
      displayName: 'ours',
      targetPpm: 995_000,
      window: { kind: 'calendar', every: { unit: 'month', count: 1 }, timeZone: 'Asia/Tokyo' },
      slices: { minutes: 5, targetPpm: 950_000, empty: 'not-judged' },
    });
    const alerts = slo?.objectives[1]?.alerts ?? [];
    expect(alerts.map(({ severity }) => severity)).toEqual(['ticket', 'ticket', 'page']);
    expect(alerts[2]).toMatchObject({ longMinutes: 60, shortMinutes: 5, forMinutes: 0 });
    expect(slo?.policies).toEqual([
      {
        name: 'fast-burn',
        alert: 2,
        whenBreaching: true,
        whenResolved: false,
        whenNoData: false,
        targets: [{ name: 'on-call', target: 'slack' }],
      },
    ]);
  });

  it('have screens whose requests know what they wait for', () => {
    const [screen] = shop().screens;
    expect(screen).toMatchObject({
      service: 'shop',
      screen: {
        name: 'checkout',
        document: 0,
        barPpm: 850_000,
        thresholdMs: 2000,
        requests: [
          { routes: ['GET /checkout'], weight: 5, required: true },
          { routes: ['GET /api/cart', 'GET /api/v2/cart'], required: true, after: 0 },
          {
            weight: 1,
            required: false,
            after: 1,
            failed: [
              { from: 500, to: 599 },
              { from: 429, to: 429 },
              { from: 460, to: 463 },
            ],
          },
        ],
      },
    });
  });
});
