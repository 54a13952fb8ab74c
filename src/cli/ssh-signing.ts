import { spawn } from 'node:child_process';
import { access, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { err, ok, type Problem, problem, type Result, text } from '#core-values';

export interface SshSigningRequest {
  /** Exactly what is signed. */
  readonly bytes: Uint8Array;
  readonly namespace: string;
  /** A private key, or a public one whose private half the agent or a security key holds. */
  readonly keyFile?: string;
  /** Base64 blobs of the keys that will be accepted, to pick the right one from the agent. */
  readonly acceptedKeys?: readonly string[];
  /** The person's environment: PATH, HOME, SSH_AUTH_SOCK. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Shown while it waits for a touch. */
  readonly notice: (words: string) => void;
}

/** Security keys first: they cannot be copied. */
const DEFAULT_KEYS = ['id_ed25519_sk', 'id_ecdsa_sk', 'id_ed25519', 'id_ecdsa', 'id_rsa'];

/**
 * Signs with the person's own key by OpenSSH's `ssh-keygen -Y sign`, so that agents, passphrases and security keys
 * work as they always do; it may ask on the terminal. Answers the armored signature.
 * Key: `keyFile`, else an accepted key in the agent, else the first of `~/.ssh`'s usual names.
 */
export async function signWithSsh(request: SshSigningRequest): Promise<Result<string, Problem>> {
  const folder = await mkdtemp(join(tmpdir(), 'sekisho-sign-'));
  try {
    const key = await chooseKey(request, folder);
    if (!key.ok) return key;
    const args = ['-Y', 'sign', '-q', '-n', request.namespace, '-f', key.value];
    const outcome = await run('ssh-keygen', args, request, request.bytes);
    if (outcome.kind === 'missing') return err(noSshKeygen);
    if (outcome.code !== 0 || outcome.stdout === '') return err(notSigned(key.value, outcome.stderr));
    return ok(outcome.stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function chooseKey(request: SshSigningRequest, folder: string): Promise<Result<string, Problem>> {
  const { keyFile, env } = request;
  if (keyFile !== undefined) return (await isFile(keyFile)) ? ok(keyFile) : err(noSuchKey(keyFile));
  const held = await agentKey(request);
  if (held !== undefined) {
    const file = join(folder, 'agent-key.pub');
    await writeFile(file, `${held}\n`);
    return ok(file);
  }
  for (const name of env.HOME === undefined ? [] : DEFAULT_KEYS) {
    const file = join(env.HOME ?? '', '.ssh', name);
    if (await exists(file)) return ok(file);
  }
  return err(noKey);
}

/** The first key of the agent that will be accepted; without a list, the first at all. */
async function agentKey(request: SshSigningRequest): Promise<string | undefined> {
  const { acceptedKeys: accepted, env } = request;
  if (env.SSH_AUTH_SOCK === undefined) return undefined;
  const listed = await run('ssh-add', ['-L'], request, new Uint8Array(0));
  if (listed.kind === 'missing' || listed.code !== 0) return undefined;
  const lines = listed.stdout.split('\n').filter((line) => line !== '');
  return lines.find((line) => accepted === undefined || accepted.includes(line.split(' ')[1] ?? ''));
}

type Outcome =
  | { readonly kind: 'missing' }
  | {
      readonly kind: 'ended';
      readonly code: number | null;
      readonly stdout: string;
      readonly stderr: string;
    };

function run(
  program: string,
  args: readonly string[],
  { env, notice }: Pick<SshSigningRequest, 'env' | 'notice'>,
  input: Uint8Array,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (words: string) => {
      stdout += words;
    });
    child.stderr.setEncoding('utf8').on('data', (words: string) => {
      stderr += words;
      // “Confirm user presence for key …”: the person must see it while it waits.
      if (/presence|PIN|touch/i.test(words)) notice(words);
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve({ kind: 'missing' });
      else reject(error);
    });
    child.on('close', (code) => resolve({ kind: 'ended', code, stdout, stderr }));
    // A program that ends before it has read all answers by its exit code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

const isFile = (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => !found.isDirectory(),
    () => false,
  );

const noSshKeygen = problem('outside-failed', {
  rule: 'approve.no-ssh-keygen',
  message: text('`ssh-keygen` was not found.', '`ssh-keygen` が見つかりません。'),
  remedy: text(
    'Install OpenSSH 8.2 or newer (`openssh-client`), and see that it is on PATH.',
    'OpenSSH 8.2 以降(`openssh-client` など)をインストールし、PATH を通してください。',
  ),
});

const noKey = problem('bad-input', {
  rule: 'approve.no-key',
  message: text(
    'No SSH key to sign with: none in the agent that is registered, and none of the usual names in ~/.ssh.',
    '署名に使える SSH 鍵がありません(エージェントに登録済みの鍵がなく、~/.ssh にも標準的な名前の鍵がありません)。',
  ),
  remedy: text(
    'Name one with SEKISHO_SSH_KEY, load it with `ssh-add`, or make one with `ssh-keygen -t ed25519-sk`.',
    'SEKISHO_SSH_KEY で指定するか、`ssh-add` で読み込むか、`ssh-keygen -t ed25519-sk` で作成してください。',
  ),
});

const noSuchKey = (file: string): Problem =>
  problem('bad-input', {
    rule: 'approve.key-not-found',
    message: text('There is no key file here.', '鍵ファイルがありません。'),
    remedy: text(
      'Check the path given with --key or SEKISHO_SSH_KEY.',
      '--key または SEKISHO_SSH_KEY で指定したパスを確認してください。',
    ),
    place: { file },
  });

/** OpenSSH says why in English; the kinds that people meet get a remedy of their own. */
function notSigned(file: string, stderr: string): Problem {
  const why = stderr.trim().split('\n').at(-1) ?? '';
  const cancelled = /incorrect passphrase|passphrase|Couldn't load|invalid format/i.test(why);
  return problem('denied', {
    rule: cancelled ? 'approve.key-locked' : 'approve.not-signed',
    message: text(
      `Nothing was signed: ssh-keygen said “${why === '' ? 'nothing' : why}”.`,
      `署名されませんでした。ssh-keygen のメッセージ: ${why === '' ? 'なし' : why}`,
    ),
    remedy: cancelled
      ? text(
          'Run it again and give the passphrase, or load the key first with `ssh-add`.',
          '再度実行してパスフレーズを入力するか、先に `ssh-add` で鍵を読み込んでください。',
        )
      : text(
          'Check the key, the agent (`ssh-add -L`), and that the security key is plugged in and touched.',
          '鍵とエージェント(`ssh-add -L`)を確認し、セキュリティキーの場合は接続とタッチを確認してください。',
        ),
    place: { file },
  });
}
