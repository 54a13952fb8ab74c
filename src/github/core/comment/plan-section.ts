import type { PlanDetails } from '#changes/core';
import { type Text, text } from '#core-values';
import {
  ACTION_ORDER,
  ACTION_WORDS,
  code,
  countsText,
  differenceOf,
  fenced,
  notesOf,
  plain,
  SEVERITIES,
  SEVERITY_WORDS,
  type Severity,
  type ShownReview,
  visible,
} from '#plan/core';
import { type CommentPiece, folded, leaf, type Say, WORTH } from './page.ts';

type Finding = ShownReview['findings'][number];
type Change = ShownReview['changes'][number];

export const SEVERITY_MARKS: Readonly<Record<Severity, string>> = {
  critical: '🛑',
  high: '🔴',
  medium: '🟡',
  low: '🔵',
  info: '⚪',
};

const WORTH_OF_FINDING: Readonly<Record<Severity, number>> = {
  critical: WORTH.grave,
  high: WORTH.high,
  medium: WORTH.medium,
  low: WORTH.low,
  info: WORTH.identity,
};

const LONGEST_WORDS = 1_000;
const LINES_OF_CHANGE = 40;
/** More than a comment holds: a plan of 50,000 changes must not be written out to be cut again. */
const MOST_CHANGES = 1_000;
const MOST_FINDINGS = 500;
const LONGEST_LINE = 300;

/** Escaped, and not longer than somebody reads. */
export const prose = (words: string): string =>
  plain(words.length > LONGEST_WORDS ? `${words.slice(0, LONGEST_WORDS).toWellFormed()}…` : words);

const moreLeaf = (count: number, words: Text, say: Say): readonly CommentPiece[] =>
  count === 0 ? [] : [leaf(`… ${say(words)}\n\n`, WORTH.row)];

export const changesWords = ({ changes }: Pick<PlanDetails, 'changes'>): Text => countsText(changes);

/** `🛑 2 critical · 🟡 1 medium`; empty where there is nothing worth a look. */
export const findingsWords = ({ findings }: Pick<PlanDetails, 'findings'>, say: Say): string =>
  SEVERITIES.filter((severity) => severity !== 'info' && findings[severity] > 0)
    .map((severity) => {
      const [count, words] = [findings[severity], SEVERITY_WORDS[severity]];
      return `${SEVERITY_MARKS[severity]} ${say(text(`${count} ${words.en}`, `${words.ja} ${count}`))}`;
    })
    .join(' · ');

/** Dangerous ones in the open, the others folded. */
export function findingPieces(all: readonly Finding[], share: number, say: Say): readonly CommentPiece[] {
  const findings = SEVERITIES.flatMap((severity) => all.filter((one) => one.severity === severity));
  const sorted = findings.slice(0, Math.ceil(MOST_FINDINGS * share));
  const more = findings.length - sorted.length;
  const isGrave = ({ severity }: Finding): boolean => severity === 'critical' || severity === 'high';
  const [grave, others] = [sorted.filter(isGrave), sorted.filter((one) => !isGrave(one))];
  const title = say(text(`Other findings (${others.length})`, `その他の指摘 (${others.length} 件)`));
  return [
    ...grave.map((finding, at) => findingLeaf(finding, grave[at + 1])),
    ...(grave.length === 0 ? [] : [leaf('\n')]),
    ...(others.length === 0
      ? []
      : [
          folded(
            title,
            others.map((finding, at) => findingLeaf(finding, others[at + 1])),
          ),
        ]),
    ...moreLeaf(more, text(`${more} more findings`, `ほかに指摘 ${more} 件`), say),
  ];
}

/** The remedy stands once below those it is for. */
function findingLeaf({ severity, rule, address, message, remedy }: Finding, next: Finding | undefined) {
  const where = address === undefined ? '' : `${code(address)} `;
  const isLast = next?.rule !== rule || next.severity !== severity || next.remedy !== remedy;
  const help = isLast ? `  <br>→ ${prose(remedy)}\n` : '';
  return leaf(
    `- ${SEVERITY_MARKS[severity]} ${where}${prose(message)}\n${help}`,
    WORTH_OF_FINDING[severity],
    'findings',
  );
}

const WORTH_OF_ACTION: Readonly<Record<Change['action'], number>> = {
  delete: WORTH.destroying,
  replace: WORTH.destroying,
  forget: WORTH.destroying,
  'create-then-forget': WORTH.destroying,
  update: WORTH.changing,
  create: WORTH.creating,
  read: WORTH.identity,
  'no-op': WORTH.identity,
};

/** Each change with its differences, folded; destroying ones first. */
export function changePieces(changes: readonly Change[], share: number, say: Say): readonly CommentPiece[] {
  const all = ACTION_ORDER.flatMap((action) => changes.filter((change) => change.action === action));
  if (all.length === 0) return [];
  const shown = all.slice(0, Math.ceil(MOST_CHANGES * share));
  const more = all.length - shown.length;
  const title = say(text(`What changes (${all.length})`, `変更内容 (${all.length} 件)`));
  return [
    folded(
      title,
      shown.map((change) => leaf(changeBlock(change, say), WORTH_OF_ACTION[change.action], 'changes')),
    ),
    ...moreLeaf(more, text(`${more} more changes`, `ほかに変更 ${more} 件`), say),
  ];
}

function changeBlock(change: Change, say: Say): string {
  const notes = notesOf(change).map((note) => prose(say(note)));
  const head = `**${say(ACTION_WORDS[change.action])}** ${code(change.address)}${notes.length === 0 ? '' : ` — ${notes.join('; ')}`}\n\n`;
  if (change.action === 'delete' || change.action === 'forget' || change.action === 'read') return head;
  const { lines } = differenceOf(change);
  if (lines.length === 0) return head;
  const forces = say(text(' # forces replacement', ' # 置き換えの原因'));
  const shown = lines.slice(0, LINES_OF_CHANGE).flatMap(({ path, before, after, forcesReplacement }) => {
    const note = forcesReplacement ? forces : '';
    return [
      ...(before === undefined ? [] : [`- ${path} = ${before}${note}`]),
      ...(after === undefined ? [] : [`+ ${path} = ${after}${before === undefined ? note : ''}`]),
    ];
  });
  const more = lines.length - LINES_OF_CHANGE;
  return `${head}${fenced([...shown.map(oneLine), ...(more > 0 ? [`# … +${more}`] : [])], 'diff')}\n\n`;
}

const oneLine = (line: string): string => {
  const clean = visible(line);
  return clean.length > LONGEST_LINE ? `${clean.slice(0, LONGEST_LINE).toWellFormed()}…` : clean;
};

const bullets = (lines: readonly string[], worth: number): readonly CommentPiece[] =>
  lines.map((line) => leaf(`- ${prose(line)}\n`, worth, 'permissions'));

/** What of a grant could be used to gain more; never folded. */
export function escalationPieces(permissions: PlanDetails['permissions'], say: Say): readonly CommentPiece[] {
  const escalations = permissions?.escalations ?? [];
  if (escalations.length === 0) return [];
  const title = text(
    'The credentials could be used to gain more permissions:',
    'この認証情報は権限の拡大に使われる可能性があります:',
  );
  return [leaf(`⚠️ **${say(title)}**\n\n`, WORTH.grave), ...bullets(escalations, WORTH.grave), leaf('\n')];
}

/** What else a grant may do. */
export function permissionPieces(
  permissions: NonNullable<PlanDetails['permissions']>,
  say: Say,
): readonly CommentPiece[] {
  const { can, widened } = permissions;
  if (can.length === 0) return [];
  const title = say(
    text(
      `What the credentials can do (${can.length}${widened.length === 0 ? '' : `, ${widened.length} wider than the plan`})`,
      `認証情報でできること (${can.length} 件${widened.length === 0 ? '' : `、うちプランより広いもの ${widened.length} 件`})`,
    ),
  );
  return [
    folded(title, [
      ...bullets(can, WORTH.permission),
      ...(widened.length === 0
        ? []
        : [
            leaf(
              `\n**${say(text('Wider than the plan, and why:', 'プランより広い権限とその理由:'))}**\n\n`,
              WORTH.widened,
            ),
          ]),
      ...bullets(widened, WORTH.widened),
    ]),
  ];
}
