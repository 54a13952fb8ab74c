import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseStackName } from '#core-values';
import { parseRemote } from './remote.ts';
import { namesOf } from './survey.ts';

it.each([
  ['git@github.com:shop/infra.git', 'github.com', 'shop/infra'],
  ['https://github.com/shop/infra', 'github.com', 'shop/infra'],
  ['https://x-access-token:ghs_secret@github.com/shop/infra.git', 'github.com', 'shop/infra'],
  ['ssh://git@git.shop.example:2222/shop/infra.git', 'git.shop.example', 'shop/infra'],
  ['https://gitlab.com/shop/platform/infra.git', 'gitlab.com', 'shop/platform/infra'],
])('a remote %s is read without its credentials', (url, host, name) => {
  expect(parseRemote(url)).toEqual({ host, name });
});

it.each(['/srv/git/infra.git', '../infra', '', 'file:///srv/infra.git'])(
  '%s is no remote of a hosting',
  (url) => {
    expect(parseRemote(url)).toBeUndefined();
  },
);

it('stacks are named by the shortest end of their folder that no other has', () => {
  const paths = ['envs/production/network', 'envs/staging/network', 'stacks/Web_App', '.'];
  expect(Object.fromEntries(namesOf(paths))).toEqual({
    'envs/production/network': 'production-network',
    'envs/staging/network': 'staging-network',
    'stacks/Web_App': 'web-app',
    '.': 'root',
  });
});

it('every stack gets a name of its own, in the grammar of names', () => {
  const step = fc.stringMatching(/^[A-Za-z0-9_.ä-]{1,12}$/);
  const paths = fc.uniqueArray(
    fc.array(step, { minLength: 1, maxLength: 4 }).map((steps) => steps.join('/')),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(paths, (some) => {
      const names = [...namesOf(some).values()];
      expect(new Set(names).size).toBe(some.length);
      for (const name of names) expect(parseStackName(name)).toBe(name);
    }),
  );
});
