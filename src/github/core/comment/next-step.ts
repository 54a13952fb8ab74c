import { type StackName, type Text, text } from '#core-values';
import { code, plain } from '#plan/core';
import type { PullRequestFacts, StackFacts } from '../facts.ts';
import { askedForChanges, SITUATION_WORDS, SITUATIONS, type Situation, situationOf } from '../situation.ts';

/** What is to be done first, and by whom; in Markdown, everything from people escaped. */
export interface NextStep {
  readonly mark: string;
  readonly words: Text;
}

type Stacks = readonly [StackFacts, ...StackFacts[]];

const MOST_NAMES = 4;
const MOST_PEOPLE = 6;

/** `a`, `b` and 3 more */
function named(stacks: readonly { readonly name: StackName }[]): Text {
  const shown = stacks.slice(0, MOST_NAMES).map(({ name }) => code(name));
  const more = stacks.length - shown.length;
  return more === 0
    ? text(listed(shown), shown.join('、'))
    : text(`${shown.join(', ')} and ${more} more`, `${shown.join('、')} ほか ${more} 件`);
}

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

/** Those who are named are escaped already. */
function people(names: readonly string[]): Text {
  const shown = names.slice(0, MOST_PEOPLE);
  const more = names.length - shown.length;
  return more === 0
    ? text(shown.join(', '), shown.join('、'))
    : text(`${shown.join(', ')} and ${more} more`, `${shown.join('、')} ほか ${more} 人`);
}

const NOBODY = text(
  'nobody there can approve it: add people in `sekisho.yaml`',
  '承認できる人がいません。`sekisho.yaml` に追加してください',
);

/** Each team with who of it can approve. Names are escaped, so that nobody is notified by being named. */
const teamsOf = (stacks: Stacks): Text => {
  const teams = [...Map.groupBy(stacks, ({ team }) => team)].map(([team, of]) => {
    const names = [...new Set(of.flatMap(({ approvers }) => approvers))].map((name) => plain(name));
    const { en, ja } = names.length === 0 ? NOBODY : people(names);
    return { en: `${plain(team)} (${en})`, ja: `${plain(team)} チーム: ${ja}` };
  });
  return text(listed(teams.map(({ en }) => en)), teams.map(({ ja }) => ja).join(' / '));
};

const askersOf = (stacks: Stacks): Text => {
  const askers = [
    ...new Set(stacks.flatMap((stack) => askedForChanges(stack)).map(({ approver }) => plain(approver))),
  ];
  return people(askers);
};

const all = (stacks: readonly { readonly name: StackName }[]): string =>
  stacks.length === 1 ? ` ${stacks[0]?.name}` : '';

/** A job waits for an approval only so long. */
function againBy(stacks: Stacks): Text {
  const command = `\`/sekisho apply${all(stacks) || ' STACK'}\``;
  return text(
    ` If that job has ended without it, comment ${command} once it is approved.`,
    `適用しないままジョブが終了している場合は、承認後に ${command} とコメントしてください。`,
  );
}

function unreadable({ failedLookups, stacks }: PullRequestFacts): Text {
  const unreadables =
    failedLookups.length > 0 ? [] : stacks.filter((stack) => stack.unreadable !== undefined);
  const names = unreadables.length === 0 ? text('', '') : named(unreadables);
  const of = names.en === '' ? text('', '') : text(` of ${names.en}`, `${names.ja} の`);
  return text(
    `**Wait:** Sekisho could not read everything it needs${of.en}, so nothing passes. It tries again by itself; what failed is below.`,
    `**待機:** ${of.ja}必要な情報を読み取れなかったため、何も許可していません。自動で再試行します(失敗した内容は下記)。`,
  );
}

/** The first of these that a stack is in is what the first line says. */
const STEPS: Readonly<Record<Situation, (stacks: Stacks, facts: PullRequestFacts) => Text>> = {
  unreadable: (_, facts) => unreadable(facts),
  deleted: (stacks) => {
    const names = named(stacks);
    return text(
      `**Next, the author:** decide what becomes of ${names.en}, whose folder is gone while what it made still stands.`,
      `**次の操作(作成者):** ${names.ja} のフォルダが削除されていますが、作成済みのリソースは残っています。扱いを決めてください。`,
    );
  },
  moved: (stacks) => {
    const names = named(stacks);
    return text(
      `**Next, the author:** the folder of ${names.en} moved; tell \`sekisho.yaml\` where to.`,
      `**次の操作(作成者):** ${names.ja} のフォルダが移動しました。\`sekisho.yaml\` に新しい場所を設定してください。`,
    );
  },
  fork: () => FORK,
  refused: (stacks, { status }) => {
    const names = named(stacks);
    const [en, ja] =
      status === 'merged'
        ? ['correct it by a new pull request', '新しいプルリクエストで修正してください']
        : ['change it and push', '修正して push してください'];
    return text(
      `**Next, the author:** the plan of ${names.en} is refused for good; the reasons are below. If they lie in the code, ${en}; if they lie outside it, settle them and comment \`/sekisho plan${all(stacks)}\` to try again.`,
      `**次の操作(作成者):** ${names.ja} のプランは拒否され、適用できません(理由は下記)。コードが原因なら${ja}。コード以外が原因なら、解消してから \`/sekisho plan${all(stacks)}\` とコメントして再試行してください。`,
    );
  },
  failed: (stacks) => {
    const names = named(stacks);
    return text(
      `**Next, the author:** the apply of ${names.en} failed. Read why, then comment \`/sekisho plan${all(stacks)}\` to plan what is left; no new pull request is needed.`,
      `**次の操作(作成者):** ${names.ja} の適用に失敗しました。原因を確認し、\`/sekisho plan${all(stacks)}\` とコメントして残りのプランを作成してください。新しいプルリクエストは不要です。`,
    );
  },
  'plan-again': (stacks) => {
    const names = named(stacks);
    return text(
      `**Next, the author:** comment \`/sekisho plan${all(stacks)}\`. The plan of ${names.en} is no longer good; an approval of the same meaning stays.`,
      `**次の操作(作成者):** \`/sekisho plan${all(stacks)}\` とコメントしてください。${names.ja} のプランは無効になりました。同じ内容への承認は引き続き有効です。`,
    );
  },
  held: (stacks) => {
    const [first] = stacks;
    const names = named(stacks);
    const by = first.heldBy === undefined ? '' : `#${first.heldBy.number}`;
    return text(
      `**Wait:** ${names.en} is held by ${by || 'another pull request'} until that one is applied or closed.`,
      `**待機:** ${names.ja} は ${by || '別のプルリクエスト'} が使用中です。適用されるかクローズされるまで進めません。`,
    );
  },
  'changes-requested': (stacks) => {
    const [askers, names] = [askersOf(stacks), named(stacks)];
    return text(
      `**Next, the author:** ${askers.en} asked for changes to ${names.en}. Push what they ask for, and have them review again: until they approve or the review is dismissed, nobody’s approval counts.`,
      `**次の操作(作成者):** ${askers.ja} が ${names.ja} に変更を求めています。対応を push し、再レビューを依頼してください。承認されるかレビューが取り下げられるまで、ほかの人の承認も有効になりません。`,
    );
  },
  waits: (stacks, { status }) => {
    const [teams, names] = [teamsOf(stacks), named(stacks)];
    const again = status === 'merged' ? againBy(stacks) : text('', '');
    return text(
      `**Next, team ${teams.en}:** read and approve ${names.en}; the command is below.${again.en}`,
      `**次の操作(${teams.ja}):** ${names.ja} の内容を確認して承認してください(コマンドは下記)。${again.ja}`,
    );
  },
  ready: (stacks) => {
    const names = named(stacks);
    return text(
      `**Next, the author:** comment \`/sekisho apply${all(stacks)}\`. ${names.en} is approved, and is applied before the merge.`,
      `**次の操作(作成者):** \`/sekisho apply${all(stacks)}\` とコメントしてください。${names.ja} は承認済みで、マージ前に適用します。`,
    );
  },
  unplanned: (stacks) => {
    const names = named(stacks);
    return text(
      `**Wait:** the CI plans ${names.en}. If no job runs, comment \`/sekisho plan${all(stacks)}\`.`,
      `**待機:** CI が ${names.ja} のプランを作成します。ジョブが動いていなければ \`/sekisho plan${all(stacks)}\` とコメントしてください。`,
    );
  },
  planning: (stacks) => {
    const names = named(stacks);
    return text(`**Wait:** ${names.en} is being judged.`, `**待機:** ${names.ja} を判定しています。`);
  },
  applying: (stacks) => {
    const names = named(stacks);
    return text(`**Wait:** ${names.en} is being applied.`, `**待機:** ${names.ja} を適用しています。`);
  },
  approved: (stacks, { status }) => {
    const [names, again] = [named(stacks), againBy(stacks)];
    return status === 'merged'
      ? text(
          `**Wait:** ${names.en} is approved; the job that planned it applies it now.${again.en}`,
          `**待機:** ${names.ja} は承認済みです。プランを作成したジョブが適用します。${again.ja}`,
        )
      : text(
          '**Next, the author:** merge. Everything is approved; the merge is planned again, and applied if it means the same.',
          '**次の操作(作成者):** マージしてください。すべて承認済みです。マージ後に再度プランを作成し、内容が同じなら適用します。',
        );
  },
  applied: (_, { status }) =>
    status === 'merged'
      ? text('**Done:** everything is applied.', '**完了:** すべて適用されました。')
      : text(
          '**Next, the author:** merge. Everything is applied.',
          '**次の操作(作成者):** マージしてください。すべて適用済みです。',
        ),
  overtaken: () =>
    text(
      '**Done:** what was merged later is planned together with this, and shows it.',
      '**完了:** この変更は、後からマージされた変更と合わせてプランが作成されています。',
    ),
  'no-changes': () =>
    text(
      '**Nothing to apply:** the plans change nothing.',
      '**適用するものはありません:** プランに変更はありません。',
    ),
};

/** What was applied before the merge stays applied, though its code is in no branch that is applied from. */
function closed(stacks: readonly StackFacts[]): NextStep {
  const applied = stacks.filter(({ plan }) => plan?.details.state === 'applied');
  if (applied.length === 0) return { mark: '⏹️', words: CLOSED };
  const names = named(applied);
  return {
    mark: '⚠️',
    words: text(
      `**Closed, but applied:** ${names.en} was applied from here, and its code was not merged. The next plan of the main branch would undo it.`,
      `**クローズ済みですが、適用されています:** ${names.ja} はここから適用されましたが、コードはマージされていません。次に main ブランチからプランを作成すると元に戻ります。`,
    ),
  };
}

const FORK = text(
  '**Next, a maintainer:** read the change, then push its branch to this repository. It comes from a fork, where anybody may write: Sekisho reads nothing of it, its jobs get no credentials, and so nothing is planned.',
  '**次の操作(メンテナー):** 変更内容を確認し、このリポジトリのブランチとして push してください。フォークには誰でも書き込めるため、Sekisho は内容を読み取らず、ジョブに認証情報も渡しません。そのためプランは作成されません。',
);

const CLOSED = text(
  '**Closed:** nothing of this change is applied any more.',
  '**クローズ済み:** この変更が今後適用されることはありません。',
);

const UNTOUCHED = text(
  '**Nothing to do:** this change touches no stack.',
  '**対応は不要です:** この変更はどのスタックにも影響しません。',
);

/** Of the stack that most needs somebody. */
export function nextStep(facts: PullRequestFacts): NextStep {
  const { stacks, status, failedLookups, fork } = facts;
  const [first] = stacks;
  if (status === 'closed') return closed(stacks);
  if (fork && status === 'open') return { mark: SITUATION_WORDS.fork.mark, words: FORK };
  if (failedLookups.length > 0) return { mark: SITUATION_WORDS.unreadable.mark, words: unreadable(facts) };
  if (first === undefined) return { mark: '➖', words: UNTOUCHED };
  const bySituation = Map.groupBy(stacks, (stack) => situationOf(stack, facts));
  const situation = SITUATIONS.find((one) => bySituation.has(one)) ?? 'unplanned';
  const [one, ...more] = bySituation.get(situation) ?? [first];
  return {
    mark: SITUATION_WORDS[situation].mark,
    words: STEPS[situation]([one ?? first, ...more], facts),
  };
}
