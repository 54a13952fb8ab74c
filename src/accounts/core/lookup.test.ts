import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type PersonName, parsePersonName, parseStackName, parseTeamName } from '#core-values';
import { loadConfiguration } from '../load.ts';
import * as lookup from './lookup.ts';
import { parseIssuerName } from './names.ts';

const folder = join(import.meta.dirname, '../cases/valid-everything');
const loaded = loadConfiguration({ file: 'sekisho.yaml', bytes: readFileSync(join(folder, 'sekisho.yaml')) });
if (!loaded.ok) throw new Error('The case does not load');
const { organization } = loaded.value;

const must = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('Not found');
  return value;
};
const github = must(parseIssuerName('github'));
const gitlab = must(parseIssuerName('gitlab'));
const name = (person: { readonly name: PersonName } | undefined): string | undefined => person?.name;

describe('an organization', () => {
  it('cannot be changed by those who read it', () => {
    const [stack] = organization.stacks;
    expect(() => Object.assign(must(stack).account, { applyRole: 'other' })).toThrow(TypeError);
    expect(() => Reflect.apply(Array.prototype.push, organization.administrators, ['mallory'])).toThrow();
  });

  it('finds the stacks of a repository by issuer and id, not by id alone', () => {
    const stacks = lookup.stacksOf(organization, { issuer: github, id: '1001' });
    expect(stacks.map((stack) => stack.name)).toEqual(['shop-production']);
    expect(lookup.stacksOf(organization, { issuer: gitlab, id: '1001' })).toEqual([]);
  });

  it('finds a person by issuer and id, not by id alone', () => {
    expect(name(lookup.personByIdentity(organization, github, '501'))).toBe('alice');
    expect(name(lookup.personByIdentity(organization, gitlab, '9'))).toBe('alice');
    expect(lookup.personByIdentity(organization, gitlab, '501')).toBeUndefined();
  });

  it('finds people by name, key and team', () => {
    const alice = must(lookup.personByName(organization, must(parsePersonName('alice'))));
    expect(lookup.personByKey(organization, must(alice.keys[0]).blob)).toBe(alice);
    expect(lookup.membersOf(organization, must(parseTeamName('sre')))).toEqual([alice]);
  });

  it('finds an issuer only by its exact url', () => {
    expect(lookup.issuerByUrl(organization, 'https://gitlab.com')?.name).toBe('gitlab');
    expect(lookup.issuerByUrl(organization, 'https://gitlab.com/')).toBeUndefined();
  });

  it('puts dependencies before dependents, and knows both ways', () => {
    expect(organization.stacks.map((stack) => stack.name)).toEqual(['network', 'shop-production']);
    const dependents = lookup.dependentsOf(organization, must(parseStackName('network')));
    expect(dependents.map((stack) => stack.name)).toEqual(['shop-production']);
  });

  it('is frozen from the first instant to just before the last', () => {
    const stack = must(lookup.stackByName(organization, must(parseStackName('network'))));
    const [from, to] = [Date.UTC(2026, 11, 27, 15), Date.UTC(2027, 0, 4, 0)];
    const frozen = [from - 1, from, to - 1, to].map(
      (now) => lookup.freezesOf(organization, stack, now).length,
    );
    expect(frozen).toEqual([0, 1, 1, 0]);
  });
});
