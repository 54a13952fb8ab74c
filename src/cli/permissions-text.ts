import type pc from 'picocolors';
import type { PlanDetails } from '#changes/core';
import { type Language, type Text, text } from '#core-values';
import { visible, wrap } from '#plan';

interface Page {
  readonly language: Language;
  readonly width: number;
  readonly paint: ReturnType<typeof pc.createColors>;
}

type Permissions = NonNullable<PlanDetails['permissions']>;

const TITLE = ({ sizeCharacters, managedPolicies: managed, additions }: Permissions): Text =>
  text(
    `What a grant for it can do (session policy of ${sizeCharacters} characters${managed === 0 ? '' : ` and ${managed} managed`}; additions: ${additions})`,
    `グラントでできること(セッションポリシー ${sizeCharacters} 文字${managed === 0 ? '' : `、管理ポリシー ${managed} 個`}、追加 ${additions})`,
  );

const ESCALATIONS = text('Could be used to gain more:', '権限の拡大に使われうる操作:');
const WIDENED = text('Wider than the plan, and why:', 'プランより広い権限とその理由:');

/** More than a person reads; the JSON has all. What could be used to gain more is never left out. */
const MOST_LINES = 30;

/** The words of a plan's grant; what could be used to gain more stands apart. Empty where nothing is known or can be done. */
export function permissionsText(permissions: Permissions | undefined, page: Page): string {
  if (permissions === undefined || permissions.can.length === 0) return '';
  const { language, paint } = page;
  const { can, widened, escalations } = permissions;
  const lines = [
    paint.bold(TITLE(permissions)[language]),
    ...bullets(can.slice(0, MOST_LINES), '•', page),
    ...left(can.length - MOST_LINES, page),
    ...(widened.length === 0 ? [] : [`  ${paint.yellow(WIDENED[language])}`]),
    ...bullets(widened.slice(0, MOST_LINES), '•', page),
    ...left(widened.length - MOST_LINES, page),
    ...(escalations.length === 0 ? [] : [`  ${paint.bold(paint.red(`▲ ${ESCALATIONS[language]}`))}`]),
    ...bullets(escalations, '▲', page),
  ];
  return `${lines.join('\n')}\n`;
}

const bullets = (lines: readonly string[], mark: string, { width }: Page): readonly string[] =>
  lines.flatMap((line) =>
    wrap(visible(line), width - 6).map((part, at) => `  ${at === 0 ? mark : ' '} ${part}`),
  );

const left = (count: number, { language, paint }: Page): readonly string[] =>
  count <= 0
    ? []
    : [
        paint.dim(
          `    ${text(`… and ${count} more; --format json shows all.`, `… ほか ${count} 件(--format json ですべて表示)`)[language]}`,
        ),
      ];
