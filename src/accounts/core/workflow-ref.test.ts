import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseGitlabConfigRef, parseWorkflowRef } from './workflow-ref.ts';

const MAIN = 'shop/infra/.github/workflows/terraform.yml@refs/heads/main';
const letters = (first: string, rest: string) =>
  fc
    .tuple(fc.constantFrom(...first), fc.string({ unit: fc.constantFrom(...rest), maxLength: 12 }))
    .map(([a, b]) => a + b);
const word = letters('abcXYZ019_', 'abcXYZ019_-');

describe('attack 4: a workflow reference', () => {
  it('is read into repository, path and ref', () => {
    expect(parseWorkflowRef(MAIN)).toEqual({
      text: MAIN,
      repository: 'shop/infra',
      path: '.github/workflows/terraform.yml',
      ref: 'refs/heads/main',
    });
  });

  it.each([
    'shop/infra/.github/workflows/terraform.yaml@refs/tags/v1.2.3',
    'shop/infra/.github/workflows/terraform.yml@refs/heads/release/2026-11',
    'shop/infra/.github/workflows/terraform.yml@0123456789abcdef0123456789abcdef01234567',
    'shop/infra/.github/workflows/terraform.yml@refs/pull/7/merge',
    'shop/infra.io/.github/workflows/plan-and-apply.prod.yml@refs/heads/main',
  ])('of an ordinary shape is read: %s', (text) => {
    expect(parseWorkflowRef(text)?.text).toBe(text);
  });

  it.each([
    ['a second @', 'shop/infra/.github/workflows/x.yml@refs/heads/evil@refs/heads/main'],
    ['a second .yml in the branch', 'shop/infra/.github/workflows/x.yml@refs/heads/y.yml'],
    [
      'another workflow inside the branch',
      'shop/infra/.github/workflows/evil.yml@refs/heads/terraform.yml@refs/heads/main',
    ],
    ['.yml in the repository', 'shop/infra.yml/.github/workflows/x.yml@refs/heads/main'],
    ['.YML in other letters', 'shop/infra/.github/workflows/x.yml@refs/heads/a.YML'],
    ['no ref', 'shop/infra/.github/workflows/terraform.yml'],
    ['an empty ref', 'shop/infra/.github/workflows/terraform.yml@'],
    ['a short ref', 'shop/infra/.github/workflows/terraform.yml@main'],
    ['a short commit', 'shop/infra/.github/workflows/terraform.yml@0123456'],
    ['a glob', 'shop/infra/.github/workflows/*.yml@refs/heads/main'],
    ['a pattern', 'shop/infra/.github/workflows/(a|b).yml@refs/heads/main'],
    ['a policy variable', 'shop/infra/.github/workflows/x.yml@refs/heads/\u0024{aws:username}'],
    ['a way up', 'shop/infra/.github/workflows/../../x.yml@refs/heads/main'],
    ['dots in the ref', 'shop/infra/.github/workflows/x.yml@refs/heads/a..b'],
    ['another folder', 'shop/infra/workflows/x.yml@refs/heads/main'],
    ['a folder too many', 'shop/infra/.github/workflows/sub/x.yml@refs/heads/main'],
    ['no owner', 'infra/.github/workflows/x.yml@refs/heads/main'],
    ['a percent escape', 'shop%2Finfra/x/.github/workflows/x.yml@refs/heads/main'],
    ['a line break', `${MAIN}\n`],
    ['a space', ` ${MAIN}`],
    ['another file type', 'shop/infra/.github/workflows/x.json@refs/heads/main'],
    ['nothing', ''],
  ])('with %s is refused', (_, text) => {
    expect(parseWorkflowRef(text)).toBeUndefined();
  });

  it('is put together again from its parts, whatever the names', () => {
    fc.assert(
      fc.property(word, word, word, word, (owner, repository, file, branch) => {
        const text = `${owner}/${repository}/.github/workflows/${file}.yml@refs/heads/${branch}`;
        const read = parseWorkflowRef(text);
        expect(read && `${read.repository}/${read.path}@${read.ref}`).toBe(text);
      }),
    );
  });

  it('that is accepted can be cut in one way only: one @, one .yml, no pattern, no variable', () => {
    const pieces = fc.constantFrom(
      'shop',
      '/',
      'infra',
      '.github/workflows/',
      'x',
      '.yml',
      '.yaml',
      '@',
      'refs/heads/',
      'main',
      '..',
      '*',
      '$',
      ' ',
      '\n',
      '%40',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(pieces, { maxLength: 12 }).map((all) => all.join('')),
          fc.string(),
        ),
        (text) => {
          const read = parseWorkflowRef(text) ?? parseGitlabConfigRef(text);
          if (read === undefined) return;
          expect(text.split('@')).toHaveLength(2);
          expect(text.match(/\.ya?ml/gi)).toHaveLength(1);
          expect(text).toMatch(/^[A-Za-z0-9_./@-]+$/);
          expect(text).not.toContain('..');
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('with anything put into the accepted one, is either refused or says so in its parts', () => {
    fc.assert(
      fc.property(
        fc.nat(MAIN.length),
        fc.constantFrom('@', '.yml', '.yaml', '*', '|', '$', '\u0000', '//'),
        (at, extra) => {
          expect(parseWorkflowRef(MAIN.slice(0, at) + extra + MAIN.slice(at))).toBeUndefined();
        },
      ),
    );
  });
});

describe('a GitLab configuration reference', () => {
  it('is read into project with host, path and ref', () => {
    expect(parseGitlabConfigRef('gitlab.com/shop/team/infra//.gitlab-ci.yml@refs/heads/main')).toMatchObject({
      repository: 'gitlab.com/shop/team/infra',
      path: '.gitlab-ci.yml',
      ref: 'refs/heads/main',
    });
    expect(parseGitlabConfigRef('gitlab.com/shop/infra//ci/apply.yaml@refs/tags/v1')?.path).toBe(
      'ci/apply.yaml',
    );
  });

  it.each([
    'gitlab.com/shop/infra//.gitlab-ci.yml@refs/heads/a@refs/heads/main',
    'gitlab.com/shop/infra//a//.gitlab-ci.yml@refs/heads/main',
    'gitlab.com/infra//.gitlab-ci.yml@refs/heads/main',
    'gitlab.com/shop/infra/.gitlab-ci.yml@refs/heads/main',
    'gitlab.com/shop/infra//../.gitlab-ci.yml@refs/heads/main',
  ])('that could be read in two ways is refused: %s', (text) => {
    expect(parseGitlabConfigRef(text)).toBeUndefined();
  });
});
