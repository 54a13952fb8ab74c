import { type Language, type Text, text } from '#core-values';
import { differenceOf, shownChange } from '../core/difference.ts';
import { type Finding, SEVERITIES, type Severity } from '../core/findings.ts';
import { code, fenced, plain } from '../core/markdown-text.ts';
import type { Plan, PlannedChange } from '../core/model.ts';
import { RULES } from '../core/review/registry.ts';
import { visible } from '../core/visible-text.ts';
import { ACTION_ORDER, ACTION_WORDS, notesOf, SEVERITY_WORDS } from '../core/words.ts';
import { verdictOf } from './verdict.ts';

export interface MarkdownOptions {
  readonly language: Language;
  /** In characters; GitHub takes 65,536 in a comment, which is the default. */
  readonly maxLength?: number;
}

const GITHUB_COMMENT_LIMIT = 65_536;
/** Kept free for saying what was left out. */
const RESERVE = 300;
const LINES_PER_CHANGE = 40;
const LONGEST_LINE = 300;
const TITLES = new Map(RULES.map((rule) => [rule.id, rule.title]));
const MARKS: Readonly<Record<Severity, string>> = {
  critical: '🛑',
  high: '🔴',
  medium: '🟡',
  low: '🔵',
  info: '⚪',
};

/**
 * A review for a pull request, at most `maxLength` long; what did not fit is counted at the end. Values of the plan
 * cannot end a code block, link, mention people or issues, or add HTML.
 */
export function renderMarkdown(plan: Plan, findings: readonly Finding[], options: MarkdownOptions): string {
  const { language } = options;
  const limit = options.maxLength ?? GITHUB_COMMENT_LIMIT;
  const page: Page = {
    parts: [headOf(plan, findings, language)],
    room: limit - RESERVE,
    findingsCut: 0,
    changesCut: 0,
  };
  page.room -= page.parts[0]?.length ?? 0;
  for (const severity of SEVERITIES) addFindings(page, findings, severity, language);
  addChanges(page, plan, language);
  const cut = cutNote(page, language);
  return cut === '' ? page.parts.join('') : `${page.parts.join('')}\n${cut}\n`;
}

interface Page {
  readonly parts: string[];
  room: number;
  findingsCut: number;
  changesCut: number;
}

function add(page: Page, part: string): boolean {
  if (part.length > page.room) return false;
  page.parts.push(part);
  page.room -= part.length;
  return true;
}

function cutNote(page: Page, language: Language): string {
  if (page.findingsCut + page.changesCut === 0) return '';
  const note: Text = text(
    `**Cut for length:** ${page.findingsCut} findings and ${page.changesCut} changes are not shown. Run \`sekisho review\` on the plan file to see everything.`,
    `**長さの都合で省略:** 指摘 ${page.findingsCut} 件と変更 ${page.changesCut} 件を表示していません。すべてを見るには、プランファイルに対して \`sekisho review\` を実行してください。`,
  );
  return note[language];
}

function headOf(plan: Plan, findings: readonly Finding[], language: Language): string {
  const verdict = verdictOf(plan, findings);
  const mark = verdict.worst === undefined ? '✅' : MARKS[verdict.worst];
  const counted = verdict.findings[language];
  const warning: Text = text(
    'This is a description (`terraform show -json`), not the plan file: it can never be approved or granted.',
    'これはプランファイルではなく説明（`terraform show -json` の出力）です。承認やグラントの発行には使えません。',
  );
  return [
    `### ${mark} ${verdict.headline[language]}`,
    '',
    `**${verdict.changes[language]}**${counted === '' ? '' : ` · ${counted}`}`,
    '',
    ...(plan.kind === 'plan-json' ? [`> ${warning[language]}`, ''] : []),
    `Terraform ${plain(plan.terraform.version)}${plan.fingerprint === undefined ? '' : ` · ${language === 'ja' ? 'フィンガープリント' : 'fingerprint'} \`${plan.fingerprint}\``}`,
    '',
  ].join('\n');
}

function addFindings(page: Page, findings: readonly Finding[], severity: Severity, language: Language): void {
  const those = findings.filter((finding) => finding.severity === severity);
  for (const [rule, group] of Map.groupBy(those, (finding) => finding.rule)) {
    const title = TITLES.get(rule)?.[language] ?? rule;
    const head = `\n#### ${MARKS[severity]} ${SEVERITY_WORDS[severity][language]}: ${title} (\`${rule}\`)\n\n`;
    const remedies = [...new Set(group.map((finding) => finding.remedy[language]))];
    const foot = `\n${remedies.map((remedy) => `> ${plain(remedy)}\n`).join('\n')}`;
    if (head.length + foot.length + 200 > page.room) {
      page.findingsCut += group.length;
      continue;
    }
    add(page, head);
    page.room -= foot.length;
    for (const finding of group) {
      const address = finding.address === undefined ? '' : `${code(finding.address)} `;
      if (!add(page, `- ${address}${plain(finding.message[language])}\n`)) page.findingsCut += 1;
    }
    page.room += foot.length;
    add(page, foot);
  }
}

function addChanges(page: Page, plan: Plan, language: Language): void {
  for (const action of ACTION_ORDER) {
    const those = plan.changes.filter((change) => change.action === action);
    if (those.length === 0) continue;
    const open = `\n<details><summary>${ACTION_WORDS[action][language]} (${those.length})</summary>\n`;
    const close = '\n</details>\n';
    if (open.length + close.length + 200 > page.room) {
      page.changesCut += those.length;
      continue;
    }
    add(page, open);
    page.room -= close.length;
    for (const change of those) if (!add(page, changeBlock(change, language))) page.changesCut += 1;
    page.room += close.length;
    add(page, close);
  }
}

function changeBlock(change: PlannedChange, language: Language): string {
  const notes = notesOf(change).map((note) => plain(note[language]));
  const head = `\n${code(change.address)}${notes.length === 0 ? '' : ` — ${notes.join('; ')}`}\n`;
  if (change.action === 'delete' || change.action === 'forget' || change.action === 'read') return head;
  const { lines } = differenceOf(shownChange(change));
  if (lines.length === 0) return head;
  const forces = language === 'ja' ? ' # 置き換えの原因' : ' # forces replacement';
  const shown = lines.slice(0, LINES_PER_CHANGE).flatMap((line) => {
    const note = line.forcesReplacement ? forces : '';
    return [
      ...(line.before === undefined ? [] : [`- ${line.path} = ${line.before}${note}`]),
      ...(line.after === undefined
        ? []
        : [`+ ${line.path} = ${line.after}${line.before === undefined ? note : ''}`]),
    ];
  });
  const more = lines.length - LINES_PER_CHANGE;
  return `${head}\n${fenced([...shown, ...(more > 0 ? [`# … +${more}`] : [])].map(cutLine), 'diff')}\n`;
}

const cutLine = (line: string): string => {
  const clean = visible(line);
  return clean.length > LONGEST_LINE ? `${clean.slice(0, LONGEST_LINE)}…` : clean;
};
