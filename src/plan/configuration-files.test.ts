import { describe, expect, it } from 'vitest';
import { parseConfigFiles } from './configuration-files.ts';
import { canonicalConfigFile } from './core/file/assemble.ts';
import { configurationSnapshot } from './core/file/configuration.ts';
import { problemOf } from './core/file/refusal.ts';
import type { ConfigurationSnapshot } from './core/model.ts';

async function snapshot(name: string, source: string, module = ''): Promise<ConfigurationSnapshot> {
  return configurationSnapshot([], await parseConfigFiles([{ module, name, source }]));
}

describe('attack 18: code in the configuration snapshot is found', { timeout: 60_000 }, () => {
  it.each<[string, string, string]>([
    ['in a resource', 'main.tf', 'resource "a" "b" {\n provisioner "local-exec" {\n  command = "x"\n }\n}'],
    ['with escapes in its label', 'main.tf', 'resource "a" "b" {\n provisioner "local\\u002dexec" {\n }\n}'],
    ['with bare labels', 'main.tf', 'resource a b {\n provisioner local-exec {\n }\n}'],
    ['in an override file', 'x_override.tf', 'resource "a" "b" {\n provisioner "local-exec" {\n }\n}'],
    ['in OpenTofu’s file', 'main.tofu', 'resource "a" "b" {\n provisioner "local-exec" {\n }\n}'],
    ['in JSON', 'main.tf.json', '{"resource":{"a":{"b":{"provisioner":{"local-exec":{"command":"x"}}}}}}'],
    [
      'in JSON with lists at every level',
      'main.tf.json',
      '{"resource":[{"a":[{"b":[{"provisioner":[{"local-exec":[{}]}]}]}]}]}',
    ],
    ['in JSON with no body', 'main.tf.json', '{"resource":{"a":{"b":{"provisioner":{"local-exec":null}}}}}'],
  ])('a provisioner %s', async (_what, name, source) => {
    const { provisioners } = await snapshot(name, source, 'child');
    expect(provisioners).toEqual([
      {
        module: 'child',
        resource: 'a.b',
        type: 'local-exec',
        when: 'create',
        place: { file: `module child: ${name}` },
      },
    ]);
  });

  it('a provisioner that runs at destroy, in both syntaxes', async () => {
    const native = await snapshot(
      'main.tf',
      'resource "a" "b" {\n provisioner "local-exec" {\n  when = destroy\n }\n}',
    );
    const json = await snapshot(
      'main.tf.json',
      '{"resource":{"a":{"b":{"provisioner":{"local-exec":{"when":"destroy"}}}}}}',
    );
    expect([...native.provisioners, ...json.provisioners].map(({ when }) => when)).toEqual([
      'destroy',
      'destroy',
    ]);
  });

  it('an external data source, whatever its label looks like', async () => {
    const { externalData } = await snapshot('main.tf', 'data "extern\\u0061l" "x" {\n program = ["sh"]\n}');
    expect(externalData.map(({ address }) => address)).toEqual(['data.external.x']);
  });

  it('an action block', async () => {
    const { actionBlocks } = await snapshot('main.tf', 'action "aws_lambda_invoke" "x" {\n}');
    expect(actionBlocks?.map(({ address }) => address)).toEqual(['action.aws_lambda_invoke.x']);
  });

  it('even behind a second key of the same name, which is refused', async () => {
    const source = '{"resource":{"a":{"b":{"provisioner":{"local-exec":{}}}}},"resource":{}}';
    const thrown = await snapshot('main.tf.json', source).catch(problemOf);
    expect(thrown).toMatchObject({ code: 'bad-plan', reasons: [{ rule: 'plan.bad-json' }] });
  });
});

describe('the configuration says where it goes', { timeout: 60_000 }, () => {
  it('by the provider’s literal accounts, roles and regions', async () => {
    const { providers } = await snapshot(
      'main.tf',
      'provider "aws" {\n alias = "x"\n region = "eu-west-1"\n allowed_account_ids = ["123456789012", 12345678901]\n assume_role {\n  role_arn = "arn:aws:iam::123456789012:role/r"\n }\n}\nprovider "aws" {\n region = var.region\n}',
    );
    expect(providers).toEqual([
      {
        module: '',
        name: 'aws',
        alias: 'x',
        region: 'eu-west-1',
        roleArns: ['arn:aws:iam::123456789012:role/r'],
        allowedAccountIds: ['123456789012', '012345678901'],
        place: { file: 'main.tf' },
      },
      { module: '', name: 'aws', roleArns: [], allowedAccountIds: [], place: { file: 'main.tf' } },
    ]);
  });

  it('and what it calls sensitive, where that is not plainly false', async () => {
    const source =
      'variable "a" {\n sensitive = true\n}\nvariable "b" {\n sensitive = false\n}\noutput "c" {\n value = 1\n sensitive = 1 == 1\n}';
    expect((await snapshot('main.tf', source)).sensitiveNames).toEqual(['a', 'c']);
  });
});

describe('the configuration’s part of the fingerprint', { timeout: 60_000 }, () => {
  const canonical = async (source: string, name = 'main.tf'): Promise<readonly string[]> =>
    (await parseConfigFiles([{ module: '', name, source }])).map(canonicalConfigFile);
  const plain = 'resource "a" "b" {\n  x = [y, 1]\n  z = "w"\n}\n';

  it.each<[string, string]>([
    ['comments', '# why\nresource "a" "b" { // here\n  x = [y, /* one */ 1]\n  z = "w"\n}\n'],
    ['spaces and lines', 'resource   "a" "b" {\n\n\n  z     = "w"\n  x = [y,   1]\n}'],
  ])('does not change with %s', async (_what, source) => {
    expect(await canonical(source)).toEqual(await canonical(plain));
  });

  it.each<[string, string, string]>([
    ['an expression', 'a = x', 'a = y'],
    ['an expression and its text', 'a = x', 'a = "$${x}"'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform’s interpolation, not ours
    ['an escaped template', 'a = "${x}"', 'a = "\\u0024{x}"'],
    ['a long number', 'a = 12345678901234567890', 'a = 12345678901234567891'],
    ['a number beyond all floats', 'a = 1e400', 'a = null'],
    ['a hash sign in a heredoc', 'a = <<E\n#!/bin/sh\nE\n', 'a = <<E\n#!/bin/bash\nE\n'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform’s interpolation, not ours
    ['a heredoc and a template with escapes', 'a = <<E\nq\\nb ${x}\nE\n', 'a = "q\\nb ${x}\\n"'],
  ])('changes with %s', async (_what, one, other) => {
    expect(await canonical(one)).not.toEqual(await canonical(other));
  });

  it('changes with the name of an override file, by which files are merged', async () => {
    expect(await canonical(plain, 'a_override.tf')).not.toEqual(await canonical(plain, 'b_override.tf'));
    expect(await canonical(plain, 'a.tf')).toEqual(await canonical(plain, 'b.tf'));
  });
});

describe('attack 19: a file that would exhaust the parser', () => {
  it('is refused unparsed, and named', async () => {
    const source = `a = [${'1,'.repeat(500_000)}]`;
    const problem = await parseConfigFiles([{ module: 'child', name: 'main.tf', source }]).then(
      () => undefined,
      problemOf,
    );
    expect(problem?.reasons).toMatchObject([
      { rule: 'plan.configuration-too-large', place: { file: 'module child: main.tf' } },
    ]);
  });
});
