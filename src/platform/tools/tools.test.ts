import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findGit, findSshKeygen } from './git-and-ssh.ts';
import { findMotoServer, installMotoServer, motoVersion } from './moto-server.ts';
import { ask, findProgram } from './program.ts';
import { findProviderMirror, writeTerraformCliConfig } from './provider-mirror.ts';
import { findTerraform } from './terraform.ts';
import type { ToolSurroundings } from './tool.ts';

let folder: string;
let where: ToolSurroundings;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sekisho-tools-'));
  where = { env: { PATH: folder, HOME: join(folder, 'home') }, timeoutMs: 5_000 };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const put = async (path: string, words: string, mode = 0o644): Promise<string> => {
  const place = join(folder, path);
  await mkdir(dirname(place), { recursive: true });
  await writeFile(place, words);
  await chmod(place, mode);
  return place;
};
const program = (path: string, script: string): Promise<string> =>
  put(path, `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`, 0o755);
const terraformOf = (version: string): string => `echo '{"terraform_version": "${version}"}'`;

describe('looking for a program', () => {
  it('takes the first executable file on PATH, and neither folders nor files that may not be executed', async () => {
    await put('a/tool', 'not executable');
    await mkdir(join(folder, 'b/tool'), { recursive: true });
    const right = await program('c/tool', 'true');
    const env = { PATH: ['a', 'b', 'none', 'c'].map((name) => join(folder, name)).join(':') };
    expect(await findProgram('tool', { ...where, env })).toBe(right);
  });

  it('passes over relative PATH entries, which would mean whatever folder a job stands in', async () => {
    const here = relative(process.cwd(), folder);
    await program('tool', 'true');
    expect(await findProgram('tool', { ...where, env: { PATH: here } })).toBeUndefined();
    expect(await findProgram('tool', where)).toBe(join(folder, 'tool'));
  });

  it('does not wait longer for an answer than it is told', async () => {
    const slow = await program('slow', 'exec sleep 30');
    const begin = performance.now();
    expect(await ask(slow, [], { ...where, timeoutMs: 100 })).toEqual({ kind: 'timed-out' });
    expect(performance.now() - begin).toBeLessThan(5_000);
  });
});

describe('looking for Terraform', () => {
  it.each(['1.5.0', '1.11.4', '1.12.0-beta1', '2.0.0'])('takes version %s', async (version) => {
    const path = await program('terraform', terraformOf(version));
    expect(await findTerraform(where)).toMatchObject({ kind: 'found', title: 'Terraform', version, path });
  });

  it.each(['1.4.7', '0.15.5'])('refuses version %s as too old, and says so', async (version) => {
    await program('terraform', terraformOf(version));
    const finding = await findTerraform(where);
    expect(finding.kind).toBe('unusable');
    expect(finding).toMatchObject({ why: { en: expect.stringContaining(version) } });
  });

  it('takes OpenTofu where Terraform is missing or too old', async () => {
    await program('terraform', terraformOf('1.0.0'));
    await program('tofu', terraformOf('1.10.2'));
    expect(await findTerraform(where)).toMatchObject({ kind: 'found', title: 'OpenTofu', version: '1.10.2' });
  });

  it('is not misled by a program that says something else', async () => {
    await program('terraform', 'echo "not found"; exit 127');
    expect(await findTerraform(where)).toMatchObject({ kind: 'unusable' });
  });

  it('tells how to get it where there is none', async () => {
    const finding = await findTerraform(where);
    expect(finding.kind).toBe('missing');
    expect(finding.howToGet.en).toContain('https://');
    expect(finding.howToGet.ja).toContain('https://');
  });
});

describe('looking for a provider mirror', () => {
  const platform = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const provider = 'home/.terraform.d/plugins/registry.terraform.io/hashicorp/aws';

  it('finds the newest AWS provider of an unpacked mirror in Terraform’s implied folders', async () => {
    for (const version of ['5.9.0', '5.100.0'])
      await put(`${provider}/${version}/${platform}/terraform-provider-aws`, '');
    expect(await findProviderMirror(where)).toMatchObject({
      kind: 'found',
      path: join(folder, 'home/.terraform.d/plugins'),
      version: '5.100.0',
    });
  });

  it('finds a packed mirror, for this machine’s platform only', async () => {
    await put(`${provider}/terraform-provider-aws_5.50.0_${platform}.zip`, '');
    await put(`${provider}/terraform-provider-aws_5.60.0_plan9_mips.zip`, '');
    expect(await findProviderMirror(where)).toMatchObject({ kind: 'found', version: '5.50.0' });
  });

  it('is written into a CLI configuration that takes only the AWS provider from it', async () => {
    const path = await writeTerraformCliConfig({ directory: folder, mirror: '/mirror "of" ours' });
    const words = await readFile(path, 'utf8');
    expect(words).toContain('path    = "/mirror \\"of\\" ours"');
    expect(words).toContain('include = ["registry.terraform.io/hashicorp/aws"');
    expect(words).toContain('exclude = ["registry.terraform.io/hashicorp/aws"');
  });

  it('may be absent: then providers are downloaded once, into a cache', async () => {
    const words = await readFile(
      await writeTerraformCliConfig({ directory: folder, mirror: undefined }),
      'utf8',
    );
    expect(words).toContain(`plugin_cache_dir = "${join(folder, 'providers')}"`);
    expect(words).not.toContain('filesystem_mirror');
  });
});

describe('looking for moto_server', () => {
  const pip = `if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; exit 0; fi
if [ "$2" = pip ]; then printf '#!/bin/sh\\n' > "\${0%/*}/moto_server"; chmod +x "\${0%/*}/moto_server"; exit 0; fi
echo 5.2.1`;

  it('takes the one on PATH', async () => {
    const path = await program('moto_server', 'true');
    expect(await findMotoServer(where, join(folder, 'environment'))).toMatchObject({ kind: 'found', path });
  });

  it('finds the one that it installed into a virtual environment', async () => {
    await program('python3', pip);
    const environment = join(folder, 'environment');
    const path = join(environment, 'bin/moto_server');
    expect(await installMotoServer(where, environment)).toMatchObject({
      ok: true,
      value: { kind: 'found', path },
    });
    expect(await findMotoServer(where, environment)).toMatchObject({ kind: 'found', path });
  });

  it('takes an installation that was cut off for none', async () => {
    await program('environment/bin/moto_server', 'true');
    expect(await findMotoServer(where, join(folder, 'environment'))).toMatchObject({ kind: 'missing' });
  });

  it('says why it could not be installed, and how to get it', async () => {
    await program(
      'python3',
      '[ "$2" = venv ] && mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && exit 0\necho no network >&2; exit 1',
    );
    const result = await installMotoServer(where, join(folder, 'environment'));
    expect(result).toMatchObject({ ok: false, error: { code: 'outside-failed' } });
    expect(JSON.stringify(result)).toContain('no network');
    expect(JSON.stringify(result)).toContain('pip install');
  });

  it('asks the interpreter of its first line for the version', async () => {
    const python = await program('bin/python3.11', 'echo 5.2.1');
    const moto = await put('moto_server', `#!${python}\n`, 0o755);
    expect(await motoVersion(moto, where)).toBe('5.2.1');
  });
});

describe('looking for git and ssh-keygen', () => {
  it('reads their versions', async () => {
    await program('git', 'echo git version 2.39.5');
    await program('ssh-keygen', 'true');
    await program('ssh', 'echo OpenSSH_9.2p1 Debian >&2');
    expect(await findGit(where)).toMatchObject({ kind: 'found', version: '2.39.5' });
    expect(await findSshKeygen(where)).toMatchObject({ kind: 'found', version: '9.2' });
  });

  it('refuses an OpenSSH whose ssh-keygen cannot sign with hardware keys', async () => {
    await program('ssh-keygen', 'true');
    await program('ssh', 'echo OpenSSH_7.9p1 >&2');
    expect(await findSshKeygen(where)).toMatchObject({ kind: 'unusable' });
  });
});
