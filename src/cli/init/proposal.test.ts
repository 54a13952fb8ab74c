import { describe, expect, it } from 'vitest';
import { parseRegion } from '#accounts/core';
import { parseAccountId } from '#core-values';
import { proposalFor } from './proposal.ts';
import type { Settings, StackSetting } from './settings.ts';

const account = parseAccountId('111111111111');
const region = parseRegion('ap-northeast-1');
if (account === undefined || region === undefined) throw new Error('no place');

const stack = (name: string): StackSetting => ({
  ...{ name, path: `stacks/${name}`, account, region, backend: 's3' },
  state: { bucket: 'shop-state' },
  dependsOn: [],
});
const hanako = {
  ...{ name: 'hanako', login: 'hanako', id: '1002' },
  key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAII4DW8+Yy/V4bp7e856zzh6tX3xUM5M9v2cCvuwDcnvi hanako',
};
const yuki = {
  ...{ name: 'yuki', login: 'yuki', id: '1003' },
  key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP0bgLIGeJxpDmkwLPLB+ALQkzr7tEkN8EGx3/abDXnB yuki',
};
const SETTINGS: Settings = {
  ...{ organization: 'shop', ci: 'github', branch: 'main', publicUrl: 'https://sekisho.shop.example' },
  repository: { name: 'shop/infra', id: '700100', ownerId: '900' },
  issuerUrl: 'https://token.actions.githubusercontent.com',
  trust: { kind: 'web-identity', issuerUrl: 'https://sekisho.shop.example' },
  ...{ guards: [], isGuardRequiredOfNew: false, module: 'terraform', team: 'sre' },
  source: `shop/sekisho@${'0'.repeat(40)}`,
  stacks: [stack('web')],
  accounts: [{ id: account, name: 'staging', environment: 'staging', partition: 'aws' }],
  people: [hanako, yuki],
};

function noted(settings: Partial<Settings>): readonly string[] {
  const proposal = proposalFor({ ...SETTINGS, ...settings }, 'sekisho');
  if (!proposal.ok) throw new Error(proposal.error.reasons[0].message.en);
  return proposal.value.notes.map(({ rule }) => rule);
}

describe('a proposal', () => {
  it('has nothing to warn of where all is known', () => {
    expect(noted({})).toEqual([]);
  });

  it('says so where a trust policy names more stacks than AWS takes, for each role that does', () => {
    const stacks = Array.from({ length: 60 }, (_, at) => stack(`service-${at}`));
    expect(noted({ stacks })).toEqual(Array.from({ length: 4 }, () => 'init.trust-too-long'));
    const trust = { kind: 'ambient', serverRole: 'arn:aws:iam::333333333333:role/sekisho-server' } as const;
    expect(noted({ stacks, trust })).toEqual([]);
  });

  it('says so where nobody but one could approve', () => {
    expect(noted({ people: [hanako] })).toEqual(['init.one-approver']);
    const { key: _, ...without } = yuki;
    expect(noted({ people: [hanako, without] })).toEqual(['init.one-approver']);
  });

  it('says so where the place of a state is not known, and then lets states be read by their name', () => {
    const { state: _, ...unknown } = stack('web');
    expect(noted({ stacks: [unknown] })).toEqual(['init.state-unknown']);
    const proposal = proposalFor({ ...SETTINGS, stacks: [unknown] }, 'sekisho');
    const variables = proposal.ok
      ? proposal.value.files.find(({ path }) => path.endsWith('variables.tf'))
      : undefined;
    expect(variables?.text).toContain('state_objects = ["arn:aws:s3:::*/*.tfstate"]');
  });

  it('takes people without a key, who may enrol passkeys, and says that nobody signs yet', () => {
    const { key: _, ...without } = hanako;
    expect(proposalFor({ ...SETTINGS, people: [without] }, 'sekisho').ok).toBe(true);
    expect(noted({ people: [without] })).toEqual(['init.one-approver']);
  });

  it('lets a stack wait for those whose state it reads, with the reason beside it, and leaves a circle to people', () => {
    const reading = (name: string, closesCircle = false) => ({
      ...{ name, path: `stacks/${name}`, data: 'data.terraform_remote_state.x', file: 'stacks/a\nb.tf' },
      ...{ line: 3, closesCircle },
    });
    const stacks = [
      { ...stack('web'), dependsOn: [reading('network')] },
      { ...stack('network'), dependsOn: [reading('web', true)] },
    ];
    const proposal = proposalFor({ ...SETTINGS, stacks }, 'sekisho');
    if (!proposal.ok) throw new Error(proposal.error.reasons[0].message.en);
    const { configuration, files, notes } = proposal.value;
    const { stacks: loaded } = configuration.organization;
    expect(loaded.map(({ name, dependsOn }) => [name, ...dependsOn])).toEqual([
      ['network'],
      ['web', 'network'],
    ]);
    expect(files[0]?.text).toContain(
      '- network # reads its state: data.terraform_remote_state.x, stacks/a\\nb.tf:3\n',
    );
    expect(notes.map(({ rule }) => rule)).toEqual(['init.states-in-circle']);
  });

  it('puts no bucket’s name into HCL as anything but text', () => {
    const bucket = `x"}\${file("/etc/passwd")}`;
    const proposal = proposalFor(
      { ...SETTINGS, stacks: [{ ...stack('web'), state: { bucket } }] },
      'sekisho',
    );
    const text = proposal.ok ? proposal.value.files.map((file) => file.text).join('\n') : '';
    expect(text).toContain('tfstate');
    expect(text).not.toContain('/etc/passwd');
  });
});
