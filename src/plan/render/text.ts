import picocolors from 'picocolors';
import { type Language, type Text, text } from '#core-values';
import {
  type Difference,
  differenceOf,
  type ShownChange,
  short,
  shownChange,
  tellingOf,
} from '../core/difference.ts';
import { type Finding, SEVERITIES, type Severity } from '../core/findings.ts';
import type { ChangeAction, OutputChange, Plan } from '../core/model.ts';
import { RULES } from '../core/review/registry.ts';
import { viewValue } from '../core/view.ts';
import { cutTo, padTo, visible, widthOf, wrap } from '../core/visible-text.ts';
import { ACTION_ORDER, ACTION_SIGNS, ACTION_WORDS, notesOf, SEVERITY_WORDS } from '../core/words.ts';
import { verdictOf } from './verdict.ts';

export interface TextOptions {
  readonly language: Language;
  /** Columns; 80 where absent. */
  readonly width?: number;
  readonly colors?: boolean;
  /** Show every change and finding, however many. */
  readonly all?: boolean;
  /** How to see what was left out; `--all` where absent. */
  readonly elidedHint?: Text;
}

const FINDINGS_PER_RULE = 8;
const CHANGES_PER_ACTION = 12;
const LINES_PER_CHANGE = 30;
const TITLES = new Map(RULES.map((rule) => [rule.id, rule.title]));

interface Page {
  readonly lines: string[];
  readonly language: Language;
  readonly width: number;
  readonly limit: (count: number) => number;
  readonly elidedHint: Text;
  readonly paint: ReturnType<typeof picocolors.createColors>;
}

/** A review for the terminal. Nothing in a plan can write on the terminal, and nothing sensitive is shown. */
export function renderText(plan: Plan, findings: readonly Finding[], options: TextOptions): string {
  const page = emptyPage(options);
  writeHead(page, plan, findings);
  for (const severity of SEVERITIES) writeFindings(page, findings, severity);
  writeChanges(page, plan.changes, shownChange);
  writeDrift(page, plan);
  writeOutputs(page, plan);
  return `${page.lines.join('\n')}\n`;
}

const emptyPage = (options: TextOptions): Page => ({
  lines: [],
  language: options.language,
  width: Math.min(Math.max(options.width ?? 80, 40), 160),
  limit: (count) => (options.all === true ? Number.POSITIVE_INFINITY : count),
  elidedHint: options.elidedHint ?? text('--all shows them', '--all ですべて表示'),
  paint: picocolors.createColors(options.colors === true),
});

/** The changes of a review's JSON, as `renderText` shows them; empty where nothing is done. */
export function renderChanges(changes: readonly ShownChange[], options: TextOptions): string {
  const page = emptyPage(options);
  writeChanges(page, changes, (change) => change);
  return page.lines.length === 0 ? '' : `${page.lines.slice(1).join('\n')}\n`;
}

const say = (page: Page, words: Text): string => words[page.language];

function paintSeverity(page: Page, severity: Severity | undefined, words: string): string {
  const { paint } = page;
  if (severity === 'critical') return paint.bold(paint.red(words));
  if (severity === 'high') return paint.red(words);
  if (severity === 'medium') return paint.yellow(words);
  return severity === undefined ? paint.green(words) : paint.cyan(words);
}

function writeHead(page: Page, plan: Plan, findings: readonly Finding[]): void {
  const verdict = verdictOf(plan, findings);
  const sign =
    verdict.worst === 'critical' || verdict.worst === 'high' ? '✗' : verdict.worst === 'medium' ? '!' : '✓';
  for (const [index, line] of wrap(say(page, verdict.headline), page.width - 2).entries()) {
    page.lines.push(paintSeverity(page, verdict.worst, `${index === 0 ? sign : ' '} ${line}`));
  }
  const counted = say(page, verdict.findings);
  page.lines.push(`  ${say(page, verdict.changes)}${counted === '' ? '' : `  ·  ${counted}`}`);
  const { version, mode } = plan.terraform;
  const facts = [
    `Terraform ${visible(version)}`,
    ...(mode === 'normal' ? [] : [mode]),
    plan.fingerprint === undefined
      ? undefined
      : `${say(page, text('fingerprint', 'フィンガープリント'))} ${plan.fingerprint.slice(0, 16)}`,
    `${say(page, text('digest', 'ダイジェスト'))} ${plan.digest.slice(0, 16)}`,
  ].filter((fact) => fact !== undefined);
  page.lines.push(page.paint.dim(`  ${facts.join('  ·  ')}`));
  if (plan.kind === 'plan-json') {
    const warning = text(
      'This is a description (terraform show -json), not the plan file: it can be reviewed, but never be approved or granted.',
      'これはプランファイルではなく説明（terraform show -json の出力）です。レビューはできますが、承認やグラントの発行には使えません。',
    );
    for (const line of wrap(say(page, warning), page.width - 4))
      page.lines.push(page.paint.yellow(`  ${line}`));
  }
}

function heading(page: Page, words: string): void {
  page.lines.push('', page.paint.bold(words));
}

function writeFindings(page: Page, findings: readonly Finding[], severity: Severity): void {
  const those = findings.filter((finding) => finding.severity === severity);
  if (those.length === 0) return;
  page.lines.push(
    '',
    paintSeverity(page, severity, `${say(page, SEVERITY_WORDS[severity]).toUpperCase()} (${those.length})`),
  );
  for (const [rule, group] of Map.groupBy(those, (finding) => finding.rule)) {
    const title = TITLES.get(rule);
    page.lines.push(
      `  ${page.paint.bold(title === undefined ? rule : say(page, title))}  ${page.paint.dim(rule)}`,
    );
    const shown = group.slice(0, page.limit(FINDINGS_PER_RULE));
    for (const finding of shown) writeFinding(page, finding);
    writeElided(page, '    ', group.length - shown.length);
    for (const remedy of new Set(group.map((finding) => say(page, finding.remedy)))) {
      for (const [index, line] of wrap(visible(remedy), page.width - 6).entries()) {
        page.lines.push(page.paint.dim(`    ${index === 0 ? '→' : ' '} ${line}`));
      }
    }
  }
}

function writeFinding(page: Page, finding: Finding): void {
  const message = visible(say(page, finding.message));
  if (finding.address === undefined) {
    for (const line of wrap(message, page.width - 4)) page.lines.push(`    ${line}`);
    return;
  }
  const address = visible(finding.address);
  if (widthOf(address) + widthOf(message) + 6 <= page.width) {
    page.lines.push(`    ${page.paint.cyan(address)}  ${message}`);
    return;
  }
  page.lines.push(`    ${page.paint.cyan(cutTo(address, Math.max(page.width - 4, 60)))}`);
  for (const line of wrap(message, page.width - 6)) page.lines.push(`      ${line}`);
}

function writeElided(page: Page, indent: string, count: number): void {
  if (count <= 0) return;
  page.lines.push(
    page.paint.dim(
      say(
        page,
        text(
          `${indent}… and ${count} more (${page.elidedHint.en})`,
          `${indent}… ほか ${count} 件（${page.elidedHint.ja}）`,
        ),
      ),
    ),
  );
}

/** A plan may have thousands: only what is shown is made ready to be shown. */
function writeChanges<Change extends Listed>(
  page: Page,
  changes: readonly Change[],
  shownOf: (change: Change) => ShownChange,
): void {
  for (const action of ACTION_ORDER) {
    const those = byAddress(changes.filter((change) => change.action === action));
    if (those.length === 0) continue;
    heading(page, `${say(page, ACTION_WORDS[action])} (${those.length})`);
    const shown = those.slice(0, page.limit(CHANGES_PER_ACTION));
    for (const change of shown) writeChange(page, shownOf(change));
    writeElided(page, '  ', those.length - shown.length);
  }
  const quiet = changes.filter((change) => change.action === 'no-op' && notesOf(change).length > 0);
  if (quiet.length === 0) return;
  heading(
    page,
    `${say(page, text('Moved or imported, otherwise unchanged', '移動・インポートのみ（内容の変更なし）'))} (${quiet.length})`,
  );
  const shown = quiet.slice(0, page.limit(CHANGES_PER_ACTION));
  for (const change of shown) writeAddress(page, change);
  writeElided(page, '  ', quiet.length - shown.length);
}

/** `web[2]` before `web[10]`; each address is taken apart once, since there may be thousands. */
function byAddress<Change extends Listed>(changes: readonly Change[]): Change[] {
  return changes
    .map((change) => ({ change, key: change.address.replace(/\d+/g, (digits) => digits.padStart(8, '0')) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ change }) => change);
}

type Listed = Pick<
  ShownChange,
  'address' | 'action' | 'replaceOrder' | 'reason' | 'deposed' | 'previousAddress' | 'importing'
>;

const PAINT: Readonly<Partial<Record<ChangeAction, 'red' | 'green' | 'yellow' | 'magenta'>>> = {
  delete: 'red',
  replace: 'magenta',
  update: 'yellow',
  create: 'green',
  'create-then-forget': 'green',
};

function writeAddress(page: Page, change: Listed): void {
  const color = PAINT[change.action];
  const line = `${ACTION_SIGNS[change.action]} ${visible(change.address)}`;
  const notes = notesOf(change).map((note) => visible(say(page, note)));
  page.lines.push(
    `  ${color === undefined ? line : page.paint[color](line)}${notes.length === 0 ? '' : page.paint.dim(`  (${notes.join('; ')})`)}`,
  );
}

function writeChange(page: Page, change: ShownChange): void {
  writeAddress(page, change);
  // What goes away needs no list of all that it was: which one it is, and the findings name what matters.
  if (change.action === 'read') return;
  const { lines, unknownNames } =
    change.action === 'delete' || change.action === 'forget'
      ? { lines: tellingOf(change.before), unknownNames: [] }
      : differenceOf(change);
  const shown = lines.slice(0, page.limit(LINES_PER_CHANGE));
  const names = Math.min(
    Math.max(0, ...shown.map((line) => widthOf(visible(line.path)))),
    Math.floor(page.width / 2.5),
  );
  for (const line of shown) writeDifference(page, line, names);
  writeElided(page, '      ', lines.length - shown.length);
  if (unknownNames.length > 0) {
    const known = visible(unknownNames.join(', '));
    page.lines.push(
      page.paint.dim(
        cutTo(
          say(page, text(`      known after apply: ${known}`, `      適用後に決定: ${known}`)),
          page.width,
        ),
      ),
    );
  }
}

function writeDifference(page: Page, line: Difference, names: number): void {
  const { paint, width } = page;
  if (widthOf(visible(line.path)) > names) {
    page.lines.push(paint.dim(`        ${visible(line.path)}`));
    writeDifference(page, { ...line, path: '' }, Math.min(names, 2));
    return;
  }
  const path = padTo(visible(line.path), names);
  const note = line.forcesReplacement ? say(page, text('  ← forces replacement', '  ← 置き換えの原因')) : '';
  const room = Math.max(width - widthOf(path) - 10 - widthOf(note), 24);
  const mark = paint.red(note);
  if (line.before !== undefined && line.after !== undefined) {
    const [before, after] = [visible(line.before), visible(line.after)];
    if (widthOf(before) + widthOf(after) + 3 <= room) {
      page.lines.push(`      ${paint.yellow('~')} ${path}  ${before} ${paint.dim('→')} ${after}${mark}`);
    } else {
      page.lines.push(`      ${paint.red('-')} ${path}  ${paint.red(cutTo(before, room))}${mark}`);
      page.lines.push(
        `      ${paint.green('+')} ${padTo('', widthOf(path))}  ${paint.green(cutTo(after, room))}`,
      );
    }
    return;
  }
  const value = cutTo(visible(line.after ?? line.before ?? ''), room);
  const color = line.sign === '-' ? paint.red : paint.green;
  page.lines.push(`      ${color(line.sign)} ${path}  ${value}${mark}`);
}

function writeDrift(page: Page, plan: Plan): void {
  // An update without a difference: null became empty with the first refresh.
  const drifted = plan.drift.filter(
    (change) =>
      change.action !== 'no-op' &&
      (change.action !== 'update' || differenceOf(shownChange(change)).lines.length > 0),
  );
  if (drifted.length === 0) return;
  heading(
    page,
    `${say(page, text('Changed outside Terraform', 'Terraform の外での変更'))} (${drifted.length})`,
  );
  const shown = drifted.slice(0, page.limit(CHANGES_PER_ACTION));
  for (const change of shown) writeChange(page, shownChange(change));
  writeElided(page, '  ', drifted.length - shown.length);
}

function writeOutputs(page: Page, plan: Plan): void {
  const outputs = plan.outputs.filter((output) => output.action !== 'no-op');
  if (outputs.length === 0) return;
  heading(page, `${say(page, text('Outputs', '出力'))} (${outputs.length})`);
  const shown = outputs.slice(0, page.limit(CHANGES_PER_ACTION));
  for (const output of shown) {
    const sign = ACTION_SIGNS[output.action];
    page.lines.push(cutTo(`  ${sign} ${visible(output.name)}  ${visible(outputValue(output))}`, page.width));
  }
  writeElided(page, '  ', outputs.length - shown.length);
}

const outputValue = (output: OutputChange): string => {
  const hidden = output.sensitive ? [[]] : [];
  return short(viewValue(output.action === 'delete' ? output.before : output.after, hidden));
};
