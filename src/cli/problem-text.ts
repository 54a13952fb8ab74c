import pc from 'picocolors';
import { ERROR_KINDS, type Language, type Problem, type Reason } from '#core-values';
import type { CliContext } from './context.ts';

/** Shows a problem as a person reads it: title, then each reason with its place and remedy. */
export function problemText(problem: Problem, language: Language, color: boolean): string {
  const paint = pc.createColors(color);
  const title = paint.bold(paint.red(`✗ ${ERROR_KINDS[problem.code].title[language]}`));
  return `${title}\n${problem.reasons.map((reason) => reasonText(reason, language, color)).join('')}`;
}

export function reasonText(reason: Reason, language: Language, color: boolean): string {
  const paint = pc.createColors(color);
  const place = reason.place === undefined ? '' : `${placeText(reason.place)}: `;
  const rule = paint.dim(`[${reason.rule}]`);
  return `  • ${place}${reason.message[language]} ${rule}\n    → ${reason.remedy[language]}\n`;
}

const placeText = ({ file, line, column }: NonNullable<Reason['place']>): string =>
  [file, line, column].filter((part) => part !== undefined).join(':');

/** Writes the problem to standard error and sets its exit code. */
export function failWith(context: CliContext, problem: Problem): void {
  context.host?.problem(problem);
  context.stderr.write(problemText(problem, context.language, context.stderr.isTerminal));
  context.exitWith(ERROR_KINDS[problem.code].exitCode);
}
