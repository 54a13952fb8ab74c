import { expect, it } from 'vitest';
import { readRepository } from '#repository';
import { orderQuestions } from './order-questions.ts';
import type { Known } from './question.ts';
import { stateDependencies } from './state-dependencies.ts';
import type { FoundStack } from './survey.ts';

const stack = (key: string, reads: Readonly<Record<string, string>> = {}, bucket = '"state"'): string =>
  `terraform {
  backend "s3" {
    bucket = ${bucket}
    key    = "${key}"
  }
}
${Object.entries(reads)
  .map(([name, wanted]) => s3State(name, wanted))
  .join('')}`;
const s3State = (name: string, key: string, bucket = 'state'): string =>
  `data "terraform_remote_state" "${name}" {
  backend = "s3"
  config  = { bucket = "${bucket}", key = "${key}" }
}
`;

/** Which stack waits for which, by their folders. */
async function found(files: Readonly<Record<string, string>>) {
  const read = await readRepository(Object.entries(files).map(([path, text]) => ({ path, text })));
  if (!read.ok) throw new Error(read.error.reasons[0].message.en);
  const places = read.value.roots.map(({ path, backend }) => ({ path, ...(backend && { backend }) }));
  return stateDependencies(read.value, places);
}
const edges = async (files: Readonly<Record<string, string>>) =>
  [...(await found(files))].flatMap(([path, reads]) =>
    reads.map((one) => `${path} → ${one.path}${one.closesCircle ? ' (circle)' : ''}`),
  );

it('a stack waits for the one whose state it reads, and it is known where it says so', async () => {
  const files = {
    'network/main.tf': stack('network'),
    'shop/main.tf': stack('shop', { net: 'network' }),
  };
  expect((await found(files)).get('shop')).toEqual([
    {
      ...{ path: 'network', data: 'data.terraform_remote_state.net', file: 'shop/main.tf', line: 7 },
      closesCircle: false,
    },
  ]);
});

it('what a local module reads counts for every stack that uses it', async () => {
  const use = 'module "m" {\n  source = "../modules/m"\n}\n';
  const files = {
    'modules/m/main.tf': s3State('net', 'network'),
    'network/main.tf': stack('network'),
    'shop/main.tf': stack('shop') + use,
    'web/main.tf': stack('web'),
  };
  expect(await edges(files)).toEqual(['shop → network']);
});

it.each<[string, Readonly<Record<string, string>>]>([
  ['of another key', { 'a/main.tf': stack('a'), 'b/main.tf': stack('b', { x: 'aa' }) }],
  ['of another bucket', { 'a/main.tf': stack('a'), 'b/main.tf': stack('b') + s3State('x', 'a', 'other') }],
  [
    'whose place is computed',
    { 'a/main.tf': stack('a', {}, 'var.bucket'), 'b/main.tf': stack('b', { x: 'a' }) },
  ],
  [
    'that two stacks name as theirs',
    { 'a/main.tf': stack('a'), 'a2/main.tf': stack('a'), 'b/main.tf': stack('b', { x: 'a' }) },
  ],
  ['of its own', { 'a/main.tf': stack('a', { before: 'a' }) }],
])('nothing waits for a state %s', async (_, files) => {
  expect(await edges(files)).toEqual([]);
});

it('of two that read each other only one waits, and so of a longer circle', async () => {
  expect(await edges({ 'a/main.tf': stack('a', { b: 'b' }), 'b/main.tf': stack('b', { a: 'a' }) })).toEqual([
    'a → b',
    'b → a (circle)',
  ]);
  const three = {
    'a/main.tf': stack('a', { b: 'b' }),
    'b/main.tf': stack('b', { c: 'c' }),
    'c/main.tf': stack('c', { a: 'a' }),
  };
  expect(await edges(three)).toEqual(['a → b', 'b → c', 'c → a (circle)']);
});

it('local states are compared by where they lie, HCP Terraform by organization and workspace', async () => {
  const files = {
    'a/main.tf': 'terraform {\n  backend "local" {}\n}\n',
    'b/main.tf': `terraform {
  cloud {
    organization = "shop"
    workspaces { name = "b" }
  }
}
data "terraform_remote_state" "a" {
  backend = "local"
  config  = { path = "../a/terraform.tfstate" }
}
`,
    'c/main.tf': `${stack('c')}data "terraform_remote_state" "b" {
  backend = "remote"
  config  = { organization = "shop", hostname = "app.terraform.io", workspaces = { name = "b" } }
}
`,
  };
  expect(await edges(files)).toEqual(['b → a', 'c → b']);
});

const place = { account: '111111111111', region: 'ap-northeast-1' };
const known = (stacks: readonly FoundStack[], answers: Known['answers'] = {}): Known => ({
  ...{ survey: { stacks, faults: [] }, git: {}, ownKeys: [], answers },
});
const network: FoundStack = { path: 'network', name: 'network', ...place, readsStateOf: [] };
const shop: FoundStack = {
  ...{ path: 'shop', name: 'shop', ...place },
  readsStateOf: [
    {
      path: 'network',
      data: 'data.terraform_remote_state.net',
      file: 'shop/a\nb.tf',
      line: 7,
      closesCircle: false,
    },
  ],
};

it('it is asked once, with the reason in one line, and only of stacks that stay', () => {
  const [question, ...more] = orderQuestions(known([network, shop]));
  expect(more).toEqual([]);
  expect(question).toMatchObject({ key: 'depends-on', suggestion: 'yes' });
  expect(question?.ask.en).toContain('shop → network (data.terraform_remote_state.net, shop/a\\nb.tf:7)');
  expect(orderQuestions(known([network]))).toEqual([]);
  expect(orderQuestions(known([network, shop], { 'stack network account': 'skip' }))).toEqual([]);
});
