import { z } from 'zod';
import { type Text, text } from '#core-values';
import { ask, findProgram } from './program.ts';
import type { ToolFinding, ToolSurroundings } from './tool.ts';

/** 1.5 is the oldest whose plan files Sekisho reads. */
const OLDEST = { major: 1, minor: 5 };

const FACTS = {
  tool: 'terraform',
  title: 'Terraform / OpenTofu',
  neededFor: text(
    'making plan files and applying them (sekisho ci, sekisho exec, the demo)',
    'プランファイルの作成と適用(sekisho ci、sekisho exec、デモ)',
  ),
  howToGet: text(
    'Install Terraform 1.5 or newer (https://developer.hashicorp.com/terraform/install) or OpenTofu (https://opentofu.org/docs/intro/install/) and put it on PATH.',
    'Terraform 1.5 以降(https://developer.hashicorp.com/terraform/install)または OpenTofu(https://opentofu.org/docs/intro/install/)をインストールし、PATH に置いてください。',
  ),
} as const;

const VersionAnswer = z.object({ terraform_version: z.string() });

/** Terraform if it is on PATH and new enough, else OpenTofu; of two unusable ones, Terraform is told. */
export async function findTerraform(where: ToolSurroundings): Promise<ToolFinding> {
  const terraform = await examine('terraform', where);
  if (terraform.kind === 'found') return terraform;
  const tofu = await examine('tofu', where);
  return tofu.kind === 'missing' ? terraform : tofu;
}

async function examine(name: 'terraform' | 'tofu', where: ToolSurroundings): Promise<ToolFinding> {
  const path = await findProgram(name, where);
  if (path === undefined) return { ...FACTS, kind: 'missing' };
  const version = await versionOf(path, where);
  if (typeof version !== 'string') return { ...FACTS, kind: 'unusable', path, why: version.why };
  if (!isNewEnough(version)) {
    const why = text(
      `it is version ${version}; 1.5 or newer is needed`,
      `バージョンが ${version} です。1.5 以降が必要です`,
    );
    return { ...FACTS, kind: 'unusable', path, why };
  }
  return { ...FACTS, title: name === 'tofu' ? 'OpenTofu' : 'Terraform', kind: 'found', path, version };
}

async function versionOf(path: string, where: ToolSurroundings): Promise<string | { readonly why: Text }> {
  // The person's own CLI configuration and HashiCorp's update check have no say in which version this is.
  const env = { ...where.env, TF_CLI_CONFIG_FILE: '/dev/null', CHECKPOINT_DISABLE: '1' };
  const answer = await ask(path, ['version', '-json'], { ...where, env });
  if (answer.kind === 'timed-out') return { why: noAnswer(where.timeoutMs) };
  if (answer.kind === 'not-started') {
    return { why: text(`it does not start: ${answer.message}`, `起動できません: ${answer.message}`) };
  }
  try {
    return VersionAnswer.parse(JSON.parse(answer.stdout)).terraform_version;
  } catch {
    return {
      why: text('"version -json" does not tell a version', '"version -json" からバージョンを読み取れません'),
    };
  }
}

const noAnswer = (timeoutMs: number): Text =>
  text(`it gave no answer within ${timeoutMs / 1000} s`, `${timeoutMs / 1000} 秒以内に応答がありません`);

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor);
}
