import { describe, expect, it } from 'vitest';
import { differenceOf } from './difference.ts';
import { planToJson } from './json-view.ts';
import { planOf } from './review/compact-plan.ts';
import { review } from './review/index.ts';
import { notesOf } from './words.ts';

/** What every JavaScript object answers to, and what Terraform takes as the name of a tag, an attribute or a type. */
const INHERITED = Object.getOwnPropertyNames(Object.prototype).filter((name) => name !== '__proto__');

describe.each(INHERITED)('the name %s, which every object has', (name) => {
  const nothing = { address: 'a.b', replacePaths: [], changedSensitivePaths: [] };

  it('is a new tag’s like any other', () => {
    const [before, after] = [{ tags: { owner: 'a' } }, { tags: { owner: 'a', [name]: 'b' } }];
    const change = JSON.parse(JSON.stringify({ action: 'update', before, after }));
    expect(differenceOf({ ...nothing, ...change }).lines).toEqual([
      { path: `tags.${name}`, sign: '+', after: '"b"', forcesReplacement: false },
    ]);
    expect(differenceOf({ ...nothing, ...change, before: after, after: before }).lines).toEqual([
      { path: `tags.${name}`, sign: '-', before: '"b"', forcesReplacement: false },
    ]);
  });

  it('is a new attribute’s like any other', () => {
    const change = { action: 'update', before: {}, after: { [name]: 'b' } } as const;
    expect(differenceOf({ ...nothing, ...change }).lines).toMatchObject([{ path: name, sign: '+' }]);
  });

  it('is a reason that is shown as it is', () => {
    expect(notesOf({ reason: name }).map(({ en }) => en)).toEqual([name]);
  });

  it('is a resource type of which nothing special is known', () => {
    const reviewed = (type: string) => {
      const plan = planOf({ changes: [{ address: `${type}.a`, type, action: 'create', after: { b: 'c' } }] });
      return JSON.stringify(planToJson(plan, review(plan, {}))).replaceAll(`${type}.`, 'T.');
    };
    expect(reviewed(name)).toBe(reviewed('unheard_of'));
  });
});
