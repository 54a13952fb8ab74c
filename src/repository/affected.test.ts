import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Affected, affectedStacks, type ChangedFile, everyStack, MOST_REASONS } from './core/index.ts';
import { affectedBy, repositoryOf, stackOf, type Tree } from './testing.ts';

const ROOT = 'terraform {\n  backend "s3" {}\n}\n';
const calling = (...sources: readonly string[]): string =>
  ROOT + sources.map((source, index) => `module "m${index}" {\n  source = "${source}"\n}\n`).join('');

const TREE: Tree = {
  'stacks/a/main.tf': calling('../../modules/queue'),
  'stacks/a/.terraform.lock.hcl': '# 1',
  'stacks/ab/main.tf': calling('../../modules/topic'),
  'stacks/c/main.tf': ROOT,
  'modules/queue/main.tf': 'module "tags" {\n  source = "../tags"\n}\n',
  'modules/topic/main.tf': '',
  'modules/tags/main.tf': '',
  'modules/unused/main.tf': '',
};
const STACKS = [stackOf('a', 'stacks/a'), stackOf('ab', 'stacks/ab'), stackOf('c', 'stacks/c')];

/** `a: module modules/tags/main.tf via stacks/a > modules/queue > modules/tags`, a line a reason. */
const said = ({ stacks }: Affected): readonly string[] =>
  stacks.flatMap(({ stack, fate, movedTo, reasons }) =>
    reasons.map(({ kind, path, via }) => {
      const way = via === undefined ? '' : ` via ${via.join(' > ')}`;
      return `${fate === 'plan' ? '' : `${fate}${movedTo === undefined ? '' : ` to ${movedTo}`} `}${stack}: ${kind} ${path}${way}`;
    }),
  );

const namesOf = ({ stacks }: Affected): readonly string[] => stacks.map(({ stack }) => stack);

describe('which stacks a change affects', { timeout: 60_000 }, () => {
  it('names the stack whose folder changes, and not the one whose name begins the same', async () => {
    expect(said(await affectedBy(STACKS, TREE, { 'stacks/a/main.tf': ROOT }))).toEqual([
      'a: folder stacks/a/main.tf',
    ]);
    expect(said(await affectedBy(STACKS, TREE, { 'stacks/ab/x.tf': '' }))).toEqual([
      'ab: folder stacks/ab/x.tf',
    ]);
  });

  it('counts files of any kind in the folder and below it, and says which is the lock file', async () => {
    const edit = { 'stacks/a/.terraform.lock.hcl': '# 2', 'stacks/a/deep/er/policy.json': '{}' };
    expect(said(await affectedBy(STACKS, TREE, edit))).toEqual([
      'a: folder stacks/a/deep/er/policy.json',
      'a: lock-file stacks/a/.terraform.lock.hcl',
    ]);
  });

  it('leaves a stack that lies in the folder of another to itself', async () => {
    const tree = { ...TREE, 'stacks/a/nested/main.tf': ROOT };
    const stacks = [...STACKS, stackOf('nested', 'stacks/a/nested')];
    const affected = await affectedBy(stacks, tree, { 'stacks/a/nested/x.json': '' });
    expect(said(affected)).toEqual(['nested: folder stacks/a/nested/x.json']);
  });

  it('finds a module that is used through another module, and tells the way', async () => {
    expect(said(await affectedBy(STACKS, TREE, { 'modules/tags/files/x.txt': 'new' }))).toEqual([
      'a: module modules/tags/files/x.txt via stacks/a > modules/queue > modules/tags',
    ]);
  });

  it('affects nobody by a module that nobody uses, or by a file of no stack', async () => {
    const affected = await affectedBy(STACKS, TREE, {
      'modules/unused/main.tf': '# new',
      'README.md': 'new',
    });
    expect(said(affected)).toEqual([]);
  });

  it('counts a module that the stack used only before, or uses only after the change', async () => {
    const dropped = await affectedBy(STACKS, TREE, {
      'modules/queue/main.tf': '',
      'modules/tags/main.tf': '# new',
    });
    expect(said(dropped)).toContain(
      'a: module modules/tags/main.tf via stacks/a > modules/queue > modules/tags',
    );
    const taken = await affectedBy(STACKS, TREE, {
      'modules/topic/main.tf': 'module "u" {\n  source = "../unused"\n}',
      'modules/unused/main.tf': '# new',
    });
    expect(said(taken)).toContain(
      'ab: module modules/unused/main.tf via stacks/ab > modules/topic > modules/unused',
    );
  });

  it('ends at a circle of modules', async () => {
    const tree = { ...TREE, 'modules/tags/main.tf': 'module "q" {\n  source = "../queue"\n}' };
    expect(namesOf(await affectedBy(STACKS, tree, { 'modules/queue/x.tf': '' }))).toEqual(['a']);
  });

  it('is not disturbed by modules from outside the repository', async () => {
    const outside = calling(
      '../../../elsewhere',
      'terraform-aws-modules/vpc/aws',
      'git::https://example.com/x.git',
    );
    const tree = { ...TREE, 'stacks/c/main.tf': outside };
    expect(
      said(await affectedBy(STACKS, tree, { 'elsewhere/main.tf': '', 'modules/queue/x.tf': '' })),
    ).toEqual(['a: module modules/queue/x.tf via stacks/a > modules/queue']);
  });

  it('keeps folders apart whose names differ by case, but finds what a Mac would have found', async () => {
    const tree = {
      ...TREE,
      'stacks/C/main.tf': ROOT,
      'stacks/c/main.tf': calling('../../Modules/Queue'),
    };
    const stacks = [...STACKS, stackOf('upper', 'stacks/C')];
    expect(said(await affectedBy(stacks, tree, { 'stacks/C/x.tf': '' }))).toEqual([
      'upper: folder stacks/C/x.tf',
    ]);
    expect(namesOf(await affectedBy(stacks, tree, { 'modules/queue/x.tf': '' }))).toEqual(['a', 'c']);
  });

  it('takes a submodule of Git’s as all that it holds', async () => {
    const tree = { ...TREE, 'stacks/c/main.tf': calling('../../vendor/lib/queue') };
    expect(said(await affectedBy(STACKS, tree, { 'vendor/lib': 'another commit' }))).toEqual([
      'c: module vendor/lib via stacks/c > vendor/lib/queue',
    ]);
  });

  it('tells of a stack at the root of the repository what belongs to no other module', async () => {
    const tree = { ...TREE, 'main.tf': calling('./modules/topic') };
    const stacks = [...STACKS, stackOf('root', '.')];
    expect(said(await affectedBy(stacks, tree, { 'templates/x.json': '' }))).toEqual([
      'root: folder templates/x.json',
    ]);
    expect(namesOf(await affectedBy(stacks, tree, { 'modules/queue/x.tf': '' }))).toEqual(['a']);
    expect(namesOf(await affectedBy(stacks, tree, { 'modules/topic/x.tf': '' }))).toEqual(['ab', 'root']);
  });
});

describe('files that stacks share', { timeout: 60_000 }, () => {
  const reading = (expression: string): Tree => ({
    ...TREE,
    'stacks/c/main.tf': `${ROOT}locals {\n  x = ${expression}\n}\n`,
  });

  it.each([
    `file("\${path.module}/../../shared/policies/a.json")`,
    `templatefile("\${path.root}/../../shared/policies/a.json", {})`,
    'file("../../shared/policies/a.json")',
    '"../../shared/policies/a.json"',
    `"\${path.module}/../../shared/policies"`,
    `file("\${path.module}/../../shared/policies/\${var.name}.json")`,
    `filemd5("\${path.module}/../../shared/pol\${var.x}")`,
    `fileset("\${path.module}/../../shared", "**/*.json")`,
    'fileset(path.module, "../../shared/*/a.json")',
    `jsonencode({ a = [templatefile("\${path.module}/../../shared/policies/a.json", { b = "c" })] })`,
    `<<-EOT\n    \${file("\${path.module}/../../shared/policies/a.json")}\n  EOT`,
  ])('affect who mentions them: %s', async (expression) => {
    const affected = await affectedBy(STACKS, reading(expression), { 'shared/policies/a.json': '{}' });
    expect(said(affected)).toEqual(['c: shared-file shared/policies/a.json']);
  });

  it('affect whoever uses the module that mentions them, seen from where Terraform runs', async () => {
    const tree = {
      ...TREE,
      'modules/tags/main.tf': `locals {\n  a = file("\${path.root}/../../shared/tags.json")\n}`,
    };
    expect(said(await affectedBy(STACKS, tree, { 'shared/tags.json': '{}' }))).toEqual([
      'a: shared-file shared/tags.json via stacks/a > modules/queue > modules/tags',
    ]);
  });

  it('affect nobody by a name that only begins the same', async () => {
    const tree = reading(`file("\${path.module}/../../shared/a.json")`);
    expect(said(await affectedBy(STACKS, tree, { 'shared/a.jsonnet': '', 'shared/b.json': '' }))).toEqual([]);
  });

  it('affect who declares them', async () => {
    const stacks = [
      stackOf('a', 'stacks/a', { alsoAffectedBy: ['environments/*.tfvars', 'shared'] }),
      stackOf('c', 'stacks/c', { alsoAffectedBy: ['**/*.rego'] }),
    ];
    const edit = {
      'environments/prod.tfvars': '',
      'environments/eu/prod.tfvars': '',
      'shared/x/y.txt': '',
      'p/q.rego': '',
    };
    expect(said(await affectedBy(stacks, TREE, edit))).toEqual([
      'a: declared environments/prod.tfvars',
      'a: declared shared/x/y.txt',
      'c: declared p/q.rego',
    ]);
  });
});

describe('symbolic links', { timeout: 60_000 }, () => {
  it('bring the changes of what they lead to', async () => {
    const tree = {
      ...TREE,
      'shared/providers.tf': 'provider "aws" {}',
      'shared/files/x.json': '1',
      'stacks/c/providers.tf': '-> ../../shared/providers.tf',
      'stacks/ab/files': '-> ../../shared/files',
    };
    expect(said(await affectedBy(STACKS, tree, { 'shared/providers.tf': '' }))).toEqual([
      'c: shared-file shared/providers.tf',
    ]);
    expect(said(await affectedBy(STACKS, tree, { 'shared/files/x.json': '2' }))).toEqual([
      'ab: shared-file shared/files/x.json',
    ]);
  });

  it('on the way to a module count when they lead elsewhere', async () => {
    const tree = {
      ...TREE,
      current: '-> modules',
      'stacks/c/main.tf': calling('../../current/tags'),
    };
    expect(namesOf(await affectedBy(STACKS, tree, { 'modules/tags/main.tf': '# new' }))).toEqual(['a', 'c']);
    expect(said(await affectedBy(STACKS, tree, { current: '-> modules-2' }))).toEqual([
      'c: module current via stacks/c > current/tags',
    ]);
  });

  it('may be the folder of a stack', async () => {
    const stacks = [...STACKS, stackOf('live', 'live')];
    const tree = { ...TREE, live: '-> stacks/c' };
    expect(said(await affectedBy(stacks, tree, { 'stacks/c/x.tf': '' }))).toEqual([
      'c: folder stacks/c/x.tf',
      'live: folder stacks/c/x.tf',
    ]);
    expect(said(await affectedBy(stacks, tree, { live: '-> stacks/a' }))).toEqual(['live: folder live']);
  });
});

describe('what cannot be read', { timeout: 60_000 }, () => {
  it('affects every stack that uses it, by any change', async () => {
    const tree = { ...TREE, 'modules/tags/broken.tf': 'module "x" {' };
    expect(said(await affectedBy(STACKS, tree, { 'README.md': 'new' }))).toEqual([
      'a: unreadable modules/tags/broken.tf via stacks/a > modules/queue > modules/tags',
    ]);
  });

  it('affects also while it is corrected', async () => {
    const tree = { ...TREE, 'stacks/c/broken.tf': 'module "x" {' };
    expect(said(await affectedBy(STACKS, tree, { 'stacks/c/broken.tf': '' }))).toEqual([
      'c: folder stacks/c/broken.tf',
      'c: unreadable stacks/c/broken.tf',
    ]);
  });

  it('includes a module whose source is computed: all that it could be, or anything', async () => {
    const below = { ...TREE, 'stacks/c/main.tf': calling(`../../modules/t\${var.x}`) };
    expect(namesOf(await affectedBy(STACKS, below, { 'modules/unused/main.tf': '# new' }))).toEqual(['c']);
    const anything = { ...TREE, 'stacks/c/main.tf': calling(`\${var.x}`) };
    expect(said(await affectedBy(STACKS, anything, { 'README.md': 'new' }))).toEqual([
      'c: unreadable stacks/c/main.tf',
    ]);
  });
});

describe('stacks whose folder is gone', { timeout: 60_000 }, () => {
  it('are deleted and not planned (Atlantis 1122)', async () => {
    const affected = await affectedBy(STACKS, TREE, { 'stacks/c/main.tf': undefined });
    expect(said(affected)).toEqual(['deleted c: deleted stacks/c']);
    expect(affected.stacks.map(({ wave }) => wave)).toEqual([0]);
  });

  it('are deleted also where other files than configuration stay', async () => {
    const tree = { ...TREE, 'stacks/c/README.md': 'about' };
    expect(said(await affectedBy(STACKS, tree, { 'stacks/c/main.tf': undefined }))).toEqual([
      'deleted c: deleted stacks/c',
    ]);
  });

  it('are moved where their files were renamed, and only the stack that is there now is planned', async () => {
    const stacks = [...STACKS, stackOf('d', 'live/d')];
    const affected = await affectedBy(stacks, TREE, {}, { 'stacks/c/main.tf': 'live/d/main.tf' });
    expect(said(affected)).toEqual(['moved to live/d c: renamed stacks/c', 'd: folder live/d/main.tf']);
  });

  it('on both sides of the change are a problem with a remedy', async () => {
    const affected = await affectedBy([...STACKS, stackOf('gone', 'stacks/gone')], TREE, {
      'stacks/c/x.tf': '',
    });
    expect(affected.missing.map(({ stack, reason }) => [stack, reason.rule])).toEqual([
      ['gone', 'repository.stack-without-folder'],
    ]);
    expect(affected.missing[0]?.reason.message.en).toContain('stacks/gone');
    expect(namesOf(affected)).toEqual(['c']);
  });

  it('are planned where the change brings it', async () => {
    const affected = await affectedBy([stackOf('new', 'stacks/new')], TREE, { 'stacks/new/main.tf': ROOT });
    expect(said(affected)).toEqual(['new: folder stacks/new/main.tf']);
  });
});

describe('waves', { timeout: 60_000 }, () => {
  it('put a stack after those that it depends on, also by way of one that is not affected', async () => {
    const stacks = [
      stackOf('c', 'stacks/c', { dependsOn: ['ab'] }),
      stackOf('ab', 'stacks/ab', { dependsOn: ['a', 'elsewhere'] }),
      stackOf('a', 'stacks/a'),
    ];
    const edit = { 'stacks/a/x.tf': '', 'stacks/c/x.tf': '' };
    const waves = ({ stacks: found }: Affected) => found.map(({ stack, wave }) => `${stack} ${wave}`);
    expect(waves(await affectedBy(stacks, TREE, edit))).toEqual(['a 1', 'c 2']);
    expect(waves(await affectedBy(stacks, TREE, { ...edit, 'stacks/ab/x.tf': '' }))).toEqual([
      'a 1',
      'ab 2',
      'c 3',
    ]);
    expect(waves(everyStack(stacks, await repositoryOf(TREE)))).toEqual(['a 1', 'ab 2', 'c 3']);
  });

  it('come to an end where stacks depend on each other in a circle', async () => {
    const stacks = [
      stackOf('a', 'stacks/a', { dependsOn: ['c'] }),
      stackOf('c', 'stacks/c', { dependsOn: ['a'] }),
    ];
    const affected = await affectedBy(stacks, TREE, { 'stacks/a/x.tf': '', 'stacks/c/x.tf': '' });
    expect(namesOf(affected)).toEqual(['a', 'c']);
  });
});

describe('however many', { timeout: 60_000 }, () => {
  it('reasons there are, only a few are told', async () => {
    const edit = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`stacks/c/${index}.tf`, '']));
    const [affected] = (await affectedBy(STACKS, TREE, edit)).stacks;
    expect(affected).toMatchObject({ hasMoreReasons: true });
    expect(affected?.reasons).toHaveLength(MOST_REASONS);
  });

  const anyPath = fc
    .array(fc.constantFrom('stacks', 'modules', 'shared', 'a', 'ab', 'queue', 'tags', 'main.tf', 'x.json'), {
      minLength: 1,
      maxLength: 4,
    })
    .map((steps) => steps.join('/'));
  const anyChange: fc.Arbitrary<ChangedFile> = fc.record({
    path: anyPath,
    status: fc.constantFrom('added', 'modified', 'deleted'),
  });

  it('files change, one more never takes a stack away, and their order is of no matter', async () => {
    const stacks = [...STACKS, stackOf('root', '.', { alsoAffectedBy: ['shared/**'] })];
    const repository = await repositoryOf({ ...TREE, 'main.tf': ROOT });
    const judge = (changedFiles: readonly ChangedFile[]) =>
      affectedStacks({ stacks, before: repository, after: repository, changedFiles });
    fc.assert(
      fc.property(fc.array(anyChange, { maxLength: 12 }), anyChange, (changes, more) => {
        const fewer = judge(changes);
        expect(namesOf(judge([...changes, more]))).toEqual(expect.arrayContaining([...namesOf(fewer)]));
        expect(judge(changes.toReversed())).toEqual(fewer);
      }),
    );
  });

  it('the order of the repository’s files is of no matter either', async () => {
    const change = { path: 'modules/tags/main.tf', status: 'modified' } as const;
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(Object.entries(TREE), { minLength: 8 }), async (entries) => {
        const [ordered, shuffled] = [
          await repositoryOf(TREE),
          await repositoryOf(Object.fromEntries(entries)),
        ];
        expect(shuffled.roots).toEqual(ordered.roots);
        const judge = (after: typeof ordered) =>
          affectedStacks({ stacks: STACKS, before: ordered, after, changedFiles: [change] });
        expect(judge(shuffled)).toEqual(judge(ordered));
      }),
      { numRuns: 20 },
    );
  });
});
