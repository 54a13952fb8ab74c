import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Plan, readPlanFile } from '#plan';
import type { Moto } from '../../demo/stand-ins/moto.ts';
import { startTestMoto } from '../moto.ts';
import { shownDifferences } from '../plans/shown-differences.ts';
import {
  openTerraformBench,
  type RealPlan,
  type TerraformBench,
  type Workspace,
} from '../plans/terraform-workspace.ts';

/* Real plans, made here by real Terraform: what we read in the file is what Terraform shows of it. */

let bench: TerraformBench;

beforeAll(async () => {
  bench = await openTerraformBench();
});

afterAll(async () => {
  await bench.close();
});

async function decode(file: Uint8Array): Promise<Plan> {
  const read = await readPlanFile(file);
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}

async function expectEqual({ file, shown }: RealPlan): Promise<Plan> {
  const plan = await decode(file);
  expect(shownDifferences(plan, shown)).toEqual([]);
  return plan;
}

const countOf = (plan: Plan, action: string): number =>
  plan.changes.filter((change) => change.action === action).length;

async function startedAt(
  sample: string,
  step: string,
  env?: Readonly<Record<string, string>>,
): Promise<Workspace> {
  const workspace = await bench.workspace(sample, env);
  await workspace.useStep(step);
  return workspace;
}

describe('a plan of built-in resources equals what terraform show says of it', () => {
  it('when everything is created, with quotes and Japanese in keys, exact numbers, secrets and unknown values', async () => {
    const workspace = await startedAt('create', '1');
    const plan = await expectEqual(await workspace.planAndShow());
    expect(countOf(plan, 'create')).toBe(11);
    expect(plan.configuration.modules.map(({ key, source }) => [key, source])).toEqual([
      ['', ''],
      ['names', './names'],
    ]);
    await workspace.apply('plan.tfplan');
    const after = await expectEqual(await workspace.planAndShow());
    expect(countOf(after, 'no-op')).toBe(11);
    expect(after.state.lineage).not.toBe('');
  });

  it('when things are updated, replaced in both orders, deleted, moved, forgotten and imported', async () => {
    const workspace = await startedAt('change', '1');
    await workspace.apply();
    await workspace.useStep('2');
    const plan = await expectEqual(await workspace.planAndShow());
    const replaced = plan.changes
      .filter(({ action }) => action === 'replace')
      .map(({ replaceOrder }) => replaceOrder);
    expect(replaced.toSorted()).toEqual(['create-first', 'delete-first']);
    expect(countOf(plan, 'update')).toBe(1);
    expect(countOf(plan, 'delete')).toBe(2);
    expect(countOf(plan, 'forget')).toBe(1);
    expect(plan.changes.filter((change) => change.importing !== undefined)).toHaveLength(1);
    expect(plan.changes.flatMap((change) => change.previousAddress ?? [])).toEqual([
      'terraform_data.old_name',
    ]);
  });

  it('when everything is destroyed', async () => {
    const workspace = await startedAt('destroy', '1');
    await workspace.apply();
    const plan = await expectEqual(await workspace.planAndShow('-destroy'));
    expect(plan.terraform.mode).toBe('destroy');
    expect(countOf(plan, 'delete')).toBe(plan.changes.length);
  });

  it('when only a part is targeted, and when a replacement is asked for', async () => {
    const workspace = await startedAt('targeted', '1');
    const plan = await expectEqual(await workspace.planAndShow('-target=terraform_data.wanted["a"]'));
    expect(plan.terraform.targets).toEqual(['terraform_data.wanted["a"]']);
    expect(plan.terraform.complete).toBe(false);
    await workspace.apply();
    const replace = await expectEqual(await workspace.planAndShow('-replace=terraform_data.wanted["b"]'));
    expect(replace.changes.flatMap((change) => change.reason ?? [])).toEqual(['replace_by_request']);
  });

  it('when the configuration holds provisioners, which only the snapshot tells', async () => {
    const workspace = await startedAt('provisioner', '1');
    const plan = await expectEqual(await workspace.planAndShow());
    expect(
      plan.configuration.provisioners
        .map(({ resource, type, when }) => `${resource} ${type} ${when}`)
        .toSorted(),
    ).toEqual([
      'terraform_data.json local-exec create',
      'terraform_data.runs local-exec create',
      'terraform_data.runs local-exec destroy',
    ]);
  });

  it('when a deposed object is left from a failed replacement', async () => {
    const workspace = await startedAt('deposed', '1');
    await workspace.apply();
    await workspace.useStep('2');
    await expect(workspace.apply()).rejects.toThrow();
    const plan = await expectEqual(await workspace.planAndShow());
    expect(plan.changes.filter((change) => change.deposed !== undefined)).toHaveLength(1);
    expect(plan.changes).toHaveLength(2);
  });

  it('when there are 5,000 resources', async () => {
    const workspace = await startedAt('many', '1');
    const plan = await expectEqual(await workspace.planAndShow());
    expect(plan.changes).toHaveLength(5000);
  });
});

describe('the fingerprint of real plans', () => {
  it('is the same for a plan made again, and another for anything changed', async () => {
    const workspace = await startedAt('change', '1');
    const first = await decode(await workspace.plan());
    const again = await decode(await workspace.plan());
    expect(again.digest).not.toBe(first.digest);
    expect(again.fingerprint).toBe(first.fingerprint);
    const targeted = await decode(await workspace.plan('-target=terraform_data.updated'));
    await workspace.apply();
    const replaced = await decode(await workspace.plan('-replace=terraform_data.updated'));
    const destroyed = await decode(await workspace.plan('-destroy'));
    await workspace.useStep('2');
    const changed = await decode(await workspace.plan());
    const changedAgain = await decode(await workspace.plan());
    expect(changedAgain.fingerprint).toBe(changed.fingerprint);
    const all = [first, targeted, replaced, destroyed, changed].map(({ fingerprint }) => fingerprint);
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('a plan of AWS resources equals what terraform show says of it', () => {
  let moto: Moto;

  beforeAll(async () => {
    moto = await startTestMoto();
  });

  afterAll(() => moto.stop());

  it('in two accounts, with secure strings, drift, replacement and data read at apply', async () => {
    const workspace = await startedAt('aws', '1', { AWS_ENDPOINT_URL: moto.endpoint });
    const created = await expectEqual(await workspace.planAndShow());
    expect(countOf(created, 'read')).toBe(1);
    await workspace.apply('plan.tfplan');
    await putParameter(moto.endpoint, '/app/drifting', 'changed by hand');
    await workspace.useStep('2');
    const changed = await expectEqual(await workspace.planAndShow());
    expect((await decode(await workspace.plan())).fingerprint).toBe(changed.fingerprint);
    expect(countOf(changed, 'replace')).toBe(2);
    expect(countOf(changed, 'update')).toBe(2);
    expect(changed.drift.map(({ address }) => address)).toContain('aws_ssm_parameter.drifting');
    expect(JSON.stringify(changed.accounts)).toContain('210987654321');
    expect(JSON.stringify(changed.accounts)).toContain('123456789012');
    const secure = changed.changes.find(({ address }) => address === 'aws_ssm_parameter.secure');
    expect(secure?.beforeSensitive).toContainEqual(['value']);
    expect(secure?.afterSensitive).toContainEqual(['value']);
    await expectEqual(await workspace.planAndShow('-refresh-only'));
    await expectEqual(await workspace.planAndShow('-destroy'));
  });
});

/** A hand on the console: SSM's JSON protocol, which moto speaks without checking signatures. */
async function putParameter(url: string, name: string, value: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AmazonSSM.PutParameter',
      authorization:
        'AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/ssm/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify({ Name: name, Value: value, Type: 'String', Overwrite: true }),
  });
  if (!response.ok) throw new Error(`SSM answered ${response.status}`);
}
