import { describe, expect, it } from 'vitest';
import { hclParser } from '#plan/hcl';
import { affectedStacks, type Repository, readRepository, repositoryReader } from './index.ts';
import { repositoryOf, stackOf } from './testing.ts';

type Entry = readonly [path: string, text: string];

const entry = (path: string, text: string): Entry => [path, text];
const repositoryOfAll = (entries: readonly Entry[], named: readonly string[] = []): Promise<Repository> =>
  repositoryOf(Object.fromEntries(entries), named);

const NETWORK = `
terraform {
  required_version = ">= 1.10"
  backend "s3" {
    bucket       = "state"
    key          = "network.tfstate"
    region       = var.region
    assume_role = { role_arn = "arn:aws:iam::111111111111:role/state" }
  }
  required_providers {
    aws = { source = "hashicorp/aws", version = "5.100.0" }
  }
}

provider "aws" {
  region              = "ap-northeast-1"
  allowed_account_ids = ["111111111111"]
}

# A comment about a module "x" {}
provider "aws" {
  alias  = "virginia"
  region = "us-east-1"
  assume_role { role_arn = "arn:aws:iam::222222222222:role/deploy" }
}

module "queue" {
  source = "../../modules/queue"
  policy = templatefile("\${path.module}/policies/queue.json.tftpl", {})
}
`;

describe('reading a repository', { timeout: 60_000 }, () => {
  it('tells whose states are read, as far as the text says where they lie, also of a file without other blocks', async () => {
    const source = `locals { x = data.terraform_remote_state.network.outputs }
data "terraform_remote_state" "network" {
  backend   = "s3"
  workspace = "default"
  config = {
    bucket = "state"
    key    = "network.tfstate"
    region = var.region
  }
}
data "terraform_remote_state" "of_cloud" {
  backend = "remote"
  config  = { organization = "shop", workspaces = { name = "dns" } }
}
data "terraform_remote_state" "anywhere" {
  backend = var.backend
}
data "aws_caller_identity" "this" {}
`;
    const { modules } = await repositoryOfAll([entry('shop/main.tf', source)]);
    expect(modules.get('shop')?.remoteStates).toEqual([
      {
        ...{ name: 'network', type: 's3', settings: { bucket: 'state', key: 'network.tfstate' } },
        place: { file: 'shop/main.tf', line: 2 },
      },
      {
        ...{ name: 'of_cloud', type: 'remote', settings: { organization: 'shop', 'workspaces.name': 'dns' } },
        place: { file: 'shop/main.tf', line: 11 },
      },
    ]);
  });

  it('tells backend, providers, modules and files of a root module, with their lines', async () => {
    const { roots } = await repositoryOfAll([entry('stacks/network/main.tf', NETWORK)]);
    expect(roots).toEqual([
      {
        path: 'stacks/network',
        because: 'backend',
        backend: {
          type: 's3',
          settings: {
            bucket: 'state',
            key: 'network.tfstate',
            'assume_role.role_arn': 'arn:aws:iam::111111111111:role/state',
          },
          place: { file: 'stacks/network/main.tf', line: 4 },
        },
        providers: [
          {
            ...{ name: 'aws', source: 'hashicorp/aws', region: 'ap-northeast-1' },
            ...{ allowedAccountIds: ['111111111111'], assumeRoleArns: [] },
            place: { file: 'stacks/network/main.tf', line: 15 },
          },
          {
            ...{ name: 'aws', source: 'hashicorp/aws', alias: 'virginia', region: 'us-east-1' },
            ...{ allowedAccountIds: [], assumeRoleArns: ['arn:aws:iam::222222222222:role/deploy'] },
            place: { file: 'stacks/network/main.tf', line: 21 },
          },
        ],
        requiredProviders: [{ name: 'aws', source: 'hashicorp/aws', version: '5.100.0' }],
        modules: [
          {
            ...{ name: 'queue', source: '../../modules/queue', kind: 'local', localPath: 'modules/queue' },
            place: { file: 'stacks/network/main.tf', line: 27 },
          },
        ],
        requiredVersion: '>= 1.10',
        remoteStates: [],
        readsFiles: [{ from: 'module', path: 'stacks/network/policies/queue.json.tftpl', reach: 'exact' }],
        faults: [],
      },
    ]);
  });

  it('reads JSON as it reads HCL', async () => {
    const json = {
      terraform: {
        backend: { s3: { bucket: 'state' } },
        required_providers: { aws: { source: 'hashicorp/aws' } },
      },
      provider: { aws: [{ region: 'ap-northeast-1' }, { alias: 'b', region: 'us-east-1' }] },
      module: { queue: { source: '../queue', policy: `\${file("../../shared/policy.json")}` } },
    };
    const { roots } = await repositoryOfAll([entry('a/b/main.tf.json', JSON.stringify(json))]);
    expect(roots).toMatchObject([
      {
        backend: { type: 's3', settings: { bucket: 'state' } },
        providers: [{ region: 'ap-northeast-1' }, { alias: 'b' }],
        modules: [{ kind: 'local', localPath: 'a/queue' }],
        readsFiles: [
          { from: 'root', path: '../../shared/policy.json' },
          { from: 'module', path: 'shared/policy.json' },
        ],
      },
    ]);
  });

  it('keeps a file that does not parse as a fault of its module, with its line, and reads the others', async () => {
    const { modules } = await repositoryOfAll([
      entry('broken/main.tf', 'provider "aws" {}\nmodule "x" {'),
      entry('twice/main.tf.json', '{"module": {"a": {"source": "./a"}}, "module": {}}'),
      entry('good/main.tf', 'provider "aws" {}'),
    ]);
    const faults = [...modules.values()].map(({ path, faults }) => [path, faults.map(({ place }) => place)]);
    expect(faults).toEqual([
      ['broken', [{ file: 'broken/main.tf', line: 2, column: 12 }]],
      ['twice', [{ file: 'twice/main.tf.json', line: 1, column: 46 }]],
      ['good', []],
    ]);
  });
});

describe('the parser', { timeout: 60_000 }, () => {
  const files = [
    { path: 'a/main.tf', text: 'module "m" {\n  source = "../m"\n}' },
    { path: 'b/main.tf', text: 'module "m" {\n  source = "../m"\n}' },
    { path: 'b/queue.tf', text: 'resource "aws_sqs_queue" "q" {\n  name = module.m.name\n}' },
  ];

  it('is asked again when another file ended it, once for each text, and not for resources alone', async () => {
    let asked = 0;
    const read = repositoryReader(() => async (_, source) => {
      asked += 1;
      if (asked === 1) throw new Error('The HCL parser has ended');
      return hclParser()('', source);
    });
    const [first, second] = [await read(files), await read(files)];
    const calls = first.ok
      ? [...first.value.modules.values()].map(({ modules }) => modules[0]?.localPath)
      : [];
    expect([calls, first, asked]).toEqual([['m', 'm'], second, 2]);
  });

  it('is never asked more than two questions at once: others wait for it too', async () => {
    let [open, most] = [0, 0];
    const read = repositoryReader(() => async () => {
      open += 1;
      most = Math.max(most, open);
      await Promise.resolve();
      open -= 1;
      return '{}';
    });
    const many = Array.from({ length: 20 }, (_, index) => ({
      path: `${index}/main.tf`,
      text: `# ${index}\nmodule "m" {}`,
    }));
    const repository = await read(many);
    expect([most, repository.ok && repository.value.modules.size]).toEqual([2, 20]);
  });

  it('that ends again leaves a fault and no exception', async () => {
    const read = repositoryReader(() => () => Promise.reject(new Error('The HCL parser has ended')));
    const repository = await read(files);
    const faults = repository.ok ? repository.value.modules.get('a')?.faults : [];
    expect(faults?.map(({ rule }) => rule)).toEqual(['repository.unreadable']);
  });

  it('is not given more than anybody writes', async () => {
    const long = await readRepository([{ path: 'a/main.tf', text: `# module "\n${' '.repeat(1_000_000)}` }]);
    const faults = long.ok ? long.value.modules.get('a')?.faults : [];
    expect(faults?.map(({ rule }) => rule)).toEqual(['repository.file-too-large']);
    const text = ' '.repeat(1_000_000);
    const many = await readRepository(
      Array.from({ length: 51 }, (_, index) => ({ path: `${index}/a.tf`, text })),
    );
    expect(many.ok ? 'read' : many.error.code).toBe('too-large');
  });

  it('is a fault of its file where it is nested deeper than anybody writes, and hides no other', async () => {
    const deep = `terraform {}\nlocals {\n  a = ${'['.repeat(1_000)}${']'.repeat(1_000)}\n}\n`;
    const { modules } = await repositoryOf({ 'deep/main.tf': deep, 'a/main.tf': 'terraform {}\n' });
    expect(modules.get('deep')?.faults.map(({ rule }) => rule)).toEqual(['repository.unreadable']);
    expect(modules.get('a')?.faults).toEqual([]);
  });

  it('is read as fast as any other where a line goes on in spaces', async () => {
    const source = `provider "aws" {}\n/*\nmodule${' '.repeat(150_000)}\n*/\n`;
    const { modules } = await repositoryOf({ 'a/main.tf': source });
    expect(modules.get('a')?.faults).toEqual([]);
  });

  it('and all that follows take no long time for what strangers may write', async () => {
    const steps = 'a/'.repeat(50_000);
    const hostile: Record<string, string> = {
      'a/main.tf': `module "m" {\n  source = "./${steps}"\n}\nlocals {\n  x = file("\${path.module}/${steps}")\n}`,
      'b/main.tf': `locals {\n  x = "../${steps}"\n}\n${'${ '.repeat(50_000)}${'file('.repeat(30_000)}`,
    };
    for (let index = 0; index < 500; index += 1) {
      hostile[`chain/${index}/main.tf`] = `module "next" {\n  source = "../${index + 1}"\n}`;
    }
    const repository = await repositoryOf(hostile, ['chain/0', 'a', 'b']);
    expect(['a', 'b'].flatMap((path) => repository.modules.get(path)?.readsFiles)).toEqual([]);
    const stacks = [stackOf('chain', 'chain/0'), stackOf('a', 'a'), stackOf('b', 'b')];
    const changedFiles = [{ path: 'chain/499/x.tf', status: 'added' }] as const;
    const { stacks: affected } = affectedStacks({
      stacks,
      before: repository,
      after: repository,
      changedFiles,
    });
    expect(affected.map(({ stack }) => stack)).toEqual(['chain', 'a']);
  }, 20_000);
});

describe('what is a root module', { timeout: 60_000 }, () => {
  const verdicts = async (files: readonly Entry[], named: readonly string[] = []) => {
    const { roots, notRoots } = await repositoryOfAll(files, named);
    return Object.fromEntries([...roots, ...notRoots].map(({ path, because }) => [path, because]));
  };

  it('has a backend, or configures a provider and is called by nobody, or is named', async () => {
    const files = [
      entry(
        'a/main.tf',
        'terraform {\n  cloud {\n    organization = "o"\n  }\n}\nmodule "m" {\n  source = "../m"\n}',
      ),
      entry('b/main.tf', 'provider "aws" {}'),
      entry('c/main.tf', 'resource "aws_sqs_queue" "q" {}'),
      entry('d/main.tf', 'resource "aws_sqs_queue" "q" {}'),
      entry('m/main.tf', 'provider "aws" {}'),
    ];
    expect(await verdicts(files, ['c'])).toEqual({
      ...{ a: 'backend', b: 'provider', c: 'named', d: 'nothing-configured', m: 'called' },
    });
  });

  it('is no example or test of a module, but `environments/test` is one', async () => {
    const backend = 'terraform {\n  backend "s3" {}\n}';
    const files = [
      ...['modules/queue/examples/simple', 'modules/queue/tests/setup', 'environments/test', 'test/network'],
      ...['lib/vpc/fixtures/a', 'examples'],
    ].map((folder) => entry(`${folder}/main.tf`, backend));
    expect(await verdicts([...files, entry('lib/vpc/main.tf', '')])).toEqual({
      'environments/test': 'backend',
      'test/network': 'backend',
      examples: 'backend',
      'lib/vpc': 'nothing-configured',
      'lib/vpc/fixtures/a': 'test',
      'modules/queue/examples/simple': 'example',
      'modules/queue/tests/setup': 'test',
    });
  });

  it('is never what terraform init copied', async () => {
    const copied = entry('a/.terraform/modules/x/main.tf', 'provider "aws" {}');
    expect(await verdicts([copied])).toEqual({});
  });
});

describe('symbolic links', { timeout: 60_000 }, () => {
  it('bring the file that they lead to into the module', async () => {
    const { roots } = await repositoryOfAll([
      entry('stacks/a/providers.tf', '-> ../../shared/providers.tf'),
      entry('shared/providers.tf', 'provider "aws" {\n  region = "eu-west-1"\n}'),
    ]);
    expect(roots.map(({ path, providers }) => [path, providers[0]?.region])).toContainEqual([
      'stacks/a',
      'eu-west-1',
    ]);
  });

  it('are followed on the way to a module', async () => {
    const { modules } = await repositoryOfAll([
      entry('stacks/a/modules', '-> ../../modules'),
      entry('stacks/a/main.tf', 'module "q" {\n  source = "./modules/queue"\n}'),
      entry('modules/queue/main.tf', ''),
    ]);
    expect(modules.get('stacks/a')?.modules[0]?.localPath).toBe('modules/queue');
  });

  it('are left behind by what the module calls: `terraform init` writes the same into modules.json', async () => {
    const { modules } = await repositoryOfAll([
      entry('stacks/a/q', '-> ../../modules/queue'),
      entry('stacks/a/#main.tf', 'module "q" {\n  source = "./q"\n}'),
      entry('modules/queue/main.tf', 'module "tags" {\n  source = "../tags"\n}'),
    ]);
    const calls = [...modules.values()].map((module) => [module.path, module.modules[0]?.localPath]);
    expect(calls).toEqual([
      ['stacks/a', 'modules/queue'],
      ['modules/queue', 'modules/tags'],
    ]);
  });

  it.each([
    ['nowhere', '../gone.tf'],
    ['out of the repository', '../../../etc/x.tf'],
    ['to itself', 'providers.tf'],
    ['to an absolute path', '/etc/x.tf'],
  ])('that lead %s are a fault', async (_, target) => {
    const { modules } = await repositoryOfAll([entry('stacks/a/providers.tf', `-> ${target}`)]);
    expect(modules.get('stacks/a')?.faults.map(({ rule }) => rule)).toEqual(['repository.broken-link']);
  });
});
