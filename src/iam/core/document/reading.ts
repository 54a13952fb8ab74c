import { text } from '#core-values';
import type { LanguageVersion, PolicyKind } from '../model.ts';
import { quoted } from '../quoted.ts';
import type { JsonNode } from './json-source.ts';
import { type Findings, report, type Where } from './where.ts';

/** What the elements of a statement are read with. */
export interface StatementContext {
  readonly kind: PolicyKind;
  readonly version: LanguageVersion;
  readonly findings: Findings;
  /** Of the statement. */
  readonly where: Where;
}

/** A string or a list of them; an empty answer has been reported. */
export function stringsOf(node: JsonNode, where: Where, findings: Findings): readonly string[] {
  const items = node.kind === 'list' ? node.items : [node];
  const strings = items.flatMap((item) =>
    item.kind === 'scalar' && typeof item.value === 'string' ? [item.value] : [],
  );
  if (items.length > 0 && strings.length === items.length) return strings;
  report(
    findings,
    where,
    'strings',
    text(
      `${quoted(where.element ?? '')} is a string or a list of at least one.`,
      `${quoted(where.element ?? '')} には文字列、または 1 つ以上の文字列のリストを指定します。`,
    ),
    text('Write ["…"].', '["…"] の形で書いてください。'),
  );
  return [];
}
