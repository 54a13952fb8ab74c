import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from '#core-values';
import type { ToolFinding, ToolSurroundings } from './tool.ts';

const FACTS = {
  tool: 'provider-mirror',
  title: 'AWS provider mirror',
  neededFor: text(
    'terraform init without a download; without it the AWS provider (about 150 MB) is fetched once',
    'ダウンロードなしの terraform init。なければ AWS プロバイダー(約 150 MB)を一度だけ取得します',
  ),
  howToGet: text(
    'Optional. To make one: terraform providers mirror ~/.terraform.d/plugins, in a folder that requires hashicorp/aws.',
    '任意です。hashicorp/aws を使うフォルダーで terraform providers mirror ~/.terraform.d/plugins を実行すると作成できます。',
  ),
} as const;

const REGISTRIES = ['registry.terraform.io', 'registry.opentofu.org'] as const;

/** Folders whose children may hold a mirror: where software is put that is not the distribution's. */
const SOFTWARE_ROOTS = ['/opt', '/usr/local/share', '/usr/share', '/usr/local/lib'];

/**
 * A folder with the AWS provider in it, laid out as a mirror is: Terraform's implied mirror folders first
 * (https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories), then
 * the children of the usual software roots.
 */
export async function findProviderMirror(where: ToolSurroundings): Promise<ToolFinding> {
  for (const path of [...impliedFolders(where.env), ...(await childrenOf(SOFTWARE_ROOTS))]) {
    const version = await awsProviderVersion(path);
    if (version !== undefined) return { ...FACTS, kind: 'found', path, version };
  }
  return { ...FACTS, kind: 'missing' };
}

function impliedFolders(env: ToolSurroundings['env']): readonly string[] {
  const home = env.HOME;
  const dataHome = env.XDG_DATA_HOME ?? (home === undefined ? undefined : join(home, '.local/share'));
  const dataFolders = (env.XDG_DATA_DIRS || '/usr/local/share:/usr/share').split(':');
  return [
    ...(home === undefined ? [] : [join(home, '.terraform.d/plugins')]),
    ...(dataHome === undefined ? [] : [join(dataHome, 'terraform/plugins')]),
    ...dataFolders.filter((folder) => folder !== '').map((folder) => join(folder, 'terraform/plugins')),
  ];
}

async function childrenOf(roots: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    roots.map(async (root) => (await entries(root)).map((child) => join(root, child))),
  );
  return found.flat();
}

/** The newest version for this machine, of either of a mirror's two layouts (unpacked, or zip files). */
async function awsProviderVersion(mirror: string): Promise<string | undefined> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const versions: string[] = [];
  for (const registry of REGISTRIES) {
    const folder = join(mirror, registry, 'hashicorp/aws');
    for (const entry of await entries(folder)) {
      const packed = new RegExp(`^terraform-provider-aws_([0-9.]+)_${platform}\\.zip$`).exec(entry)?.[1];
      if (packed !== undefined) versions.push(packed);
      else if ((await entries(join(folder, entry))).includes(platform)) versions.push(entry);
    }
  }
  return versions.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
}

async function entries(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch {
    return [];
  }
}

/**
 * Writes a Terraform CLI configuration (for `TF_CLI_CONFIG_FILE`) below `directory` and answers its path: the AWS
 * provider from the mirror when there is one, everything else from its registry, each provider downloaded at
 * most once. The user's own configuration is not touched.
 */
export async function writeTerraformCliConfig(options: {
  readonly directory: string;
  readonly mirror: string | undefined;
}): Promise<string> {
  const { directory, mirror } = options;
  const cache = join(directory, 'providers');
  await mkdir(cache, { recursive: true });
  const path = join(directory, 'terraform.tfrc');
  const partial = `${path}.${process.pid}`;
  await writeFile(partial, cliConfig(cache, mirror));
  await rename(partial, path);
  return path;
}

function cliConfig(cache: string, mirror: string | undefined): string {
  const fromMirror = REGISTRIES.map((registry) => `"${registry}/hashicorp/aws"`).join(', ');
  const installation =
    mirror === undefined
      ? `plugin_cache_dir = ${JSON.stringify(cache)}`
      : `provider_installation {
  filesystem_mirror {
    path    = ${JSON.stringify(mirror)}
    include = [${fromMirror}]
  }
  direct {
    exclude = [${fromMirror}]
  }
}`;
  return `# Written by Sekisho's set-up for its demo and tests; made anew each time.\ndisable_checkpoint = true\n${installation}\n`;
}
