import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { CreateAccountCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { type OutsideTools, requireOutsideTools } from '../../../demo/outside-tools.ts';
import { makePeople, type People } from '../../../demo/people.ts';
import { SEKISHO } from '../../../demo/server-process.ts';
import { type AwsCredentials, clientOptions, SHOP_REGION } from '../../../demo/stand-ins/aws-organization.ts';
import { startEnforcingAws } from '../../../demo/stand-ins/enforcing-aws/index.ts';
import {
  ADMINISTRATOR,
  assumeRole,
  makeOrganization,
} from '../../../demo/stand-ins/enforcing-aws/testing.ts';
import { startTestMoto } from '../../moto.ts';

/** What a new user has before Sekisho: two accounts, a repository with three stacks that were applied from a laptop, and keys. */
export interface Surroundings {
  readonly directory: string;
  readonly infra: string;
  readonly bin: string;
  readonly tools: OutsideTools;
  readonly people: People;
  readonly awsUrl: string;
  readonly accounts: { readonly staging: Account; readonly production: Account };
  /** Of every process: nothing of this machine's own but where programs are. */
  readonly env: Readonly<Record<string, string>>;
  /** Names of all tables in an account, as its administrator sees them. */
  tables(account: Account): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export interface Account {
  readonly id: string;
  readonly administrator: AwsCredentials;
}

const CASE = join(import.meta.dirname, '../../../src/cli/init/cases/three-stacks/repository');

export async function findNewUser(directory: string): Promise<Surroundings> {
  const tools = await requireOutsideTools();
  const moto = await startTestMoto();
  const aws = await startEnforcingAws({ endpoint: moto.endpoint });
  const accounts = await twoAccounts(aws.url);
  const bin = join(directory, 'bin');
  mkdirSync(bin);
  symlinkSync(tools.terraform, join(bin, 'terraform'));
  symlinkSync(SEKISHO, join(bin, 'sekisho'));
  writeProfiles(directory, accounts);
  const env = {
    PATH: `${bin}:${process.env.PATH ?? ''}`,
    HOME: directory,
    SEKISHO_LANG: 'en',
    ...{ TF_CLI_CONFIG_FILE: tools.terraformCliConfig, CHECKPOINT_DISABLE: '1', TF_CLI_ARGS: '-no-color' },
    ...{ AWS_ENDPOINT_URL: aws.url, AWS_REGION: SHOP_REGION, AWS_EC2_METADATA_DISABLED: 'true' },
  };
  return {
    ...{ directory, infra: repositoryWith(directory, accounts), bin, tools, awsUrl: aws.url, accounts, env },
    people: await makePeople(join(directory, 'keys'), tools.sshKeygen),
    tables: async ({ administrator }) => {
      const client = new DynamoDBClient(clientOptions(aws.url, administrator));
      return (await client.send(new ListTablesCommand({}))).TableNames ?? [];
    },
    stop: async () => {
      await aws.stop();
      await moto.stop();
    },
  };
}

async function twoAccounts(url: string): Promise<Surroundings['accounts']> {
  const first = await makeOrganization(url);
  const { CreateAccountStatus } = await new OrganizationsClient(clientOptions(url, ADMINISTRATOR)).send(
    new CreateAccountCommand({ AccountName: 'production', Email: 'b@shop.example' }),
  );
  const id = CreateAccountStatus?.AccountId ?? '';
  const RoleArn = `arn:aws:iam::${id}:role/OrganizationAccountAccessRole`;
  const administrator = await assumeRole(url, ADMINISTRATOR, { RoleArn, RoleSessionName: 'administrator' });
  const accounts = {
    staging: { id: first.account, administrator: first.administrator },
    production: { id, administrator },
  };
  for (const [name, account] of Object.entries(accounts)) {
    const s3 = new S3Client({ ...clientOptions(url, account.administrator), forcePathStyle: true });
    const CreateBucketConfiguration = { LocationConstraint: SHOP_REGION } as const;
    await s3.send(
      new CreateBucketCommand({ Bucket: `shop-terraform-state-${name}`, CreateBucketConfiguration }),
    );
  }
  return accounts;
}

/** For `AWS_PROFILE`. */
function writeProfiles(home: string, accounts: Surroundings['accounts']): void {
  mkdirSync(join(home, '.aws'));
  const profiles = Object.entries(accounts).map(
    ([
      name,
      {
        administrator: { accessKeyId, secretAccessKey, sessionToken = '' },
      },
    ]) =>
      `[${name}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\naws_session_token = ${sessionToken}\n`,
  );
  writeFileSync(join(home, '.aws/credentials'), profiles.join('\n'), { mode: 0o600 });
}

/** With the accounts' real ids. The stand-in is reached by an address, so that buckets cannot be parts of its name. */
function repositoryWith(directory: string, { staging, production }: Surroundings['accounts']): string {
  const infra = join(directory, 'infra');
  cpSync(CASE, infra, { recursive: true });
  for (const stack of readdirSync(join(infra, 'stacks'))) {
    const file = join(infra, 'stacks', stack, 'main.tf');
    const text = readFileSync(file, 'utf8')
      .replace('111111111111', staging.id)
      .replace('222222222222', production.id)
      .replace('use_lockfile = true', 'use_lockfile = true\n    use_path_style = true');
    writeFileSync(file, text);
  }
  execFileSync('git', ['init', '-q', '-b', 'main', infra]);
  execFileSync('git', ['-C', infra, 'remote', 'add', 'origin', 'git@github.com:shop/infra.git']);
  return infra;
}
