import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireOutsideTools } from '../demo/outside-tools.ts';
import { medianOf } from './figures.ts';

/*
 * node bench/review.ts: `sekisho review --format json` of a plan file with 5,000 resources against `terraform show -json`
 * of the same file, whole processes, in turn. Exits 1 below 20 times faster, or at 300 MB or more.
 */

const RESOURCES = 5_000;
const ROUNDS = 10;
const LEAST_RATIO = 20;
const MOST_MB = 300;
const POLL_MS = 5;

const CONFIGURATION = `terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region                      = "ap-northeast-1"
  access_key                  = "benchmark"
  secret_key                  = "benchmark"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

resource "aws_ssm_parameter" "p" {
  count = ${RESOURCES}
  name  = "/p/\${count.index}"
  type  = "String"
  value = "v\${count.index}"
}
`;

interface Run {
  readonly seconds: number;
  /** Of the process itself, not of the provider that Terraform starts beside it. */
  readonly peakMb: number;
}

async function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<Run> {
  const output = openSync('/dev/null', 'w');
  const startMs = performance.now();
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', output, 'inherit'] });
  let peakMb = 0;
  const timer = setInterval(() => {
    peakMb = Math.max(peakMb, peakMbOf(child.pid));
  }, POLL_MS);
  const [code] = await once(child, 'exit');
  clearInterval(timer);
  closeSync(output);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}`);
  return { seconds: (performance.now() - startMs) / 1_000, peakMb };
}

function peakMbOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_000;
  } catch {
    // It has just ended.
    return 0;
  }
}

const tools = await requireOutsideTools();
const folder = await mkdtemp(join(tmpdir(), 'sekisho-bench-review-'));
const env = {
  PATH: process.env.PATH,
  HOME: folder,
  TF_CLI_CONFIG_FILE: tools.terraformCliConfig,
  CHECKPOINT_DISABLE: '1',
};
const sekisho = join(import.meta.dirname, '../bin/sekisho');
try {
  await writeFile(join(folder, 'main.tf'), CONFIGURATION);
  await run(tools.terraform, ['init', '-input=false', '-no-color'], folder, env);
  await run(tools.terraform, ['plan', '-input=false', '-no-color', '-out=plan'], folder, env);
  const shows: Run[] = [];
  const reviews: Run[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    shows.push(await run(tools.terraform, ['show', '-json', 'plan'], folder, env));
    reviews.push(await run(sekisho, ['review', 'plan', '--format', 'json'], folder, env));
  }
  const showSeconds = medianOf(shows.map(({ seconds }) => seconds));
  const reviewSeconds = medianOf(reviews.map(({ seconds }) => seconds));
  const reviewMb = Math.max(...reviews.map(({ peakMb }) => peakMb));
  const ratio = showSeconds / reviewSeconds;
  const ok = ratio >= LEAST_RATIO && reviewMb < MOST_MB;
  const figures = {
    showSeconds,
    reviewSeconds,
    ratio,
    reviewMb,
    terraformMb: Math.max(...shows.map(({ peakMb }) => peakMb)),
  };
  const rounded = Object.entries(figures).map(([name, value]) => [name, Math.round(value * 100) / 100]);
  console.log(
    JSON.stringify({ benchmark: 'review', resources: RESOURCES, ...Object.fromEntries(rounded), ok }),
  );
  if (!ok) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
