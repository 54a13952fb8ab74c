import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

/* What people copy into their repositories decides who can reach their accounts: it is checked here as written, not as meant. */

const job = z.looseObject({
  permissions: z.record(z.string(), z.string()),
  uses: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
  secrets: z.never().optional(),
  concurrency: z
    .object({ group: z.string(), 'cancel-in-progress': z.union([z.boolean(), z.string()]) })
    .optional(),
  steps: z
    .array(
      z.looseObject({
        uses: z.string().optional(),
        run: z.string().optional(),
        with: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .optional(),
});

const workflow = z.looseObject({
  on: z.record(z.string(), z.unknown()),
  permissions: z.strictObject({}),
  jobs: z.record(z.string(), job),
});

const FILES = ['terraform.yml', 'change.yml'] as const;
const textOf = (name: string): string => readFileSync(join(import.meta.dirname, 'workflows', name), 'utf8');
const workflowOf = (name: string) => workflow.parse(parse(textOf(name)));
const actionInputs = z
  .object({ inputs: z.record(z.string(), z.unknown()) })
  .parse(parse(readFileSync(join(import.meta.dirname, 'action.yml'), 'utf8'))).inputs;

/**
 * Commits of other people's actions, read in public workflows that pin them with these versions in 2026-11; they could not be compared
 * with GitHub itself from where this was written.
 */
const PINNED: readonly string[] = [
  'actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd',
  'hashicorp/setup-terraform@dfe3c3f87815947d99a8997f908cb6525fc44e9e',
];
/** For the reader to replace: their copy of Sekisho, at the commit of their server. */
const OURS = 'YOUR-ORG/sekisho/action@0123456789abcdef0123456789abcdef01234567';

describe.each(FILES)('the workflow %s', (name) => {
  const { on, jobs } = workflowOf(name);
  const steps = Object.values(jobs).flatMap((one) => one.steps ?? []);

  it('gives each job the right to read and to show who it is, and nothing else', () => {
    for (const { permissions } of Object.values(jobs)) {
      expect(permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    }
  });

  it('uses no action but by full commit, and none but three', () => {
    for (const { uses } of steps) expect([...PINNED, OURS]).toContain(uses);
    for (const { uses } of Object.values(jobs))
      if (uses !== undefined) expect(uses).toBe('shop/infra/.github/workflows/terraform.yml@main');
  });

  it('runs no shell at all, so that nothing a stranger writes can become a command', () => {
    expect(steps.filter(({ run }) => run !== undefined)).toEqual([]);
    expect(textOf(name)).not.toMatch(/\$\{\{[^}]*github\.(?:event\.|head_ref|actor)/);
  });

  it('knows no secrets, and no event that runs a stranger’s code with the repository’s identity', () => {
    expect(textOf(name)).not.toMatch(/secrets/);
    expect(
      Object.keys(on).filter((event) => /pull_request_target|workflow_run|issue_comment/.test(event)),
    ).toEqual([]);
  });

  it('leaves no token behind in a checkout', () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts.length).toBeGreaterThan(0);
    for (const step of checkouts) {
      expect(step.with).toMatchObject({
        'persist-credentials': false,
        ref: `\${{ inputs.commit || github.sha }}`,
      });
    }
  });

  it('turns the wrapper of Terraform off', () => {
    const installs = steps.filter(({ uses }) => uses?.startsWith('hashicorp/'));
    for (const step of installs) expect(step.with).toMatchObject({ terraform_wrapper: false });
  });

  it('gives the action no input that it does not have', () => {
    for (const step of steps.filter(({ uses }) => uses === OURS)) {
      expect(Object.keys(actionInputs)).toEqual(expect.arrayContaining(Object.keys(step.with ?? {})));
    }
  });
});

describe('the protected workflow', () => {
  const { on, jobs } = workflowOf('terraform.yml');

  it('is only ever called', () => {
    expect(Object.keys(on)).toEqual(['workflow_call']);
  });

  it('applies in a job of its own, one at a time for a stack, never torn off, never for a pull request', () => {
    expect(jobs.apply?.concurrency).toEqual({
      group: `sekisho-apply-\${{ inputs.stack }}`,
      'cancel-in-progress': false,
    });
    expect(jobs.apply?.if).toMatch(
      /^inputs\.apply && \(github\.event_name == 'push' \|\| github\.event_name == 'workflow_dispatch'\) &&/,
    );
    expect(jobs.apply?.environment).toBe(`\${{ inputs.environment }}`);
    expect(jobs.plan?.environment).toBeUndefined();
  });
});

describe('the calling workflow', () => {
  const { on, jobs } = workflowOf('change.yml');
  const inputs = z.object({ with: z.record(z.string(), z.string()) });

  it('begins for pull requests, merge queues, merges, on a schedule, and by hand with what a comment asks for', () => {
    expect(Object.keys(on)).toEqual(['pull_request', 'merge_group', 'push', 'schedule', 'workflow_dispatch']);
    expect(on.push).toEqual({ branches: ['main'] });
    const { inputs: asked } = z
      .object({ inputs: z.record(z.string(), z.unknown()) })
      .parse(on.workflow_dispatch);
    expect(Object.keys(asked)).toEqual(['stacks', 'pull-request', 'commit', 'purpose']);
  });

  it('takes the waves one after the other, and gives the protected workflow what it knows', () => {
    const known = z
      .object({ on: z.object({ workflow_call: z.object({ inputs: z.record(z.string(), z.unknown()) }) }) })
      .parse(parse(textOf('terraform.yml'))).on.workflow_call.inputs;
    for (const [number, before] of [1, 2, 3, 4].map((wave) => [wave, wave - 1] as const)) {
      const wave = jobs[`wave-${number}`];
      expect(wave?.needs).toEqual(before === 0 ? 'stacks' : ['stacks', `wave-${before}`]);
      expect(Object.keys(inputs.parse(wave).with)).toEqual(Object.keys(known).toSorted(byCaller));
    }
  });
});

const ORDER = ['stack', 'environment', 'apply', 'pull-request', 'commit'];
const byCaller = (a: string, b: string): number => ORDER.indexOf(a) - ORDER.indexOf(b);
