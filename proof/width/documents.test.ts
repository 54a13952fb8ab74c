import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import data from '../../src/credentials/core/fit/service-actions.json' with { type: 'json' };
import { DOCUMENTS, withFigures } from './documents.ts';
import { Figures, printFigures } from './figures.ts';
import { summarise } from './summary.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const kept = Figures.parse(JSON.parse(read('proof/results.json')));

it.each(DOCUMENTS)(
  'The figures in $file are those of the last whole run that was kept',
  ({ file, ...form }) => {
    const document = read(file);
    expect(withFigures(document, summarise(kept.plans), form)).toBe(document);
  },
);

it('The run that was kept is whole, and as it was written', () => {
  expect(summarise(kept.plans).plans).toBeGreaterThanOrEqual(60);
  expect(printFigures(kept)).toBe(read('proof/results.json'));
});

it.each(['docs/performance.md', 'docs/performance.ja.md'])(
  '%s says how many services and actions are asked about',
  (file) => {
    const services = Object.values(data.services);
    const actions = services.flatMap((table) => Object.values<readonly string[]>(table).flat()).length;
    expect(read(file)).toContain(` ${services.length} `);
    expect(read(file)).toContain(` ${actions.toLocaleString('en')} `);
  },
);
