import { type Problem, type Reason, type StackName, type Text, text } from '#core-values';
import { code, plain } from '#plan/core';
import { prose } from '../comment/plan-section.ts';
import type { PullRequestFacts, StackFacts } from '../facts.ts';
import { SITUATION_WORDS, situationOf } from '../situation.ts';
import { nearest, type PullRequestCommand, type Verb } from './command.ts';

/** By which the one comment that answers commands is found again. */
export const ANSWER_MARKER = '<!-- sekisho:answer -->';

const LONGEST_COMMAND = 200;

/** The answer to the newest command: whose it was, and what came of it. Pings nobody. */
export function answerComment(
  { login, url, words }: { readonly login: string; readonly url: string; readonly words: string },
  answer: string,
): string {
  const [line = ''] = words.split(/\r\n|\r|\n/);
  const asked = line.length > LONGEST_COMMAND ? `${line.slice(0, LONGEST_COMMAND).toWellFormed()}…` : line;
  return `${ANSWER_MARKER}\n> [${plain(login)}](${url}): ${code(asked)}\n\n${answer}\n`;
}

export const refusalAnswer = (reasons: readonly Reason[], say: (words: Text) => string): string =>
  reasons.map(({ message, remedy }) => `🚫 ${prose(say(message))}\n<br>→ ${prose(say(remedy))}`).join('\n\n');

export const problemAnswer = ({ reasons }: Problem, say: (words: Text) => string): string =>
  refusalAnswer(reasons, say);

const HELP: readonly (readonly [string, Text])[] = [
  [
    'plan [STACK|all]',
    text('plan again, by the protected workflow', '保護されたワークフローで再度プランを作成する'),
  ],
  [
    'apply STACK|all',
    text(
      'apply what is approved (before the merge where the stack says so; after it, try a failed apply again)',
      '承認済みのプランを適用する(マージ前に適用するスタック、またはマージ後に失敗した適用の再試行)',
    ),
  ],
  ['approve STACK', text('how to approve it', '承認の方法を表示する')],
  ['reject STACK', text('how to turn it down', '却下の方法を表示する')],
  ['cancel STACK|all', text('take its plan off the road', 'プランを取り消す')],
  [
    'explain [STACK|all]',
    text('what the policy says, and what would change it', 'ポリシーの判定と、許可される条件を表示する'),
  ],
  [
    'unlock STACK --reason "…"',
    text('take the stack over from another pull request', '別のプルリクエストからスタックを引き継ぐ'),
  ],
  ['help', text('this list', 'この一覧を表示する')],
];

export const helpAnswer = (say: (words: Text) => string): string => {
  const head = text(
    'Write one of these as the first line of a comment, one command each:',
    'コメントの 1 行目に、次のいずれかを 1 つだけ書いてください:',
  );
  const lines = HELP.map(([usage, about]) => `- \`/sekisho ${usage}\` — ${say(about)}`);
  return `${say(head)}\n\n${lines.join('\n')}`;
};

/** What the policy says of each stack, in its own words. */
export function explainAnswer(
  stacks: readonly StackFacts[],
  facts: PullRequestFacts,
  say: (words: Text) => string,
): string {
  return stacks
    .map((stack) => {
      const { mark, words } = SITUATION_WORDS[situationOf(stack, facts)];
      const decision = stack.plan?.details.decision;
      const reasons = (decision?.reasons ?? []).map(
        ({ message, remedy }) => `- ${prose(message)}\n  <br>→ ${prose(remedy)}`,
      );
      const missing = say(text('It passes with:', '許可される条件:'));
      const ways = (decision?.wouldChange ?? []).map((way) => `- ${missing} ${prose(way)}`);
      return [`${mark} ${code(stack.name)}: ${say(words)}`, '', ...reasons, ...ways].join('\n').trimEnd();
    })
    .join('\n\n');
}

/** Approving and rejecting is done by signature or review: a comment is neither. */
export function decideAnswer(
  stacks: readonly StackFacts[],
  verb: 'approve' | 'reject',
  say: (words: Text) => string,
): string {
  const [command, review] = [
    text(
      'A comment approves nothing: it is not signed. Sign with your SSH key:',
      'コメントは署名されないため、承認や却下にはなりません。自分の SSH 鍵で署名してください:',
    ),
    text(
      'A comment approves nothing. Submit a review of this pull request (“Approve” or “Request changes”), or sign with your SSH key:',
      'コメントは承認や却下になりません。このプルリクエストをレビューする(「Approve」または「Request changes」)か、自分の SSH 鍵で署名してください:',
    ),
  ];
  const words = say(stacks.every(({ acceptsReviews }) => acceptsReviews) ? review : command);
  const lines = stacks.flatMap(({ plan }) => (plan === undefined ? [] : [`sekisho ${verb} ${plan.id}`]));
  const none = text('There is no plan yet.', 'まだプランがありません。');
  return lines.length === 0 ? say(none) : `${words}\n\n\`\`\`sh\n${lines.join('\n')}\n\`\`\``;
}

const NEEDS_ONE: readonly Verb[] = ['apply', 'approve', 'reject', 'cancel', 'unlock'];

/** The stacks that a command is about; what is not certain is asked back. */
export function targetsOf(
  { verb, target }: PullRequestCommand,
  stacks: readonly StackFacts[],
): { readonly stacks: readonly StackFacts[] } | { readonly refused: Reason } {
  const names = stacks.map(({ name }) => name);
  if (stacks.length === 0) return { refused: NOTHING_TOUCHED };
  if (target === undefined) {
    if (names.length > 1 && NEEDS_ONE.includes(verb)) return { refused: whichOne(verb, names) };
    return { stacks };
  }
  if (target === 'all') return verb === 'unlock' ? { refused: whichOne(verb, names) } : { stacks };
  const found = stacks.filter(({ name }) => name === target);
  return found.length > 0 ? { stacks: found } : { refused: unknownStack(target, names) };
}

const MOST_NAMES = 10;
const listed = (names: readonly StackName[]): Text => {
  const shown = names.slice(0, MOST_NAMES).join(', ');
  return names.length > MOST_NAMES ? text(`${shown}, …`, `${shown} など`) : text(shown, shown);
};

const whichOne = (verb: Verb, names: readonly StackName[]): Reason => ({
  rule: 'command.which-stack',
  message: text(
    `This change touches several stacks, and ${verb} must name one.`,
    `この変更は複数のスタックに影響します。${verb} の対象を指定してください。`,
  ),
  remedy: text(`Name one of: ${listed(names).en}.`, `次のいずれかを指定してください: ${listed(names).ja}`),
});

function unknownStack(target: StackName, names: readonly StackName[]): Reason {
  const near = nearest(target, names);
  return {
    rule: 'command.unknown-stack',
    message: text(`This change touches no stack ${target}.`, `この変更はスタック ${target} に影響しません。`),
    remedy:
      near === undefined
        ? text(`It touches: ${listed(names).en}.`, `影響するスタック: ${listed(names).ja}`)
        : text(
            `Did you mean ${near}? It touches: ${listed(names).en}.`,
            `${near} のことでしょうか。影響するスタック: ${listed(names).ja}`,
          ),
  };
}

const NOTHING_TOUCHED: Reason = {
  rule: 'command.nothing-touched',
  message: text('This change touches no stack.', 'この変更はどのスタックにも影響しません。'),
  remedy: text('There is nothing to do.', '操作は不要です。'),
};
