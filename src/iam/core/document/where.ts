import { type Reason, type SourcePlace, type Text, text } from '#core-values';
import { quoted } from '../quoted.ts';

/** Which part of a policy a reason is about. */
export interface Where {
  /** From 0 on; absent for the document itself. */
  readonly statement?: number;
  readonly sid?: string;
  /** `Action`, `Condition.StringEquals.aws:username`. */
  readonly element?: string;
  readonly place: SourcePlace;
}

/** Collects what is wrong; nothing is thrown, so that all mistakes are told at once. */
export interface Findings {
  readonly reasons: Reason[];
}

/** A message that begins with the statement and the element it is about. */
export function report(
  { reasons }: Findings,
  where: Where,
  rule: string,
  message: Text,
  remedy: Text,
): undefined {
  const label = labelOf(where);
  reasons.push({
    rule: `iam.${rule}`,
    message: label === '' ? message : { en: `${label}: ${message.en}`, ja: `${label}: ${message.ja}` },
    remedy,
    place: where.place,
  });
  return undefined;
}

/** `Statement[1] "ReadOrders", Action`: the same in every language. */
export function labelOf({ statement, sid, element }: Omit<Where, 'place'>): string {
  const name = statement === undefined ? [] : [`Statement[${statement}]${sid ? ` "${quoted(sid)}"` : ''}`];
  return [...name, ...(element === undefined ? [] : [quoted(element)])].join(', ');
}

/** Told apart from what a person may have meant. */
export function reportUnknown(findings: Findings, where: Where, known: readonly string[]): undefined {
  const name = quoted(where.element ?? '');
  const meant = known.find((one) => one.toLowerCase() === name.toLowerCase());
  return report(
    findings,
    where,
    'unknown-element',
    text(`There is no element "${name}".`, `「${name}」という要素はありません。`),
    meant === undefined
      ? text(`Elements are ${known.join(', ')}.`, `要素は ${known.join('、')} です。`)
      : text(
          `Write "${meant}"; case matters.`,
          `「${meant}」と書いてください。大文字と小文字は区別されます。`,
        ),
  );
}
