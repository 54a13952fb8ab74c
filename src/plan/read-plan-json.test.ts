import { describe, expect, it } from 'vitest';
import { planToJson } from './core/json-view.ts';
import type { Plan } from './core/model.ts';
import { readPlan, readPlanJson } from './read-plan.ts';

const PLAN = JSON.stringify({
  format_version: '1.2',
  terraform_version: '1.11.4',
  variables: { token: { value: 'very-secret-token' } },
  resource_changes: [
    {
      address: 'module.m["a"].aws_x.y[0]',
      previous_address: 'aws_x.y',
      mode: 'managed',
      type: 'aws_x',
      name: 'y',
      provider_name: 'registry.terraform.io/hashicorp/aws',
      change: {
        actions: ['create', 'delete'],
        before: { a: 1, list: ['x'] },
        after: { a: 2, list: [null], copy: 'very-secret-token' },
        after_unknown: { id: true, list: [true] },
        before_sensitive: {},
        after_sensitive: { a: true },
      },
    },
  ],
  output_changes: { o: { actions: ['create'], before: null, after_unknown: true, after_sensitive: true } },
  configuration: { root_module: { variables: { token: { sensitive: true } } } },
});

function read(source: string | Uint8Array): Plan {
  const plan = readPlanJson(source);
  if (!plan.ok) throw new Error(JSON.stringify(plan.error));
  return plan.value;
}

describe('plan JSON', () => {
  it('is a description without fingerprint, shown without its secrets', () => {
    const plan = read(PLAN);
    expect(plan.kind).toBe('plan-json');
    expect(plan.fingerprint).toBeUndefined();
    const view = planToJson(plan, []);
    expect(view).toMatchObject({
      kind: 'plan-json',
      summary: { replace: 1, move: 1 },
      changes: [
        {
          action: 'replace',
          replaceOrder: 'create-first',
          before: { a: '(sensitive value)', list: ['x'] },
          after: { a: '(sensitive value)', list: ['(known after apply)'], id: '(known after apply)' },
          unknownPaths: ['/id', '/list/0'],
        },
      ],
    });
    expect(JSON.stringify(view)).not.toContain('very-secret-token');
  });

  it.each<[string, Uint8Array]>([
    ['a UTF-8 byte order mark', Buffer.from(`\ufeff${PLAN}`)],
    ['UTF-16, as PowerShell writes it', Buffer.from(`\ufeff${PLAN}`, 'utf16le')],
  ])('reads with %s', async (_what, bytes) => {
    expect(await readPlan(bytes)).toMatchObject({ ok: true, value: { kind: 'plan-json', changes: [{}] } });
  });

  it.each<[string, string, string]>([
    ['CI noise before it', `[command]/usr/bin/terraform show\n${PLAN}`, 'plan.json-wrapped'],
    ['CI noise after it', `${PLAN}%0A\n::set-output name=stderr::\n`, 'plan.json-wrapped'],
    ['a log of terraform plan -json', '{"@level":"info"}\n{"@level":"info"}', 'plan.json-log'],
    ['a state', '{"format_version":"1.0","values":{}}', 'plan.not-plan-json'],
    ['a format to come', '{"format_version":"2.0"}', 'plan.unknown-version'],
    ['nothing', ' ', 'plan.empty'],
    ['a value cut off', PLAN.slice(0, -1), 'plan.bad-json'],
  ])('is refused by name: %s', (_what, source, rule) => {
    expect(readPlanJson(source)).toMatchObject({ ok: false, error: { reasons: [{ rule }] } });
  });
});
