import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findProviderMirror, findTerraform, type ToolFinding, writeTerraformCliConfig } from '#platform';

const run = promisify(execFile);
const samples = fileURLToPath(new URL('.', import.meta.url));
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;
const SURROUNDINGS = { env: process.env, timeoutMs: 60_000 };

/** A plan made by real Terraform, and what `terraform show -json` says of it. */
export interface RealPlan {
  readonly file: Buffer;
  readonly shown: string;
}

/** One working directory with a local state, in which the steps of a sample are planned and applied. */
export interface Workspace {
  /** Puts the configuration `<sample>/<step>` in place of the one before. */
  useStep(step: string): Promise<void>;
  plan(...args: readonly string[]): Promise<Buffer>;
  /** The plan and what Terraform shows of it. */
  planAndShow(...args: readonly string[]): Promise<RealPlan>;
  apply(...args: readonly string[]): Promise<void>;
  readonly folder: string;
}

export interface TerraformBench {
  workspace(sample: string, extraEnv?: Readonly<Record<string, string>>): Promise<Workspace>;
  close(): Promise<void>;
}

function pathOf(finding: ToolFinding): string {
  // A missing tool is a failure and not a skip: what was not tested would look tested.
  if (finding.kind !== 'found') throw new Error(`${finding.title}: ${finding.kind}. ${finding.howToGet.en}`);
  return finding.path;
}

export async function openTerraformBench(): Promise<TerraformBench> {
  const terraform = pathOf(await findTerraform(SURROUNDINGS));
  const mirror = await findProviderMirror(SURROUNDINGS);
  const base = await mkdtemp(join(tmpdir(), 'sekisho-plans-'));
  const config = await writeTerraformCliConfig({
    directory: base,
    mirror: mirror.kind === 'found' ? mirror.path : undefined,
  });
  return {
    workspace: (sample, extraEnv = {}) => openWorkspace({ terraform, config, base }, sample, extraEnv),
    close: () => rm(base, { recursive: true, force: true }),
  };
}

interface Bench {
  readonly terraform: string;
  readonly config: string;
  readonly base: string;
}

async function openWorkspace(
  bench: Bench,
  sample: string,
  extraEnv: Readonly<Record<string, string>>,
): Promise<Workspace> {
  const folder = await mkdtemp(join(bench.base, `${sample}-`));
  const env = {
    ...process.env,
    ...extraEnv,
    TF_CLI_CONFIG_FILE: bench.config,
    CHECKPOINT_DISABLE: '1',
    TF_IN_AUTOMATION: '1',
  };
  const terraform = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await run(bench.terraform, args, { cwd: folder, env, maxBuffer: MAX_OUTPUT_BYTES });
    return stdout;
  };
  const plan = async (...args: readonly string[]): Promise<Buffer> => {
    await terraform('plan', '-input=false', '-no-color', '-out=plan.tfplan', ...args);
    return await readFile(join(folder, 'plan.tfplan'));
  };
  return {
    folder,
    plan,
    async useStep(step) {
      await rm(join(folder, 'main.tf'), { force: true });
      await mkdir(folder, { recursive: true });
      await cp(join(samples, sample, step), folder, { recursive: true });
      await terraform('init', '-input=false', '-no-color');
    },
    async planAndShow(...args) {
      const file = await plan(...args);
      return { file, shown: await terraform('show', '-json', 'plan.tfplan') };
    },
    async apply(...args) {
      await terraform('apply', '-input=false', '-auto-approve', '-no-color', ...args);
    },
  };
}
