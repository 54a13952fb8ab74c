import { spawn } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { OutsideTools } from '../demo/outside-tools.ts';
import { type Origin, readOrigins } from './provider-log.ts';
import type { RecordedResource } from './recording.ts';

/** A folder with catalogue files, against the stand-in at an address. */
export interface Workspace {
  readonly folder: string;
  readonly tools: OutsideTools;
  readonly env: NodeJS.ProcessEnv;
}

/** An empty archive, for functions. */
export const EMPTY_ZIP = Buffer.from([0x50, 0x4b, 5, 6, ...new Array<number>(18).fill(0)]);
export const CATALOGUE = join(import.meta.dirname, 'catalogue');
const PROVIDER = 'provider.tf';
const PREREQUISITES = 'prerequisites.tf';
const DEADLINE_MS = 360_000;

/** Files of the catalogue with resources to record. */
export const catalogueFiles = async (): Promise<readonly string[]> =>
  (await readdir(CATALOGUE)).filter(
    (name) => name.endsWith('.tf') && name !== PROVIDER && name !== PREREQUISITES,
  );

export async function openWorkspace(
  tools: OutsideTools,
  folder: string,
  files: readonly string[],
  endpoint: string,
): Promise<Workspace> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const texts = await Promise.all(files.map((file) => readFile(join(CATALOGUE, file), 'utf8')));
  const needed = texts.some((text) => text.includes('.prerequisite'))
    ? [PROVIDER, PREREQUISITES]
    : [PROVIDER];
  for (const file of [...files, ...needed]) await copyFile(join(CATALOGUE, file), join(folder, file));
  await writeFile(join(folder, 'function.zip'), EMPTY_ZIP);
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    TF_CLI_CONFIG_FILE: tools.terraformCliConfig,
    CHECKPOINT_DISABLE: '1',
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'recorder',
    AWS_SECRET_ACCESS_KEY: 'recorder',
    // Nothing is there that would answer for the machine that we are on.
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const workspace = { folder, tools, env };
  const { code, errors } = await terraform(workspace, ['init', '-input=false']);
  if (code !== 0) throw new Error(`terraform init failed:\n${errors.join('\n')}`);
  return workspace;
}

interface Outcome {
  readonly code: number;
  readonly output: string;
  /** What Terraform calls errors, one a line. */
  readonly errors: readonly string[];
}

/** Runs Terraform; its errors are part of what is recorded, as a stand-in does not know everything. */
export async function terraform(
  { tools, folder, env }: Workspace,
  args: readonly string[],
  extra: NodeJS.ProcessEnv = {},
): Promise<Outcome> {
  const child = spawn(tools.terraform, [...args, '-no-color'], {
    cwd: folder,
    env: { ...env, ...extra },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let complaints = '';
  child.stdout.on('data', (words: Buffer) => {
    output += words.toString();
  });
  child.stderr.on('data', (words: Buffer) => {
    complaints += words.toString();
  });
  // What a stand-in does not know the provider may await for an hour; interrupted, Terraform keeps what it has made.
  const deadline = setTimeout(() => child.kill('SIGINT'), DEADLINE_MS);
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? 1));
  });
  clearTimeout(deadline);
  return { code, output, errors: errorsIn(complaints) };
}

/** Each error with the resource that it is about, if it says so. */
function errorsIn(complaints: string): readonly string[] {
  return complaints
    .split(/^(?=.?\s*Error: )/m)
    .filter((part) => part.includes('Error: '))
    .map((part) =>
      part
        .split('\n')
        .map((line) => line.replace(/^[│╷╵\s]+/, ''))
        .filter((line) => line !== '')
        .join(' ')
        .slice(0, 600),
    );
}

/** Runs Terraform with the provider's own log, and reads for which resource each of its requests was. */
export async function loggedRun(
  workspace: Workspace,
  args: readonly string[],
): Promise<{ readonly outcome: Outcome; readonly origins: ReadonlyMap<string, Origin> }> {
  const log = join(workspace.folder, 'provider.log');
  await rm(log, { force: true });
  const outcome = await terraform(workspace, args, {
    TF_LOG: 'JSON',
    TF_LOG_CORE: 'ERROR',
    TF_LOG_PROVIDER: 'DEBUG',
    TF_LOG_PATH: log,
  });
  const origins = await readOrigins(log);
  await rm(log, { force: true });
  return { outcome, origins };
}

const Attributes = z.record(z.string(), z.json());
const Change = z.object({
  type: z.string(),
  name: z.string(),
  change: z.object({
    actions: z.array(z.string()),
    before: Attributes.nullable(),
    after: Attributes.nullable(),
  }),
});
const Plan = z.object({
  resource_changes: z.array(Change).default([]),
  configuration: z.object({
    root_module: z.object({
      resources: z
        .array(z.object({ type: z.string(), name: z.string(), expressions: Attributes.default({}) }))
        .default([]),
    }),
  }),
});
const State = z.object({
  values: z
    .object({
      root_module: z.object({
        resources: z
          .array(
            z.object({
              type: z.string(),
              name: z.string(),
              values: Attributes,
              /** Not created to the end. */
              tainted: z.boolean().default(false),
            }),
          )
          .default([]),
      }),
    })
    .optional(),
});

export type ReadPlan = z.infer<typeof Plan>;

export async function readPlan(workspace: Workspace, file: string): Promise<ReadPlan> {
  return Plan.parse(JSON.parse((await terraform(workspace, ['show', '-json', file])).output));
}

/** What exists, with what the plan of its creation said. */
export async function readResources(
  workspace: Workspace,
  plan: ReadPlan,
): Promise<readonly RecordedResource[]> {
  const shown = await terraform(workspace, ['show', '-json']);
  const state = State.parse(JSON.parse(shown.output));
  const created = state.values?.root_module.resources.filter(({ tainted }) => !tainted) ?? [];
  return created.map(({ type, name, values }) => {
    const isThis = (one: { type: string; name: string }) => one.type === type && one.name === name;
    const after = plan.resource_changes.find(isThis)?.change.after ?? {};
    const configured = plan.configuration.root_module.resources.find(isThis)?.expressions ?? {};
    const planned = Object.keys(after).filter((attribute) => hasValue(after[attribute]));
    const set = Object.keys(configured).filter((attribute) => hasValue(values[attribute]));
    return { type, label: name, set: set.toSorted(), state: values, planned: planned.toSorted() };
  });
}

const hasValue = (value: unknown): boolean =>
  value !== undefined &&
  value !== null &&
  value !== '' &&
  value !== false &&
  !(Array.isArray(value) && value.length === 0);

/** The attributes that each update in place changes. */
export const changedAttributes = (plan: ReadPlan, type: string, label: string): string[] | undefined => {
  const change = plan.resource_changes.find((one) => one.type === type && one.name === label)?.change;
  if (change === undefined || change.actions.join() !== 'update') return undefined;
  const { before, after } = change;
  return Object.keys(after ?? {})
    .filter((name) => JSON.stringify(before?.[name]) !== JSON.stringify(after?.[name]))
    .toSorted();
};

/** The versions of Terraform and of the provider. */
export async function versionsOf(workspace: Workspace) {
  const Versions = z.object({
    terraform_version: z.string(),
    provider_selections: z.record(z.string(), z.string()),
  });
  const { output } = await terraform(workspace, ['version', '-json']);
  const { terraform_version: version, provider_selections: providers } = Versions.parse(JSON.parse(output));
  const provider = providers['registry.terraform.io/hashicorp/aws'] ?? 'unknown';
  return { terraform: version, provider: `hashicorp/aws ${provider}` };
}

/** A configuration that takes what exists into an empty state. */
export async function writeImports(
  { folder }: Workspace,
  imports: readonly { readonly type: string; readonly label: string; readonly id: string }[],
): Promise<void> {
  const blocks = imports.map(
    ({ type, label, id }) => `import {\n  to = ${type}.${label}\n  id = ${JSON.stringify(id)}\n}\n`,
  );
  await writeFile(join(folder, 'imports.tf'), blocks.join('\n'));
}
