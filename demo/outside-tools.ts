import { join } from 'node:path';
import {
  findGit,
  findMotoServer,
  findProviderMirror,
  findSshKeygen,
  findTerraform,
  installMotoServer,
  type ToolFinding,
  type ToolSurroundings,
  writeTerraformCliConfig,
} from '../src/platform/tools/index.ts';

/** The programs that the demo and the tests run, by absolute path. */
export interface OutsideTools {
  readonly terraform: string;
  /** For `TF_CLI_CONFIG_FILE`. */
  readonly terraformCliConfig: string;
  readonly motoServer: string;
  readonly git: string;
  readonly sshKeygen: string;
}

const LOOKUP_TIMEOUT_MS = 10_000;

const ROOT = join(import.meta.dirname, '..');
/** What set-up makes lives here, out of version control. */
export const WORK_FOLDER = join(ROOT, '.sekisho');
const MOTO_ENVIRONMENT = join(WORK_FOLDER, 'moto');

const surroundings = (): ToolSurroundings => ({ env: process.env, timeoutMs: LOOKUP_TIMEOUT_MS });

export interface ToolSearch {
  readonly findings: readonly ToolFinding[];
  /** Absent when one that the demo cannot do without was not found. */
  readonly tools?: OutsideTools;
}

/** Looks for every outside tool, at most `LOOKUP_TIMEOUT_MS` each, and writes the Terraform CLI configuration. */
export async function findOutsideTools(where: ToolSurroundings = surroundings()): Promise<ToolSearch> {
  const [terraform, mirror, moto, git, sshKeygen] = await Promise.all([
    findTerraform(where),
    findProviderMirror(where),
    findMotoServer(where, MOTO_ENVIRONMENT),
    findGit(where),
    findSshKeygen(where),
  ]);
  const findings = [terraform, mirror, moto, git, sshKeygen];
  const terraformCliConfig = await writeTerraformCliConfig({
    directory: join(WORK_FOLDER, 'terraform'),
    mirror: mirror.kind === 'found' ? mirror.path : undefined,
  });
  if (
    terraform.kind !== 'found' ||
    moto.kind !== 'found' ||
    git.kind !== 'found' ||
    sshKeygen.kind !== 'found'
  ) {
    return { findings };
  }
  const tools = {
    terraform: terraform.path,
    terraformCliConfig,
    motoServer: moto.path,
    git: git.path,
    sshKeygen: sshKeygen.path,
  };
  return { findings, tools };
}

export const installMoto = () => installMotoServer(surroundings(), MOTO_ENVIRONMENT);

/** The path of `moto_server` for tests that need nothing else, or an error that says how to get it. */
export async function requireMotoServer(): Promise<string> {
  const moto = await findMotoServer(surroundings(), MOTO_ENVIRONMENT);
  if (moto.kind === 'found') return moto.path;
  throw new Error(`${moto.title}: ${moto.kind}. ${moto.howToGet.en}`);
}

/** For the demo and the tests: the tools, or an error that names each missing one and how to get it. */
export async function requireOutsideTools(): Promise<OutsideTools> {
  const { findings, tools } = await findOutsideTools();
  if (tools !== undefined) return tools;
  const lacking = findings.filter(({ kind, tool }) => kind !== 'found' && tool !== 'provider-mirror');
  throw new Error(lacking.map(({ title, howToGet }) => `${title}: not found. ${howToGet.en}`).join('\n'));
}
