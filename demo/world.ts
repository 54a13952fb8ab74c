import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type OutsideTools, requireOutsideTools } from './outside-tools.ts';
import { makePeople, type People, type PersonOfShop } from './people.ts';
import { createRepository, type ShopRepository } from './repository.ts';
import { KEY_VARIABLE, MESSAGES_VARIABLE, SHOP_REPOSITORY, sekishoYaml } from './sekisho-yaml.ts';
import { type PastOfShop, pastOfShop } from './shop-site/past.ts';
import { type StandInAws, startStandInAws } from './stand-ins/aws.ts';
import type { AwsCredentials } from './stand-ins/aws-organization.ts';
import { SHOP_REGION } from './stand-ins/aws-organization.ts';
import { type SimulatedJob, type StandInGithub, startStandInGithub } from './stand-ins/github-tokens.ts';
import { type Inbox, startInbox } from './stand-ins/inbox.ts';

export type ShopStack = 'shop-staging' | 'shop-production';

/** Everything around a Sekisho server, before one starts: AWS, GitHub's issuer, the shop's repository and people. */
export interface World {
  readonly directory: string;
  readonly tools: OutsideTools;
  readonly aws: StandInAws;
  readonly github: StandInGithub;
  /** Where the server's messages arrive. */
  readonly inbox: Inbox;
  readonly repository: ShopRepository;
  readonly people: People;
  /** The shop's web site, by its access log; its SLOs are those of `demo/shop-site/slo`. */
  readonly site: PastOfShop;
  /** Text of a `sekisho.yaml` for a server at this address. */
  sekishoYaml(server: { readonly publicUrl: string; readonly port: number }): string;
  /** Variables for the server's process: its AWS credentials, the stand-in's endpoint and an encryption key. */
  readonly serverEnvironment: Readonly<Record<string, string>>;
  /** A CI job on a runner of its own: a fresh checkout and the variables that a job sees, without credentials. */
  startJob(job: JobOrder): Promise<RunnerJob>;
  stop(): Promise<void>;
}

/** A job of the protected workflow, triggered by a push of this commit to main, unless `claims` says otherwise. */
export interface JobOrder {
  readonly stack: ShopStack;
  readonly commit: string;
  readonly actor: PersonOfShop;
  /** GitHub environment, which `apply` of the demo's stacks demands. */
  readonly environment?: 'staging' | 'production';
  readonly claims?: Partial<SimulatedJob>;
}

export interface RunnerJob {
  /** The stack's folder in the checkout. */
  readonly directory: string;
  /** The whole environment of the job's processes. */
  readonly env: Readonly<Record<string, string>>;
}

export interface WorldOptions {
  /** Must be empty or absent. */
  readonly directory: string;
  /** Issues the jobs' tokens, and ends with the world; one of the world's own if left out. */
  readonly github?: StandInGithub;
}

/** Starts the world below `directory`. Takes about 4 s, most of it moto. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const { directory } = options;
  await mkdir(directory, { recursive: true });
  const tools = await requireOutsideTools();
  const [aws, github, inbox, people] = await Promise.all([
    startStandInAws({ motoServer: tools.motoServer, directory: join(directory, 'aws') }),
    options.github ?? startStandInGithub(),
    startInbox(),
    makePeople(join(directory, 'keys'), tools.sshKeygen),
  ]);
  const repository = await createRepository({
    directory: join(directory, 'repository'),
    git: tools.git,
    accountIds: { '111111111111': aws.staging.id, '222222222222': aws.production.id },
    lockProviders: (folder) => lockProviders(tools, folder),
  });
  const site = pastOfShop(join(directory, 'access-logs'));
  const shop = { directory, tools, aws, github, inbox, repository, people, site };
  return {
    ...shop,
    sekishoYaml: (server) =>
      sekishoYaml({
        ...{ ...server, issuerUrl: github.url, inboxUrl: inbox.url, aws, people },
        logDirectory: site.directory,
      }),
    serverEnvironment: {
      ...awsVariables(aws.endpoint),
      ...credentialVariables(aws.serverCredentials),
      [KEY_VARIABLE]: randomBytes(32).toString('base64'),
      [MESSAGES_VARIABLE]: inbox.secret,
      SEKISHO_SLO: join(import.meta.dirname, 'shop-site/slo'),
    },
    startJob: jobStarter(shop),
    stop: async () => {
      await Promise.all([aws.stop(), github.stop(), inbox.stop()]);
    },
  };
}

async function lockProviders(tools: OutsideTools, folder: string): Promise<void> {
  await promisify(execFile)(tools.terraform, ['init', '-backend=false', '-input=false', '-no-color'], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, ...terraformVariables(tools) },
  });
}

type Shop = Pick<World, 'directory' | 'tools' | 'aws' | 'github' | 'repository' | 'people'>;

function jobStarter({ directory, tools, aws, github, repository, people }: Shop): World['startJob'] {
  let count = 0;
  return async ({ stack, commit, actor, environment, claims = {} }) => {
    count += 1;
    const runner = join(directory, 'runners', String(count));
    const workspace = join(runner, 'workspace');
    const home = join(runner, 'home');
    await mkdir(home, { recursive: true });
    await repository.checkout(commit, workspace);
    const variables = github.startJob({
      repository: SHOP_REPOSITORY.name,
      repositoryId: SHOP_REPOSITORY.id,
      ownerId: SHOP_REPOSITORY.ownerId,
      actor,
      actorId: people[actor].githubId,
      event: 'push',
      ref: 'refs/heads/main',
      commit,
      workflow: SHOP_REPOSITORY.callingWorkflow,
      jobWorkflow: { path: SHOP_REPOSITORY.protectedWorkflow, ref: 'refs/heads/main', commit },
      job: environment === undefined ? 'plan' : 'apply',
      ...(environment === undefined ? {} : { environment }),
      ...claims,
    });
    const env = {
      PATH: process.env.PATH ?? '',
      HOME: home,
      ...awsVariables(aws.endpoint),
      ...terraformVariables(tools),
      GITHUB_WORKSPACE: workspace,
      RUNNER_TEMP: home,
      ...variables,
    };
    return { directory: join(workspace, 'stacks', stack), env };
  };
}

const awsVariables = (endpoint: string): Readonly<Record<string, string>> => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: SHOP_REGION,
  AWS_EC2_METADATA_DISABLED: 'true',
});

export const credentialVariables = (credentials: AwsCredentials): Readonly<Record<string, string>> => ({
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  ...(credentials.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: credentials.sessionToken }),
});

const terraformVariables = (tools: OutsideTools): Readonly<Record<string, string>> => ({
  TF_CLI_CONFIG_FILE: tools.terraformCliConfig,
  TF_IN_AUTOMATION: '1',
  TF_INPUT: '0',
  CHECKPOINT_DISABLE: '1',
});
