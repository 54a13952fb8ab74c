import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { World } from './world.ts';

/** A change that waits to be taken through by hand, after the story. */
export interface HandJob {
  /** To be read by a shell (`.`): the job's variables, and into its folder. */
  readonly jobFile: string;
  /** The same for a person: server, key, and a home for the session. */
  readonly personFile: string;
}

/** Above every run of the story: an older run may not replace a newer plan. */
const NEWEST_RUN = { runId: '9000', runNumber: '9000', runAttempt: '1' } as const;

/** Commits one more change to staging and starts the CI job of its push, with nothing run in it yet. */
export async function prepareHandJob(world: World, url: string, directory: string): Promise<HandJob> {
  const commit = await world.repository.commitFiles(
    { 'stacks/shop-staging/by-hand.tf': 'resource "aws_sns_topic" "by_hand" {\n  name = "by-hand"\n}\n' },
    'taro',
    'Add a topic, to be applied by hand',
  );
  const job = await world.startJob({
    ...{ stack: 'shop-staging', commit, actor: 'taro', environment: 'staging' },
    claims: NEWEST_RUN,
  });
  const folder = join(directory, 'by-hand');
  await mkdir(join(folder, 'home'), { recursive: true });
  const jobFile = join(folder, 'ci-job.sh');
  const personFile = join(folder, 'hanako.sh');
  const sekisho = join(import.meta.dirname, '../bin');
  await writeFile(
    jobFile,
    `${exported({ ...job.env, SEKISHO_URL: url, PATH: `${sekisho}:${job.env.PATH}` })}cd ${quoted(job.directory)}\n`,
    { mode: 0o600 },
  );
  await writeFile(
    personFile,
    exported({
      SEKISHO_URL: url,
      SEKISHO_SSH_KEY: world.people.hanako.keyFile,
      XDG_STATE_HOME: join(folder, 'home'),
      PATH: `${sekisho}:${process.env.PATH ?? ''}`,
    }),
    { mode: 0o600 },
  );
  return { jobFile, personFile };
}

const quoted = (words: string): string => `'${words.replaceAll("'", `'\\''`)}'`;

const exported = (variables: Readonly<Record<string, string>>): string =>
  Object.entries(variables)
    .map(([name, value]) => `export ${name}=${quoted(value)}\n`)
    .join('');
