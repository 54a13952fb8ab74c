import { spawn } from 'node:child_process';
import { err, ok, type Problem, problem, type Result, text } from '#core-values';

/** Git in one folder: the program, without a shell. */
export interface Git {
  /** What it says on standard output; a problem where it cannot be started or fails, with its own words. */
  bytes(args: readonly string[], input?: string): Promise<Result<Buffer, Problem>>;
  /** The first line; `undefined` where git fails. */
  line(args: readonly string[]): Promise<Result<string | undefined, Problem>>;
}

interface Ended {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export function gitIn(cwd: string, env: Readonly<Record<string, string | undefined>>): Git {
  const run = (args: readonly string[], input?: string): Promise<Result<Ended, Problem>> =>
    new Promise((resolve) => {
      // Replacements of objects and lazy fetches would make the answer depend on more than the commit.
      const own = {
        LC_ALL: 'C',
        GIT_OPTIONAL_LOCKS: '0',
        GIT_NO_REPLACE_OBJECTS: '1',
        GIT_TERMINAL_PROMPT: '0',
      };
      const child = spawn('git', [...args], { cwd, env: { ...env, ...own }, stdio: 'pipe' });
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      child.stdout.on('data', (piece: Buffer) => stdout.push(piece));
      child.stderr.on('data', (piece: Buffer) => stderr.push(piece));
      child.on('error', () => resolve(err(NOT_STARTED)));
      child.on('close', (code) =>
        resolve(
          ok({
            exitCode: code ?? 1,
            stdout: Buffer.concat(stdout),
            stderr: Buffer.concat(stderr).toString('utf8'),
          }),
        ),
      );
      // It may end before it has read all.
      child.stdin.on('error', () => undefined);
      child.stdin.end(input ?? '');
    });
  return {
    async bytes(args, input) {
      const ended = await run(args, input);
      if (!ended.ok) return ended;
      const { exitCode, stdout, stderr } = ended.value;
      return exitCode === 0 ? ok(stdout) : err(failed(args, stderr));
    },
    async line(args) {
      const ended = await run(args);
      if (!ended.ok) return ended;
      const { exitCode, stdout } = ended.value;
      return ok(exitCode === 0 ? stdout.toString('utf8').split('\n', 1)[0] : undefined);
    },
  };
}

const NOT_STARTED: Problem = problem('outside-failed', {
  rule: 'checkout.no-git',
  message: text('git could not be started.', 'git を起動できませんでした。'),
  remedy: text(
    'Install git in the job’s image, and check that the folder exists.',
    'ジョブの実行環境に git をインストールし、フォルダーが存在するか確認してください。',
  ),
});

function failed(args: readonly string[], stderr: string): Problem {
  const said = stderr
    .trim()
    .replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .slice(0, 300);
  const isForeign = /dubious ownership/.test(stderr);
  return problem('outside-failed', {
    rule: 'checkout.git-failed',
    message: text(`\`git ${args[0]}\` failed: ${said}`, `\`git ${args[0]}\` が失敗しました: ${said}`),
    remedy: isForeign
      ? text(
          'The checkout belongs to another user than the job’s: run `git config --global --add safe.directory "$PWD"` before.',
          'チェックアウトの所有者がジョブの実行ユーザーと異なります。先に `git config --global --add safe.directory "$PWD"` を実行してください。',
        )
      : text(
          'Check out the repository in the job before this command (GitHub: actions/checkout with `fetch-depth: 0`).',
          'このコマンドの前に、ジョブでリポジトリをチェックアウトしてください(GitHub では actions/checkout に `fetch-depth: 0` を指定)。',
        ),
  });
}
