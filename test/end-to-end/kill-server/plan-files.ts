import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readZipCarelessly, writeZip } from '#plan/testing';
import { assume } from '../../../demo/stand-ins/aws-organization.ts';
import { credentialVariables, type World } from '../../../demo/world.ts';
import type { LoadedStack } from './organization.ts';

export type PlanFiles = Readonly<Record<LoadedStack['account'], Uint8Array>>;

export interface TerraformState {
  /** Empty before the first apply. */
  readonly lineage: string;
  readonly serial: number;
}

/** One plan by real Terraform for each account. */
export async function makePlanFiles(world: World): Promise<PlanFiles> {
  const [staging, production] = await Promise.all([plan(world, 'staging'), plan(world, 'production')]);
  return { staging, production };
}

async function plan(world: World, account: LoadedStack['account']): Promise<Uint8Array> {
  const commit = await world.repository.head();
  const job = await world.startJob({ stack: `shop-${account}`, commit, actor: 'taro' });
  const credentials = await assume(
    world.aws.endpoint,
    world.aws.serverCredentials,
    world.aws[account].planRoleArn,
  );
  const env = { ...job.env, ...credentialVariables(credentials) };
  const terraform = (...args: readonly string[]) =>
    promisify(execFile)(world.tools.terraform, [...args, '-no-color'], { cwd: job.directory, env });
  await terraform('init');
  await terraform('plan', '-out=change.tfplan');
  return readFile(join(job.directory, 'change.tfplan'));
}

/** The same plan as Terraform would have made it when the state was at this lineage and serial. */
export const plannedFrom = (file: Uint8Array, state: TerraformState): Uint8Array =>
  writeZip(
    readZipCarelessly(file).map(({ name, data }) =>
      name === 'tfstate' || name === 'tfstate-prev' ? { name, data: movedTo(data, state) } : { name, data },
    ),
  );

const movedTo = (data: Uint8Array, state: TerraformState): Uint8Array =>
  Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(data).toString('utf8')), ...state }));
