import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CATALOGUE } from '../recorder/terraform-runs.ts';

/** A configuration before and after its update, to be made anew and taken through every step. */
export interface Stack {
  readonly name: string;
  /** Text by file name. Account ids are the stand-in's. */
  readonly before: Files;
  readonly after: Files;
  /** Addresses that the plans are about, at most `MOST_RESOURCES`. */
  readonly resources: readonly string[];
  /** What an administrator makes first: the stack refers to it. */
  readonly prerequisites: readonly string[];
  /** Where the state lies; absent for a local one. */
  readonly stateBucket?: string;
}

type Files = Readonly<Record<string, string>>;

/** No plan of the proof changes more. */
export const MOST_RESOURCES = 20;

/** Which of the catalogue's files make a stack together; a stack with more than `MOST_RESOURCES` is cut. */
const GROUPS: readonly (readonly string[])[] = [
  ['budgets', 'databases', 'glue', 'sfn'],
  ['compute'],
  ['containers'],
  ['events'],
  ['files', 'logs'],
  ['functions'],
  ['iam'],
  ['keys'],
  ['network'],
  ['s3'],
  ['sns', 'sqs'],
  ['web'],
];
const SHARED = ['prerequisites', 'provider'];

/** The demo's stacks, and what the update lays over them. */
const SAMPLES: Readonly<Record<string, string>> = {
  'shop-production': 'production-longer-timeout',
  'shop-staging': 'staging-longer-timeout',
};

const DEMO = join(import.meta.dirname, '../demo');
/** moto's own account, as the catalogue has it, and what the demo's files call theirs. */
const WRITTEN_ACCOUNTS = /\b(?:123456789012|111111111111|222222222222)\b/g;

/**
 * Whatever can have tags gets some, as in most accounts, and other ones with the update.
 */
const PROVIDER = `  default_tags {
    tags = var.updated ? { stack = "proof", revision = "2" } : { stack = "proof", begun = "1" }
  }`;

const KEPT = `
  lifecycle {
    ignore_changes = all
  }
}`;

interface Block {
  /** `aws_sns_topic.base`; absent where it is no resource. */
  readonly address?: string;
  readonly text: string;
}

/** All stacks, for an account of the stand-in. */
export async function allStacks(account: string): Promise<readonly Stack[]> {
  const catalogue = await catalogueStacks();
  const samples = await Promise.all(Object.entries(SAMPLES).map(([name, after]) => sample(name, after)));
  const real = (files: Files): Files =>
    Object.fromEntries(
      Object.entries(files).map(([name, text]) => [name, text.replaceAll(WRITTEN_ACCOUNTS, account)]),
    );
  return [...samples, ...catalogue].map((stack) => ({
    ...stack,
    before: real(stack.before),
    after: real(stack.after),
    ...(stack.stateBucket !== undefined && {
      stateBucket: stack.stateBucket.replaceAll(WRITTEN_ACCOUNTS, account),
    }),
  }));
}

async function catalogueStacks(): Promise<readonly Stack[]> {
  const grouped = new Set([...GROUPS.flat(), ...SHARED]);
  const files = (await readdir(CATALOGUE)).map((name) => name.replace(/\.tf$/, ''));
  const lost = files.filter((name) => !grouped.has(name));
  // A file that no group names would go unproven, and nobody would see it.
  if (lost.length > 0)
    throw new Error(`the catalogue's ${lost.join(', ')} are in no stack of proof/stacks.ts`);
  const shared = await blocksOf(SHARED);
  return (await Promise.all(GROUPS.map(async (names) => cut(names, await blocksOf(names), shared)))).flat();
}

const blocksOf = async (names: readonly string[]): Promise<readonly Block[]> =>
  (await Promise.all(names.map((name) => readFile(join(CATALOGUE, `${name}.tf`), 'utf8')))).flatMap(blocksIn);

/** Formatted HCL ends a block with a brace in the first column. */
const blocksIn = (text: string): readonly Block[] =>
  [...text.matchAll(/^(?:resource "(\w+)" "(\w+)"|\w+)[^\n]*\{(?:\}$|[\s\S]*?^\}$)/gm)].map(
    ([whole, type, label]) => ({
      ...(type !== undefined && label !== undefined && { address: `${type}.${label}` }),
      text: whole,
    }),
  );

const isPrerequisite = (address: string): boolean => address.includes('.prerequisite');

/** Stacks of about the same size, each with what it refers to outside of itself as prerequisites. */
function cut(names: readonly string[], own: readonly Block[], shared: readonly Block[]): readonly Stack[] {
  const known = new Map([...shared, ...own].map((block) => [block.address ?? block.text, block]));
  const resources = own.flatMap(({ address }) => address ?? []).filter((address) => !isPrerequisite(address));
  const count = Math.ceil(resources.length / MOST_RESOURCES);
  const size = Math.ceil(resources.length / count);
  const framework = [...known.values()].filter(({ address }) => address === undefined);
  return Array.from({ length: count }, (_, at) => {
    const part = resources.slice(at * size, (at + 1) * size);
    const prerequisites = referredTo(part, known).filter((address) => !part.includes(address));
    const textOf = (address: string) => known.get(address)?.text ?? '';
    const main = [
      ...framework.map(({ text }) => text.replace(/^provider "aws" \{$/m, `$&\n${PROVIDER}`)),
      ...part.map(textOf),
      // They stay as they are when the stack is updated.
      ...prerequisites.map((address) => kept(address, textOf(address))),
    ].join('\n\n');
    return {
      name: `${names.join('-')}${count > 1 ? `-${at + 1}` : ''}`,
      before: { 'main.tf': `${main}\n` },
      after: { 'main.tf': `${main.replace(/(variable "updated" \{[^}]*default = )false/, '$1true')}\n` },
      resources: part,
      prerequisites,
    };
  });
}

/** The provider refuses a NAT gateway without changes: its tags change with the stack's. */
const kept = (address: string, text: string): string =>
  address.startsWith('aws_nat_gateway.')
    ? text.replaceAll('var.updated', 'false')
    : text.replace(/\}$/, KEPT);

/** The addresses, and all that they refer to, directly or not. */
function referredTo(addresses: readonly string[], known: ReadonlyMap<string, Block>): readonly string[] {
  const found = new Set(addresses);
  for (const address of found) {
    const text = known.get(address)?.text ?? '';
    for (const [reference] of text.matchAll(/\baws_\w+\.\w+/g))
      if (known.has(reference)) found.add(reference);
  }
  return [...found];
}

async function sample(name: string, revision: string): Promise<Stack> {
  const before = await filesIn(join(DEMO, 'stacks', name));
  const after = { ...before, ...(await filesIn(join(DEMO, 'revisions', revision, 'stacks', name))) };
  const resources = Object.values(before)
    .flatMap(blocksIn)
    .flatMap(({ address }) => address ?? []);
  const stateBucket = /bucket\s*= "([^"]+)"/.exec(before['backend.tf'] ?? '')?.[1];
  if (stateBucket === undefined) throw new Error(`demo/stacks/${name} names no bucket for its state`);
  return { name, before, after, resources, prerequisites: [], stateBucket };
}

async function filesIn(folder: string): Promise<Files> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.tf'));
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')])),
  );
}
