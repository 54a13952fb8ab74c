import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matches, ownersOf, parseCodeowners } from './codeowners.ts';

/** The example of GitHub's documentation, word for word. */
const EXAMPLE = `# This is a comment.
# Each line is a file pattern followed by one or more owners.

# These owners will be the default owners for everything in
# the repo. Unless a later match takes precedence,
# @global-owner1 and @global-owner2 will be requested for
# review when someone opens a pull request.
*       @global-owner1 @global-owner2

# Order is important; the last matching pattern takes the most
# precedence. When someone opens a pull request that only
# modifies JS files, only @js-owner and not the global
# owner(s) will be requested for a review.
*.js    @js-owner #This is an inline comment.

# You can also use email addresses if you prefer. They'll be
# used to look up users just like we do for commit author
# emails.
*.go docs@example.com

# Teams can be specified as code owners as well. Teams should
# be identified in the format @org/team-name. Teams must have
# explicit write access to the repository. In this example,
# the octocats team in the octo-org organization owns all .txt files.
*.txt @octo-org/octocats

# In this example, @doctocat owns any files in the build/logs
# directory at the root of the repository and any of its
# subdirectories.
/build/logs/ @doctocat

# The \`docs/*\` pattern will match files like
# \`docs/getting-started.md\` but not further nested files like
# \`docs/build-app/troubleshooting.md\`.
docs/* docs@example.com

# In this example, @octocat owns any file in an apps directory
# anywhere in your repository.
apps/ @octocat

# In this example, @doctocat owns any file in the \`/docs\`
# directory in the root of your repository and any of its
# subdirectories.
/docs/ @doctocat

# In this example, any change inside the \`/scripts\` directory
# will require approval from @doctocat or @octocat.
/scripts/ @doctocat @octocat

# In this example, @octocat owns any file in a \`/logs\` directory such as
# \`/build/logs\`, \`/scripts/logs\`, and \`/deeply/nested/logs\`. Any changes
# in a \`/logs\` directory will require approval from @octocat.
**/logs @octocat

# In this example, @octocat owns any file in the \`/apps\`
# directory in the root of your repository except for the \`/apps/github\`
# subdirectory, as its owners are left empty. Without an owner, changes
# to \`apps/github\` can be made with the approval of any user who has
# write access to the repository.
/apps/ @octocat
/apps/github
`;

const ownersIn = (source: string, path: string): readonly string[] | undefined =>
  ownersOf(parseCodeowners(source), path)?.owners.map((owner) =>
    owner.kind === 'user'
      ? `@${owner.login}`
      : owner.kind === 'team'
        ? `@${owner.organization}/${owner.slug}`
        : owner.address,
  );

test('every sentence of GitHub’s own example holds', () => {
  expect(parseCodeowners(EXAMPLE).skipped).toEqual([]);
  for (const [path, owners] of [
    ['README.md', ['@global-owner1', '@global-owner2']],
    ['deep/er/x', ['@global-owner1', '@global-owner2']],
    ['src/a.js', ['@js-owner']],
    ['src/a.go', ['docs@example.com']],
    ['a/b.txt', ['@octo-org/octocats']],
    ['build/logs/x/y', ['@octocat']],
    ['docs/getting-started.md', ['@doctocat']],
    ['docs/build-app/troubleshooting.md', ['@doctocat']],
    ['x/apps/y', ['@octocat']],
    ['scripts/run', ['@doctocat', '@octocat']],
    ['scripts/logs/z', ['@octocat']],
    ['deeply/nested/logs/a/b', ['@octocat']],
    ['apps/a', ['@octocat']],
    ['apps/github/a', []],
  ] as const)
    expect(ownersIn(EXAMPLE, path), path).toEqual(owners);
});

test('a pattern means what GitHub says it means', () => {
  for (const [pattern, path, expected] of [
    ['docs/*', 'docs/a.md', true],
    ['docs/*', 'docs/b/a.md', false],
    ['docs/*', 'x/docs/a.md', false],
    ['/build/logs/', 'build/logs/a/b', true],
    ['/build/logs/', 'x/build/logs/a', false],
    ['build/logs', 'build/logs/a', true],
    ['build/logs', 'x/build/logs/a', false],
    ['apps/', 'apps', false],
    ['apps/', 'x/apps/a', true],
    ['/apps/github', 'apps/github', true],
    ['/apps/github', 'apps/github/a/b', true],
    ['/apps/github', 'apps/githubs', false],
    ['**/logs', 'logs/a', true],
    ['**/logs', 'a/b/logs', true],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b/c', true],
    ['a/**', 'a/x/y', true],
    ['a/**', 'a', false],
    ['**', 'a/b', true],
    ['*.js', 'a/b.js', true],
    ['*.js', 'a/b.JS', false],
    ['/*.js', 'a/b.js', false],
    ['/*.js', 'b.js', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['a\\ b', 'a b', true],
    ['a\\*', 'ab', false],
    ['a\\*', 'a*', true],
    ['/', 'a', false],
    ['*', 'a/b', true],
    ['modules/*/main.tf', 'modules/vpc/main.tf', true],
    ['modules/*/main.tf', 'modules/a/vpc/main.tf', false],
  ] as const)
    expect(matches(pattern, path), `${pattern} on ${path}`).toBe(expected);
});

test('what GitHub documents not to work is skipped, and so is a line with an owner that is none', () => {
  const { lines, skipped } = parseCodeowners(
    ['!a @x', '[ab].js @x', '\\#a @x', 'a @', 'b x', 'c @x @org/', 'd @x', '', '# e @x', 'f'].join('\n'),
  );
  expect(skipped).toEqual([1, 2, 3, 4, 5, 6]);
  expect(lines.map(({ pattern }) => pattern)).toEqual(['d', 'f']);
});

test('a file of more than 3 MB gives nobody anything, as GitHub does not load it', () => {
  expect(ownersIn(`${'# x'.repeat(1024 * 1024)}\n* @x`, 'a')).toBeUndefined();
});

test('a section of another product gives nobody anything', () => {
  expect(parseCodeowners('[Documentation] @x\n^[Other][2] @y').lines).toEqual([]);
});

test('no pattern takes longer than its length and the path’s', () => {
  const pattern = `${'**/a*'.repeat(200)}b`;
  const path = `${'aaaa/'.repeat(400)}c`;
  expect(matches(pattern, path)).toBe(false);
});

test('whatever stands in the file is read, and the last line that matches wins', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (lines) => {
      const read = parseCodeowners([...lines, '* @last'].join('\n'));
      expect(ownersOf(read, 'any/file')?.owners).toEqual([{ kind: 'user', login: 'last' }]);
    }),
  );
});
