import { dirname, join } from 'node:path';
import { text } from '#core-values';
import { ask, findProgram, isExecutableFile, programVersion } from './program.ts';
import type { ToolFinding, ToolSurroundings } from './tool.ts';

const GIT = {
  tool: 'git',
  title: 'git',
  neededFor: text('the demo: commits of its stacks', 'デモ(スタックのコミット)'),
  howToGet: text(
    'Install git with your package manager (apt-get install git, brew install git).',
    'パッケージマネージャーで git をインストールしてください(apt-get install git、brew install git)。',
  ),
} as const;

const SSH_KEYGEN = {
  tool: 'ssh-keygen',
  title: 'ssh-keygen',
  neededFor: text('signing approvals (sekisho approve)', '承認への署名(sekisho approve)'),
  howToGet: text(
    'Install OpenSSH 8.2 or newer with your package manager (apt-get install openssh-client).',
    'パッケージマネージャーで OpenSSH 8.2 以降をインストールしてください(apt-get install openssh-client)。',
  ),
} as const;

/** 8.2 is the first whose `-Y sign` knows hardware keys (https://www.openssh.com/txt/release-8.2). */
const OLDEST_SSH = 8.2;

export async function findGit(where: ToolSurroundings): Promise<ToolFinding> {
  const path = await findProgram('git', where);
  if (path === undefined) return { ...GIT, kind: 'missing' };
  const version = await programVersion(path, where);
  return { ...GIT, kind: 'found', path, ...(version === undefined ? {} : { version }) };
}

export async function findSshKeygen(where: ToolSurroundings): Promise<ToolFinding> {
  const path = await findProgram('ssh-keygen', where);
  if (path === undefined) return { ...SSH_KEYGEN, kind: 'missing' };
  // ssh-keygen cannot tell its version; the ssh that came with it can. Without one, ssh-keygen is tried as it is.
  const ssh = join(dirname(path), 'ssh');
  if (!(await isExecutableFile(ssh))) return { ...SSH_KEYGEN, kind: 'found', path };
  const answer = await ask(ssh, ['-V'], where);
  const version = answer.kind === 'answered' ? /OpenSSH_(\d+\.\d+)/.exec(answer.stderr)?.[1] : undefined;
  if (version === undefined) return { ...SSH_KEYGEN, kind: 'found', path };
  if (Number.parseFloat(version) >= OLDEST_SSH) return { ...SSH_KEYGEN, kind: 'found', path, version };
  const why = text(
    `it is OpenSSH ${version}; 8.2 or newer is needed`,
    `OpenSSH ${version} です。8.2 以降が必要です`,
  );
  return { ...SSH_KEYGEN, kind: 'unusable', path, why };
}
