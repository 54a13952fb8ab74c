import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadConfigurationFile } from '#accounts';
import { CASE, FLAGS, init, newUserForEachTest, root, world, written } from './testing/new-user.ts';

newUserForEachTest();

describe('sekisho init, by flags alone', () => {
  it('writes what the golden folder holds, which config check takes', async () => {
    const said = await init(FLAGS);
    expect(said.err).toBe('');
    expect(said.exit).toBe(0);
    const expected = join(CASE, 'expected');
    const golden = readdirSync(expected, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(golden.length).toBeGreaterThan(5);
    for (const entry of golden) {
      const path = join(entry.parentPath, entry.name).slice(expected.length + 1);
      expect([path, readFileSync(join(root, path), 'utf8')]).toEqual([
        path,
        readFileSync(join(expected, path), 'utf8'),
      ]);
    }
    const configuration = await loadConfigurationFile(join(root, 'sekisho/sekisho.yaml'));
    expect(configuration).toMatchObject({ ok: true });
  });

  it('says three next steps', async () => {
    const { out } = await init(FLAGS);
    expect(out.split('Next\n')[1]?.match(/^\d\. /gm)).toEqual(['1. ', '2. ', '3. ']);
  });

  it('names every answer that is missing, and the flag for it, and writes nothing', async () => {
    const said = await init([]);
    expect(said.exit).toBe(2);
    expect(said.err).toContain('Give --server URL');
    expect(said.err).toContain('Give --account 222222222222=NAME:ENVIRONMENT');
    expect(said.err.match(/init\.answer-missing/g)?.length).toBeGreaterThan(10);
    expect(written()).toEqual([]);
  });

  it('shows a file that is there and differs, and leaves it unless told to replace it', async () => {
    await init(FLAGS);
    const file = join(root, '.github/workflows/change.yml');
    writeFileSync(file, 'name: mine\n');
    writeFileSync(join(root, 'sekisho/server-role-policy.json'), '\u001b]0;hidden\u0007{}\n');
    const kept = await init(FLAGS);
    expect(kept.out).not.toContain('\u001b');
    expect(kept.out).toContain('-name: mine\n+# Which stacks a change affects');
    expect(kept.out).toContain('change.yml was left as it is');
    expect(readFileSync(file, 'utf8')).toBe('name: mine\n');
    await init([...FLAGS, '--overwrite']);
    expect(readFileSync(file, 'utf8')).toContain('# Which stacks a change affects');
  });

  it('lets a stack wait for the one whose state it reads, says where it reads it, and leaves it out if told so', async () => {
    const network = readFileSync(join(root, 'stacks/shop-network/main.tf'), 'utf8');
    const [bucket, key] = ['bucket', 'key'].map(
      (name) => new RegExp(`\\b${name} *= *"([^"]+)"`).exec(network)?.[1],
    );
    const config = `{ bucket = "${bucket}", key = "${key}" }`;
    writeFileSync(
      join(root, 'stacks/shop-staging/network.tf'),
      `data "terraform_remote_state" "network" {\n  backend = "s3"\n  config  = ${config}\n}\n`,
    );
    const line =
      '+      - shop-network # reads its state: data.terraform_remote_state.network, stacks/shop-staging/network.tf:1';
    const said = await init([...FLAGS, '--dry-run']);
    expect(said.out).toContain(
      'reads the state of stacks/shop-network (data.terraform_remote_state.network,',
    );
    expect(said.out).toContain(`+    dependsOn:\n${line}`);
    expect((await init([...FLAGS, '--dry-run', '--depends-on', 'no'])).out).not.toContain('dependsOn:\n');
    expect((await init([...FLAGS, '--dry-run', '--depends-on', 'perhaps'])).exit).toBe(2);
  });

  it('writes nothing with --dry-run, not even answers', async () => {
    const said = await init([...FLAGS, '--dry-run']);
    expect(said.out).toContain('+ sekisho/sekisho.yaml (new');
    expect(said.out).toContain('+organization: { name: shop }');
    expect(written()).toEqual([]);
  });

  it('without a terminal and without --yes agrees to nothing in anybody’s name', async () => {
    await init([...FLAGS, '--dry-run']);
    await init(FLAGS);
    rmSync(join(root, 'sekisho/sekisho.yaml'));
    const said = await init([]);
    expect(said.err).toContain('init.nobody-to-ask');
    expect(existsSync(join(root, 'sekisho/sekisho.yaml'))).toBe(false);
  });

  it.each([
    [
      'a stack that is not there',
      ['--stack', 'stacks/shop-stagin=111111111111:ap-northeast-1'],
      'init.answer-unknown',
    ],
    [
      'an account id of eleven digits',
      ['--stack', 'stacks/shop-staging=11111111111:ap-northeast-1'],
      'init.answer-refused',
    ],
    ['an unknown environment', ['--account', '111111111111=staging:stage'], 'init.answer-refused'],
    ['a role with a wildcard', ['--server-role', 'arn:aws:iam::333333333333:role/*'], 'init.answer-refused'],
    ['a source that is a branch', ['--source', 'shop/sekisho@main'], 'init.answer-refused'],
    ['a private key', ['--key', 'hanako=../private'], 'init.answer-refused'],
    ['a key file that is not there', ['--key', 'hanako=../nothing.pub'], 'init.no-key-file'],
    ['an output outside of the repository', ['--output', '../elsewhere'], 'init.flag-refused'],
    ['an API without TLS', ['--api-url', 'http://github.example/api/v3'], 'init.flag-refused'],
    ['an unknown guard', ['--without-guard', 'audits'], 'init.flag-refused'],
  ])('refuses %s, and writes nothing', async (_, flags, rule) => {
    writeFileSync(join(world, 'private'), '-----BEGIN OPENSSH PRIVATE KEY-----\nx\n');
    const said = await init([...FLAGS, ...flags]);
    expect([said.exit, said.err]).toEqual([2, expect.stringContaining(rule)]);
    expect(said.err).not.toContain('BEGIN OPENSSH');
    expect(written()).toEqual([]);
  });

  it('leaves a folder out that is no stack, and takes an account from the flag before the one that is written', async () => {
    const other = ['--skip', 'stacks/shop-network', '--stack', 'stacks/shop-staging=444444444444:us-east-1'];
    const said = await init([...FLAGS, ...other, '--account', '444444444444=sandbox:sandbox']);
    expect(said.err).toBe('');
    const yaml = readFileSync(join(root, 'sekisho/sekisho.yaml'), 'utf8');
    expect(yaml).not.toContain('shop-network');
    expect(yaml).toContain('id: "444444444444"\n    name: sandbox\n    environment: sandbox');
    expect(yaml).toContain('region: us-east-1');
  });

  it('leaves nothing of the published examples in what it writes for somebody else', async () => {
    execFileSync('git', ['-C', root, 'remote', 'set-url', 'origin', 'https://github.com/acme/cloud.git']);
    const own = [
      '--server',
      'https://gate.acme.example',
      '--source',
      `acme/gate@${'f'.repeat(40)}`,
      '--branch',
      'trunk',
    ];
    for (const more of [[], ['--ci', 'gitlab', '--repository', 'acme/cloud']]) {
      const said = await init([...FLAGS, ...own, ...more, '--overwrite']);
      expect(said.err).toBe('');
    }
    for (const path of [
      '.github/workflows/terraform.yml',
      '.github/workflows/change.yml',
      '.gitlab-ci.yml',
    ]) {
      const text = readFileSync(join(root, path), 'utf8');
      expect(text).not.toMatch(
        /shop\/infra|shop\.example|YOUR-|0123456789abcdef|refs\/heads\/main|@main|\[main\]|Copy to/,
      );
      expect(text).toContain('https://gate.acme.example');
      expect(text).toContain('f'.repeat(40));
      expect(() => parse(text)).not.toThrow();
    }
    const pipeline = z
      .record(z.string(), z.unknown())
      .parse(parse(readFileSync(join(root, '.gitlab-ci.yml'), 'utf8')));
    expect(Object.keys(pipeline).filter((name) => name.startsWith('apply '))).toHaveLength(3);
  });

  it('writes for GitLab its pipeline, and trusts its one file', async () => {
    execFileSync('git', [
      '-C',
      root,
      'remote',
      'set-url',
      'origin',
      'https://gitlab.com/shop/platform/infra.git',
    ]);
    const said = await init(FLAGS);
    expect(said.err).toBe('');
    const yaml = readFileSync(join(root, 'sekisho/sekisho.yaml'), 'utf8');
    expect(yaml).toContain('workflow: gitlab.com/shop/platform/infra//.gitlab-ci.yml@refs/heads/main');
    expect(yaml).toContain('{ name: gitlab, kind: gitlab, url: https://gitlab.com }');
    expect(written()).toContain('.gitlab-ci.yml');
    expect(existsSync(join(root, '.github'))).toBe(false);
  });

  it('writes for web identity and CloudFormation no server role, and the issuer into sekisho.yaml', async () => {
    const said = await init([...FLAGS, '--access', 'web-identity', '--module', 'cloudformation']);
    expect(said.err).toBe('');
    expect(written()).toEqual([
      '.github/workflows/change.yml',
      '.github/workflows/terraform.yml',
      'sekisho/.sekisho-init.json',
      'sekisho/sekisho-account.cloudformation.yaml',
      'sekisho/sekisho.yaml',
    ]);
    expect(readFileSync(join(root, 'sekisho/sekisho.yaml'), 'utf8')).toContain(
      'aws: { access: web-identity }',
    );
    expect(await loadConfigurationFile(join(root, 'sekisho/sekisho.yaml'))).toMatchObject({
      value: {
        organization: {
          accounts: [{ identityProvider: expect.stringContaining('/sekisho.shop.example') }, {}],
        },
      },
    });
  });

  it('says so where there is nothing of Terraform, or no folder', async () => {
    rmSync(join(root, 'stacks'), { recursive: true });
    expect((await init(FLAGS)).err).toContain('init.no-stacks');
    expect((await init(['nowhere', ...FLAGS])).err).toContain('init.no-folder');
  });
});
