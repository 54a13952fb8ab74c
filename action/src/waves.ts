import { err, ok, type Problem, problem, type Result, text } from '../../src/core-values/index.ts';

/** One entry of a matrix. */
export interface WaveEntry {
  readonly stack: string;
  /** GitHub environment in which its apply must run; empty for none. */
  readonly environment: string;
}

export interface PlacedStack extends WaveEntry {
  /** From 1 on. */
  readonly wave: number;
}

/** Jobs for waves that the workflow has. */
export const MOST_WAVES = 4;
/** https://docs.github.com/en/actions/reference/limits: a matrix makes 256 jobs at most. */
const MOST_ENTRIES = 256;

/** What to take, of what there is. */
export interface WaveOrder {
  /** Names; empty for all. */
  readonly only: readonly string[];
  /** A plan changes nothing, so its stacks need no order. */
  readonly purpose: 'plan' | 'apply';
}

/** The outputs `wave-1` … of a workflow: a JSON array each, `[]` where there is none. What does not fit is a problem, for it would go unseen. */
export function waveOutputs(
  placed: readonly PlacedStack[],
  { only, purpose }: WaveOrder,
): Result<Readonly<Record<string, string>>, Problem> {
  const unknown = only.filter((name) => !placed.some(({ stack }) => stack === name));
  if (unknown.length > 0) return err(noSuch(unknown));
  const taken = placed.filter(({ stack }) => only.length === 0 || only.includes(stack));
  const numbers = [...new Set(taken.map(({ wave }) => wave))].toSorted((a, b) => a - b);
  const waves =
    purpose === 'plan' ? [taken] : numbers.map((number) => taken.filter(({ wave }) => wave === number));
  if (waves.length > MOST_WAVES) return err(TOO_DEEP);
  const large = waves.find((wave) => wave.length > MOST_ENTRIES);
  if (large !== undefined) return err(tooMany(large.length));
  return ok(
    Object.fromEntries(
      Array.from({ length: MOST_WAVES }, (_, at) => [
        `wave-${at + 1}`,
        JSON.stringify((waves[at] ?? []).map(({ stack, environment }) => ({ stack, environment }))),
      ]),
    ),
  );
}

const visible = (names: readonly string[]): string =>
  names
    .join(', ')
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '\ufffd')
    .slice(0, 200);

const noSuch = (names: readonly string[]): Problem =>
  problem('not-found', {
    rule: 'action.no-such-stack',
    message: text(
      `This repository has no stack to plan by the name ${visible(names)}.`,
      `このリポジトリに、プラン対象となるスタック ${visible(names)} がありません。`,
    ),
    remedy: text(
      'Give names as they stand in sekisho.yaml, with commas between.',
      'sekisho.yaml のスタック名をカンマ区切りで指定してください。',
    ),
  });

const TOO_DEEP = problem('too-large', {
  rule: 'action.too-many-waves',
  message: text(
    `Stacks that depend on each other make more than ${MOST_WAVES} waves.`,
    `スタックの依存関係が深く、${MOST_WAVES} wave を超えています。`,
  ),
  remedy: text(
    'Apply the first ones by hand: run the workflow with `stacks` and purpose apply, then the rest.',
    '先に適用するスタックを `stacks` に指定し、purpose を apply にしてワークフローを手動実行してから、残りを実行してください。',
  ),
});

const tooMany = (count: number): Problem =>
  problem('too-large', {
    rule: 'ci.too-many-jobs',
    message: text(
      `${count} stacks are to be planned at once, and a matrix of GitHub Actions makes ${MOST_ENTRIES} jobs at most.`,
      `一度にプランするスタックが ${count} あり、GitHub Actions のマトリックスの上限(${MOST_ENTRIES} ジョブ)を超えています。`,
    ),
    remedy: text(
      'Run the workflow by hand with `stacks`, some at a time.',
      '`stacks` を指定してワークフローを手動実行し、分けて実行してください。',
    ),
  });
