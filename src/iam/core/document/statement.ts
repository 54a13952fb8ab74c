import { text } from '#core-values';
import type { LanguageVersion, PolicyKind, Statement } from '../model.ts';
import { parseAction } from './action.ts';
import { parseConditions } from './condition.ts';
import type { JsonMembers, JsonNode } from './json-source.ts';
import { KIND_NAMES, KIND_RULES } from './kind-rules.ts';
import { parsePrincipals } from './principal.ts';
import { type StatementContext, stringsOf } from './reading.ts';
import { parseResource } from './resource.ts';
import { type Findings, report, reportUnknown, type Where } from './where.ts';

const MEMBERS = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
] as const;

export function parseStatement(
  node: JsonNode,
  {
    kind,
    version,
    index,
  }: { readonly kind: PolicyKind; readonly version: LanguageVersion; readonly index: number },
  findings: Findings,
): Statement | undefined {
  const bare: Where = { statement: index, place: node.place };
  if (node.kind !== 'object') {
    const message = text('A statement is a JSON object.', 'ステートメントは JSON オブジェクトです。');
    return report(
      findings,
      bare,
      'statement',
      message,
      text('Begin it with "{".', '「{」から始めてください。'),
    );
  }
  const sid = readSid(node, kind, bare, findings);
  const where: Where = { ...bare, ...(sid !== undefined && { sid }) };
  const context: StatementContext = { kind, version, findings, where };
  for (const [name, { place }] of node.members) {
    if (!MEMBERS.some((known) => known === name))
      reportUnknown(findings, { ...where, element: name, place }, MEMBERS);
  }
  const effect = readEffect(node, context);
  const principals = readPrincipals(node, effect, context);
  const actions = pairOf(node, ['Action', 'NotAction'], 'required', context, parseAction);
  const resources = pairOf(
    node,
    ['Resource', 'NotResource'],
    KIND_RULES[kind].resource,
    context,
    parseResource,
  );
  const condition = node.members.get('Condition');
  const conditions = condition === undefined ? [] : parseConditions(condition.value, context);
  if (effect === undefined || actions === undefined) return undefined;
  return {
    ...(sid !== undefined && { sid }),
    effect,
    ...(principals !== undefined && { principals }),
    actions,
    ...(resources !== undefined && { resources }),
    conditions,
  };
}

/** An empty Sid is none. */
function readSid(node: JsonMembers, kind: PolicyKind, where: Where, findings: Findings): string | undefined {
  const member = node.members.get('Sid');
  if (member === undefined) return undefined;
  const value = member.value.kind === 'scalar' ? member.value.value : undefined;
  const isPlain = typeof value === 'string' && (!KIND_RULES[kind].plainSid || /^[A-Za-z0-9]*$/.test(value));
  if (isPlain) return value === '' ? undefined : value;
  report(
    findings,
    { ...where, element: 'Sid', place: member.value.place },
    'sid',
    text(
      `A Sid of ${KIND_NAMES[kind].en} has letters A-Z, a-z and digits only.`,
      `${KIND_NAMES[kind].ja} の Sid に使えるのは半角英数字だけです。`,
    ),
    text('Rename it, such as "ReadOrders".', '"ReadOrders" のような名前にしてください。'),
  );
  return typeof value === 'string' ? value : undefined;
}

function readEffect(
  node: JsonMembers,
  { findings, where }: StatementContext,
): Statement['effect'] | undefined {
  const value = node.members.get('Effect')?.value;
  const word = value?.kind === 'scalar' ? value.value : undefined;
  if (word === 'Allow' || word === 'Deny') return word;
  return report(
    findings,
    { ...where, element: 'Effect', place: value?.place ?? node.place },
    'effect',
    text('Effect is "Allow" or "Deny".', 'Effect は "Allow" か "Deny" です。'),
    text('Write one of them; case matters.', 'どちらかを書いてください。大文字と小文字は区別されます。'),
  );
}

function readPrincipals(
  node: JsonMembers,
  effect: Statement['effect'] | undefined,
  context: StatementContext,
) {
  const { kind, findings, where } = context;
  const rule = KIND_RULES[kind].principal;
  const name = node.members.has('NotPrincipal') ? 'NotPrincipal' : 'Principal';
  const member = node.members.get(name);
  if (rule === 'forbidden' && member !== undefined) {
    return report(
      findings,
      { ...where, element: name, place: member.place },
      'principal-forbidden',
      text(
        `${KIND_NAMES[kind].en} names no principal: it is whoever the policy is attached to.`,
        `${KIND_NAMES[kind].ja} に ${name} は書けません。対象はポリシーをアタッチした相手です。`,
      ),
      text(`Remove ${name}.`, `${name} を削除してください。`),
    );
  }
  if (member !== undefined && name === 'NotPrincipal' && (effect === 'Allow' || rule === 'everyone')) {
    return report(
      findings,
      { ...where, element: name, place: member.place },
      'not-principal',
      text(
        'NotPrincipal is for Deny in resource policies only.',
        'NotPrincipal を使えるのは、リソースベースポリシーの Deny だけです。',
      ),
      text('Name those who are allowed under Principal.', '許可する相手を Principal に書いてください。'),
    );
  }
  return pairOf(
    node,
    ['Principal', 'NotPrincipal'],
    rule === 'forbidden' ? 'forbidden' : 'required',
    context,
    () => true,
  ) && member !== undefined
    ? parsePrincipals(member.value, name, context)
    : undefined;
}

type Pair = readonly ['Principal' | 'Action' | 'Resource', 'NotPrincipal' | 'NotAction' | 'NotResource'];

/** `Action` or `NotAction`: exactly one of the two, with at least one value. */
function pairOf(
  node: JsonMembers,
  [plain, negated]: Pair,
  rule: 'required' | 'forbidden',
  context: StatementContext,
  parse: (words: string, context: StatementContext) => boolean,
) {
  const { kind, findings, where } = context;
  const name = node.members.has(negated) ? negated : plain;
  const member = node.members.get(name);
  if (node.members.has(plain) && node.members.has(negated)) {
    return report(
      findings,
      { ...where, element: `${plain}, ${negated}` },
      'both',
      text(
        `A statement has ${plain} or ${negated}, not both.`,
        `${plain} と ${negated} は同時に書けません。`,
      ),
      text('Split it into two statements.', 'ステートメントを 2 つに分けてください。'),
    );
  }
  if (member === undefined) {
    if (rule === 'forbidden') return undefined;
    return report(
      findings,
      where,
      'missing-element',
      text(`${plain} or ${negated} is missing.`, `${plain} または ${negated} がありません。`),
      text(`Add "${plain}".`, `"${plain}" を追加してください。`),
    );
  }
  if (rule === 'forbidden') {
    return report(
      findings,
      { ...where, element: name, place: member.place },
      'resource-forbidden',
      text(`${KIND_NAMES[kind].en} has no ${name}.`, `${KIND_NAMES[kind].ja} に ${name} は書けません。`),
      text(`Remove ${name}.`, `${name} を削除してください。`),
    );
  }
  if (plain === 'Principal') return { negated: name === negated, patterns: [] };
  const element = { ...where, element: name, place: member.value.place };
  const patterns = stringsOf(member.value, element, findings);
  const isGood = patterns.map((words) => parse(words, { ...context, where: element })).every(Boolean);
  return patterns.length > 0 && isGood ? { negated: name === negated, patterns } : undefined;
}
