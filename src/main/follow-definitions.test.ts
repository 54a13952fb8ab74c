import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { followDefinitions } from './follow-definitions.ts';

const service = (name: string): string =>
  `apiVersion: openslo/v1\nkind: Service\nmetadata:\n  name: ${name}\nspec: {}\n`;

let folder: string;
let logged: string[];
const logger = {
  info: (words: string) => void logged.push(words),
  error: (words: string) => void logged.push(words),
};
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sekisho-definitions-'));
  logged = [];
});
afterEach(() => rm(folder, { recursive: true }));

const write = (text: string): Promise<void> => writeFile(join(folder, 'slo.yaml'), text);
const follow = async () => {
  const watch = await followDefinitions(folder, logger);
  watch.stop();
  return watch;
};
const namesOf = (watch: Awaited<ReturnType<typeof follow>>): readonly string[] =>
  watch.current().definitions.services.map(({ metadata }) => metadata.name);

it('No definitions are none, and no problem', async () => {
  const watch = await follow();
  expect([watch.current().problem, watch.current().isUnread, namesOf(watch)]).toEqual([
    undefined,
    undefined,
    [],
  ]);
  expect(logged).toEqual(['There are no SLO definitions']);
});

it('Bad definitions at the start are not the same as none, until they are mended', async () => {
  await write('kind: Service\n');
  const watch = await follow();
  expect(watch.current()).toMatchObject({ isUnread: true, folder });
  await watch.reload();
  await write(service('shop'));
  await watch.reload();
  expect([watch.current().problem, watch.current().isUnread, namesOf(watch)]).toEqual([
    undefined,
    undefined,
    ['shop'],
  ]);
  expect(logged).toEqual([
    'SLO definitions are bad; what was in force stays in force',
    'SLO definitions are in force',
  ]);
});

it('A bad new version leaves in force what was, and says so until it is taken back', async () => {
  await write(service('shop'));
  const watch = await follow();
  await write('kind: Service\n');
  await watch.reload();
  expect([watch.current().isUnread, namesOf(watch)]).toEqual([false, ['shop']]);
  expect(watch.current().problem?.code).toBe('bad-config');
  await write(service('shop'));
  await watch.reload();
  expect(watch.current().problem).toBeUndefined();
});
