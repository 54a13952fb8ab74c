import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { OutsideTools } from '../demo/outside-tools.ts';
import { importIdOf } from '../recorder/import-ids.ts';
import { EMPTY_ZIP, terraform, type Workspace, writeImports } from '../recorder/terraform-runs.ts';
import type { Account, SessionCredentials } from './account.ts';
import type { Stack } from './stacks.ts';

/** A stack's folder, in which Terraform is run as somebody. */
export interface StackFolder {
  readonly folder: string;
  use(files: Stack['before']): Promise<void>;
  /** The errors that Terraform prints; none where it succeeds. */
  run(args: readonly string[], as: SessionCredentials): Promise<readonly string[]>;
  /** Takes these out of the state, and writes how they are imported again. The addresses that can be. */
  forgetForImport(addresses: readonly string[], as: SessionCredentials): Promise<readonly string[]>;
  forgetImports(): Promise<void>;
  /** The whole state as text, and back. */
  readState(as: SessionCredentials): Promise<string>;
  putState(state: string, as: SessionCredentials): Promise<void>;
}

const State = z.object({
  resources: z.array(
    z.object({
      mode: z.string(),
      type: z.string(),
      name: z.string(),
      instances: z.array(z.object({ attributes: z.record(z.string(), z.json()) })),
    }),
  ),
});

export async function openStackFolder(
  tools: OutsideTools,
  folder: string,
  { before }: Stack,
  account: Account,
): Promise<StackFolder> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'function.zip'), EMPTY_ZIP);
  const envFor = (as: SessionCredentials): NodeJS.ProcessEnv => ({
    PATH: process.env.PATH,
    HOME: folder,
    TF_CLI_CONFIG_FILE: tools.terraformCliConfig,
    TF_IN_AUTOMATION: '1',
    CHECKPOINT_DISABLE: '1',
    AWS_ENDPOINT_URL: account.aws.url,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ACCESS_KEY_ID: as.accessKeyId,
    AWS_SECRET_ACCESS_KEY: as.secretAccessKey,
    AWS_SESSION_TOKEN: as.sessionToken,
  });
  const workspace = (as: SessionCredentials): Workspace => ({ folder, tools, env: envFor(as) });
  const run = async (args: readonly string[], as: SessionCredentials) => {
    const { code, errors } = await terraform(workspace(as), args);
    if (code !== 0 && errors.length === 0) return [`terraform ${args[0]} ended with ${code}`];
    return code === 0 ? [] : errors;
  };
  const must = async (args: readonly string[], as: SessionCredentials): Promise<void> => {
    const errors = await run(args, as);
    if (errors.length > 0) throw new Error(errors.join('\n'));
  };
  const use = async (files: Stack['before']): Promise<void> => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  };
  const readState = async (as: SessionCredentials) =>
    (await terraform(workspace(as), ['state', 'pull'])).output;
  await use(before);
  await must(['init', '-input=false'], account.reader);
  return {
    folder,
    use,
    run,
    readState,
    putState: async (state, as) => {
      await writeFile(join(folder, 'kept.tfstate'), state);
      await must(['state', 'push', '-force', 'kept.tfstate'], as);
    },
    forgetForImport: async (addresses, as) => {
      const { resources } = State.parse(JSON.parse(await readState(as)));
      const imports = resources.flatMap(({ mode, type, name, instances }) => {
        const [first] = instances;
        if (mode !== 'managed' || first === undefined || !addresses.includes(`${type}.${name}`)) return [];
        const id = importIdOf({ type, state: first.attributes });
        return id === undefined ? [] : [{ type, label: name, id }];
      });
      const forgotten = imports.map(({ type, label }) => `${type}.${label}`);
      if (forgotten.length > 0) await must(['state', 'rm', ...forgotten], as);
      await writeImports(workspace(as), imports);
      return forgotten;
    },
    forgetImports: () => rm(join(folder, 'imports.tf'), { force: true }),
  };
}
