import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CATALOGUE } from '../recorder/terraform-runs.ts';
import { STEPS } from './result.ts';
import { allStacks, MOST_RESOURCES } from './stacks.ts';

const stacks = await allStacks('444444444444');
const text = (files: Readonly<Record<string, string>>) => Object.values(files).join('\n');

it('the stacks hold every resource of the catalogue once, in at least 60 plans of at most 20 resources', async () => {
  const files = (await readdir(CATALOGUE)).filter((name) => name.endsWith('.tf'));
  const catalogue = (await Promise.all(files.map((name) => readFile(join(CATALOGUE, name), 'utf8')))).join(
    '\n',
  );
  const written = [...catalogue.matchAll(/^resource "(\w+)" "((?!prerequisite)\w+)"/gm)].map(
    ([, type, label]) => `${type}.${label}`,
  );
  const inStacks = stacks
    .filter(({ stateBucket }) => stateBucket === undefined)
    .flatMap(({ resources }) => resources);
  expect(inStacks.toSorted()).toEqual(written.toSorted());
  expect(Math.max(...stacks.map(({ resources }) => resources.length))).toBeLessThanOrEqual(MOST_RESOURCES);
  expect(stacks.length * STEPS.length).toBeGreaterThanOrEqual(60);
});

it('a stack has all that it refers to, and only the account that it is for', () => {
  for (const { before, after, resources, prerequisites } of stacks) {
    const there = new Set([...resources, ...prerequisites]);
    const referred = [...text(before).matchAll(/\baws_\w+\.\w+/g)].map(([address]) => address);
    expect(referred.filter((address) => !there.has(address))).toEqual([]);
    expect(new Set(text(before).match(/\b\d{12}\b/g) ?? ['444444444444'])).toEqual(new Set(['444444444444']));
    expect(text(after)).not.toBe(text(before));
  }
});
