import type { PlanDetails } from '#changes/core';
import { type Reason, type Text, text } from '#core-values';
import { code, fenced, plain } from '#plan/core';
import type { PullRequestFacts, StackFacts, StackPlan } from '../facts.ts';
import { fitPage } from '../fit.ts';
import { askedForChanges, SITUATION_WORDS, type Situation, situationOf } from '../situation.ts';
import { gatePieces } from './gate-section.ts';
import { type CommentPiece, folded, leaf, type Say, saying, WORTH } from './page.ts';
import {
  changePieces,
  changesWords,
  escalationPieces,
  findingPieces,
  findingsWords,
  permissionPieces,
  prose,
} from './plan-section.ts';

/** All that is said of one stack, the most urgent first and the longest folded. */
export function stackPieces(stack: StackFacts, facts: PullRequestFacts, say: Say): readonly CommentPiece[] {
  const share = 1 / facts.stacks.length;
  const situation = situationOf(stack, facts);
  const { plan } = stack;
  const findings = plan?.review?.findings ?? [];
  return [
    leaf(headOf(stack, situation, say), WORTH.stack, 'stacks'),
    ...whyTouched(stack, say),
    ...changesRequested(stack, situation, say),
    ...reasonPieces(stack.unreadable ?? [], say),
    ...(plan === undefined ? [] : findingPieces(findings, share, say)),
    ...escalationPieces(plan?.details.permissions, say),
    ...(plan === undefined ? [] : decisionPieces(plan.details, situation, say)),
    ...(plan === undefined ? [] : gatePieces(plan.details, say)),
    ...(plan === undefined ? [] : denialPieces(plan, stack, say)),
    ...commandPieces(stack, situation, say),
    ...(plan === undefined ? [] : foldedPieces(plan, { situation, share }, say)),
  ];
}

const environmentMark = (stack: StackFacts): string =>
  stack.account.environment === 'production' ? '**▲ production**' : stack.account.environment;

function headOf(stack: StackFacts, situation: Situation, say: Say): string {
  const { mark, words } = SITUATION_WORDS[situation];
  const { account, plan } = stack;
  const where = `${environmentMark(stack)} · ${plain(account.name)} (${account.id})`;
  const what =
    plan === undefined
      ? ''
      : `\n**${say(changesWords(plan.details))}**${[findingsWords(plan.details, say)].map((found) => (found === '' ? '' : ` · ${found}`)).join('')}\n`;
  return `### ${mark} ${code(stack.name)}: ${say(words)}\n\n${where}\n${what}\n`;
}

/** Only what is not obvious: a change of its own folder needs no explanation. */
function whyTouched({ touched, path, waitsFor }: StackFacts, say: Say): readonly CommentPiece[] {
  const waits =
    waitsFor.length === 0
      ? []
      : [
          text(
            `Applied after ${waitsFor.map(code).join(', ')}.`,
            `${waitsFor.map(code).join('、')} の後に適用します。`,
          ),
        ];
  const words: readonly Text[] =
    touched.kind === 'deleted'
      ? [DELETED(path)]
      : touched.kind === 'moved'
        ? [MOVED(touched.from, touched.to)]
        : [...touched.why.map(({ en, ja }) => text(prose(en), prose(ja))), ...waits];
  return words.length === 0
    ? []
    : [leaf(`${words.map((one) => say(one)).join(' ')}\n\n`, WORTH.reason, 'details')];
}

function changesRequested(stack: StackFacts, situation: Situation, say: Say): readonly CommentPiece[] {
  if (situation !== 'changes-requested') return [];
  const lines = askedForChanges(stack).map(({ approver, review }) => {
    const link = say(text('review', 'レビュー'));
    const where = review === undefined ? '' : ` ([${link}](${review.url}))`;
    const words = text(
      `**${plain(approver)} asked for changes**${where}`,
      `**${plain(approver)} が変更を求めています**${where}`,
    );
    return leaf(`- ${say(words)}\n`, WORTH.reason, 'details');
  });
  return [...lines, leaf('\n')];
}

const DELETED = (path: string): Text =>
  text(
    `The folder ${code(path)} is gone, and **nothing is destroyed by that**: what it made stays, without code. If it should go, bring the folder back, remove what is in it, have that applied, and then delete the folder. If it should stay, take the stack out of \`sekisho.yaml\` first.`,
    `フォルダ ${code(path)} が削除されています。**これだけではリソースは削除されず**、コードのないまま残ります。リソースも削除する場合は、フォルダを戻して中身を空にし、それを適用してから削除してください。残す場合は、先に \`sekisho.yaml\` からスタックを外してください。`,
  );

const MOVED = (from: string, to: string): Text =>
  text(
    `Moved from ${code(from)} to ${code(to)}: set \`path\` in \`sekisho.yaml\` to the new folder. Until then nothing plans it.`,
    `${code(from)} から ${code(to)} へ移動しました。\`sekisho.yaml\` の \`path\` を新しいフォルダに変更してください。変更するまでプランは作成されません。`,
  );

const reasonPieces = (reasons: readonly Reason[], say: Say): readonly CommentPiece[] =>
  reasons.length === 0
    ? []
    : [
        ...reasons.map(({ message, remedy }) =>
          leaf(`- ${prose(say(message))}\n  <br>→ ${prose(say(remedy))}\n`, WORTH.reason, 'details'),
        ),
        leaf('\n'),
      ];

const MISSING = text('Missing:', '不足:');
const MISSING_ONE_OF = text('Missing, one of:', '次のいずれかが不足:');
const NEVER = text('Refused, because:', '拒否の理由:');
const WHY = text('Why, by the policy', 'ポリシーの判定理由');

/** The policy's own words: what would help in the open; why stands folded, unless nothing helps. */
function decisionPieces({ decision }: PlanDetails, situation: Situation, say: Say): readonly CommentPiece[] {
  if (decision === undefined || decision.allowed) return [];
  const reasons = decision.reasons.map(({ message, remedy }) =>
    leaf(`- ${prose(message)}\n  <br>→ ${prose(remedy)}\n`, WORTH.reason, 'details'),
  );
  const [way, ...others] = decision.wouldChange.map((words) => prose(words));
  if (situation === 'refused' || way === undefined)
    return [leaf(`**${say(NEVER)}**\n\n`, WORTH.reason), ...reasons, leaf('\n')];
  const ways =
    others.length === 0
      ? `**${say(MISSING)}** ${way}\n\n`
      : `**${say(MISSING_ONE_OF)}**\n\n${[way, ...others].map((one) => `- ${one}\n`).join('')}\n`;
  return [leaf(ways, WORTH.reason, 'details')];
}

const policyPieces = ({ decision }: PlanDetails, situation: Situation, say: Say): readonly CommentPiece[] =>
  decision === undefined || decision.allowed || situation === 'refused' || decision.wouldChange.length === 0
    ? []
    : [
        folded(
          say(WHY),
          decision.reasons.map(({ message, remedy }) =>
            leaf(`- ${prose(message)}\n  <br>→ ${prose(remedy)}\n`, WORTH.low, 'details'),
          ),
        ),
      ];

/** What AWS refused, and the one command that adds it. */
function denialPieces({ id, details }: StackPlan, { name }: StackFacts, say: Say): readonly CommentPiece[] {
  const denials = details.denials ?? [];
  if (denials.length === 0) return [];
  const title = text(`Refused by AWS (${denials.length})`, `AWS が拒否した操作 (${denials.length} 件)`);
  const unnamed = text('an action that AWS did not name', 'AWS が示していないアクション');
  const lines = denials.map(({ action, resource, diagnosis, remedy }) => {
    const on = resource === undefined ? '' : ` · ${code(resource)}`;
    const what = action === undefined ? say(unnamed) : code(action);
    return leaf(`- ${what}${on} — ${prose(diagnosis)}\n  <br>→ ${prose(remedy)}\n`, WORTH.denial, 'details');
  });
  const command = denials.some(({ addable }) => addable)
    ? [leaf(`\n${fenced([`sekisho needs add --stack ${name} --plan ${id}`], 'sh')}\n\n`, WORTH.command)]
    : [leaf('\n')];
  return [leaf(`**${say(title)}**\n\n`, WORTH.denial), ...lines, ...command];
}

const SIGN = text(
  'Read what changes below, then sign with your SSH key:',
  '下の変更内容を確認し、自分の SSH 鍵で署名してください:',
);
const REVIEW_OR_SIGN = text(
  'Read what changes below, then approve this pull request with a review, or sign with your SSH key:',
  '下の変更内容を確認し、このプルリクエストをレビューで承認するか、自分の SSH 鍵で署名してください:',
);

function commandPieces(
  { name, plan, acceptsReviews, heldBy }: StackFacts,
  situation: Situation,
  say: Say,
): readonly CommentPiece[] {
  if (situation === 'held' && heldBy !== undefined) {
    const words = text(
      `Held by #${heldBy.number}: ${prose(heldBy.why.en)} To take it over, comment:`,
      `#${heldBy.number} が使用中です: ${prose(heldBy.why.ja)} 引き継ぐには次のようにコメントしてください:`,
    );
    const command = say(text('why it cannot wait', '待てない理由'));
    return [
      leaf(
        `${say(words)}\n\n${fenced([`/sekisho unlock ${name} --reason "${command}"`])}\n\n`,
        WORTH.command,
      ),
    ];
  }
  const isOpen = situation === 'waits' || situation === 'changes-requested';
  if (!isOpen || plan === undefined) return [];
  const commands = fenced([`sekisho approve ${plan.id}`, `sekisho reject ${plan.id}`], 'sh');
  return [leaf(`${say(acceptsReviews ? REVIEW_OR_SIGN : SIGN)}\n\n${commands}\n\n`, WORTH.command)];
}

function foldedPieces(
  { details, review, runUrl }: StackPlan,
  { situation, share }: { readonly situation: Situation; readonly share: number },
  say: Say,
): readonly CommentPiece[] {
  const unreadable = text(
    'What this plan does cannot be shown: it was kept by another version of Sekisho. Plan again.',
    'このプランは別のバージョンの Sekisho が保存したため表示できません。再度プランを作成してください。',
  );
  return [
    ...(review === undefined
      ? [leaf(`${say(unreadable)}\n\n`, WORTH.grave)]
      : changePieces(review.changes, share, say)),
    ...(details.permissions === undefined ? [] : permissionPieces(details.permissions, say)),
    ...extraNeedPieces(details, say),
    ...policyPieces(details, situation, say),
    recordPiece(details, runUrl, say),
  ];
}

function extraNeedPieces({ extraNeeds = [] }: PlanDetails, say: Say): readonly CommentPiece[] {
  if (extraNeeds.length === 0) return [];
  const title = text(
    `Added to the plan’s needs by people (${extraNeeds.length}); an approval is for these too`,
    `人がプランに追加した権限 (${extraNeeds.length} 件。承認の対象に含まれます)`,
  );
  const lines = extraNeeds.map(({ action, resource, reason, addedBy }) =>
    leaf(
      `- ${code(action)} · ${code(resource)} — ${prose(addedBy)}: ${prose(reason)}\n`,
      WORTH.widened,
      'permissions',
    ),
  );
  return [folded(say(title), lines)];
}

const BY: Readonly<Record<PlanDetails['approvals'][number]['by'], Text>> = {
  passkey: text('with a passkey', 'パスキー'),
  review: text('by a review', 'レビュー'),
  signature: text('signed', '署名'),
};

const DECISIONS: Readonly<Record<PlanDetails['approvals'][number]['decision'], Text>> = {
  approve: text('approved', '承認'),
  reject: text('rejected', '却下'),
  'break-glass': text('broke the glass', 'ブレークグラス'),
};

/** Who decided what, and by which ids the plan is found elsewhere. */
function recordPiece(
  { id, approvals, fingerprint, commit, run }: PlanDetails,
  runUrl: string | undefined,
  say: Say,
): CommentPiece {
  const lines = approvals.map(({ approver, by, decision, counts, why }) => {
    const isVoid = decision === 'approve' && !counts;
    const note = !isVoid
      ? ''
      : ` — ${say(text('does not count', '有効な承認に数えません'))}${why === undefined ? '' : `: ${prose(why)}`}`;
    return leaf(
      `- ${prose(approver)}: ${say(DECISIONS[decision])} (${say(BY[by])})${note}\n`,
      WORTH.approval,
      'details',
    );
  });
  const runWords = `${say(text('run', '実行'))} ${run.number}`;
  const ids = [
    `${say(text('plan', 'プラン'))} ${code(id)}`,
    `${say(text('fingerprint', 'フィンガープリント'))} ${code(fingerprint)}`,
    `${say(text('commit', 'コミット'))} ${code(commit.slice(0, 12))}`,
    runUrl === undefined ? runWords : `[${runWords}](${runUrl})`,
  ];
  const title = text(
    lines.length === 0 ? 'Which plan this is' : `Approvals (${lines.length}) and which plan this is`,
    lines.length === 0 ? 'このプランについて' : `承認 (${lines.length} 件) とこのプランについて`,
  );
  return folded(say(title), [
    ...lines,
    ...(lines.length === 0 ? [] : [leaf('\n')]),
    leaf(`${ids.join(' · ')}\n`, WORTH.identity),
  ]);
}

/** GitHub takes 65,535 characters of a check's summary, and counts bytes. */
const MOST_BYTES = 65_000;
const NOTE_BYTES = 300;

/** A stack by itself, for its check. */
export function sectionOf(stack: StackFacts, facts: PullRequestFacts): string {
  const say = saying(facts.language);
  const alone = { ...facts, stacks: [stack] };
  const cut = say(
    text(
      `✂️ **Cut for length.** \`sekisho show ${stack.plan?.id ?? 'PLAN'}\` shows all.\n\n`,
      `✂️ **長さの都合で省略しました。** 全体は \`sekisho show ${stack.plan?.id ?? 'PLAN'}\` で確認できます。\n\n`,
    ),
  );
  return fitPage(stackPieces(stack, alone, say), {
    mostBytes: MOST_BYTES,
    noteBytes: NOTE_BYTES,
    note: () => cut,
  });
}
