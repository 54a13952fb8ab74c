import { err, ok, type Problem, problem, type Result, type SourcePlace, text } from '#core-values';
import type { LanguageVersion, PolicyDocument, PolicyKind } from '../model.ts';
import { quoted } from '../quoted.ts';
import { type JsonMembers, type JsonNode, readJson } from './json-source.ts';
import { KIND_NAMES, KIND_RULES } from './kind-rules.ts';
import { checkRcp, type PlacedStatement } from './rcp-rules.ts';
import { parseStatement } from './statement.ts';
import { type Findings, report, reportUnknown } from './where.ts';

export interface PolicySource {
  readonly kind: PolicyKind;
  /** For places in messages. */
  readonly file: string;
}

/** Reads a policy document; strict about everything AWS refuses. Errors are `bad-input`, all of them at once. */
export function parsePolicy(source: string, { kind, file }: PolicySource): Result<PolicyDocument, Problem> {
  const json = readJson(source, file);
  return json.ok ? policyFrom(json.value, kind) : err(problem('bad-input', json.error));
}

/** As `parsePolicy`, of JSON that is read already. A string is taken as a document in itself, as the AWS CLI prints some. */
export function policyFrom(node: JsonNode, kind: PolicyKind): Result<PolicyDocument, Problem> {
  if (node.kind === 'scalar' && typeof node.value === 'string') {
    return parsePolicy(node.value, { kind, file: node.place.file });
  }
  const findings: Findings = { reasons: [] };
  const document = readDocument(node, kind, findings);
  const [first, ...more] = findings.reasons;
  if (first !== undefined) return err(problem('bad-input', first, ...more));
  if (document === undefined) throw new Error('A policy is refused with a reason.');
  return ok(document);
}

const MEMBERS: ReadonlySet<string> = new Set(['Version', 'Id', 'Statement']);

function readDocument(node: JsonNode, kind: PolicyKind, findings: Findings): PolicyDocument | undefined {
  if (node.kind !== 'object') {
    const message = text('A policy is a JSON object.', 'ポリシーは JSON オブジェクトです。');
    return report(
      findings,
      node,
      'document',
      message,
      text('Begin it with "{".', '「{」から始めてください。'),
    );
  }
  for (const [name, { place }] of node.members) {
    if (!MEMBERS.has(name)) reportUnknown(findings, { element: name, place }, [...MEMBERS]);
  }
  if (KIND_RULES[kind].latinOnly) checkCharacters(node, findings);
  const version = readVersion(node, kind, findings);
  const id = readId(node, kind, findings);
  const statements = readStatements(node, kind, version, findings);
  checkSids(statements, findings);
  const document: PolicyDocument = {
    kind,
    version,
    ...(id !== undefined && { id }),
    statements: statements.map(({ statement }) => statement),
  };
  if (kind === 'rcp') checkRcp(document, statements, findings);
  return document;
}

/** IAM and STS take tab, line ends and U+0020 to U+00FF; the first other character is told. */
function checkCharacters(node: JsonNode, findings: Findings): boolean {
  switch (node.kind) {
    case 'list':
      return node.items.every((item) => checkCharacters(item, findings));
    case 'object':
      return [...node.members].every(
        ([name, { value, place }]) => areTaken(name, place, findings) && checkCharacters(value, findings),
      );
    case 'scalar':
      return areTaken(node.source, node.place, findings);
  }
}

function areTaken(words: string, place: SourcePlace, findings: Findings): boolean {
  const wrong = /[^\t\n\r\u0020-\u00ff]/u.exec(words)?.[0];
  if (wrong === undefined) return true;
  report(
    findings,
    { place },
    'characters',
    text(
      `"${quoted(wrong)}" is a character that IAM does not take in policies.`,
      `「${quoted(wrong)}」は IAM のポリシーでは使えない文字です。`,
    ),
    text('Use characters up to U+00FF (ÿ).', 'U+00FF (ÿ) までの文字だけを使ってください。'),
  );
  return false;
}

function readVersion(node: JsonMembers, kind: PolicyKind, findings: Findings): LanguageVersion {
  const member = node.members.get('Version');
  const value = member?.value.kind === 'scalar' ? member.value.value : undefined;
  const place = member?.value.place ?? node.place;
  const mustBeNew = KIND_RULES[kind].newVersion;
  const isKnown = value === '2012-10-17' || value === '2008-10-17';
  if ((member !== undefined && !isKnown) || (mustBeNew && value !== '2012-10-17')) {
    report(
      findings,
      { element: 'Version', place },
      'version',
      mustBeNew
        ? text(
            `${KIND_NAMES[kind].en} must say "2012-10-17".`,
            `${KIND_NAMES[kind].ja} では "2012-10-17" の指定が必須です。`,
          )
        : text(
            'There are two versions of the policy language, "2012-10-17" and "2008-10-17".',
            'ポリシー言語のバージョンは "2012-10-17" と "2008-10-17" の 2 つです。',
          ),
      text('Write "Version": "2012-10-17".', '"Version": "2012-10-17" と書いてください。'),
    );
  }
  return value === '2012-10-17' ? value : '2008-10-17';
}

function readId(node: JsonMembers, kind: PolicyKind, findings: Findings): string | undefined {
  const member = node.members.get('Id');
  if (member === undefined) return undefined;
  const where = { element: 'Id', place: member.place };
  if (!KIND_RULES[kind].id) {
    return report(
      findings,
      where,
      'id',
      text(`${KIND_NAMES[kind].en} has no Id.`, `${KIND_NAMES[kind].ja} に Id は指定できません。`),
      text('Remove it.', '削除してください。'),
    );
  }
  const value = member.value.kind === 'scalar' ? member.value.value : undefined;
  if (typeof value === 'string') return value;
  return report(
    findings,
    where,
    'id',
    text('Id is a string.', 'Id は文字列です。'),
    text('Put it in double quotes.', '二重引用符で囲んでください。'),
  );
}

function readStatements(
  node: JsonMembers,
  kind: PolicyKind,
  version: LanguageVersion,
  findings: Findings,
): readonly PlacedStatement[] {
  const member = node.members.get('Statement')?.value;
  const items = member === undefined ? [] : member.kind === 'list' ? member.items : [member];
  if (items.length === 0) {
    report(
      findings,
      { element: 'Statement', place: member?.place ?? node.place },
      'no-statement',
      text('A policy has at least one statement.', 'ポリシーには少なくとも 1 つのステートメントが必要です。'),
      text('Write "Statement": [{…}].', '"Statement": [{…}] を書いてください。'),
    );
  }
  return items.flatMap((item, index) => {
    const statement = parseStatement(item, { kind, version, index }, findings);
    if (statement === undefined) return [];
    const { sid } = statement;
    const where = { statement: index, ...(sid !== undefined && { sid }), place: item.place };
    return [{ statement, index, where }];
  });
}

function checkSids(statements: readonly PlacedStatement[], findings: Findings): void {
  const seen = new Map<string, number>();
  for (const { statement, index, where } of statements) {
    const { sid } = statement;
    if (sid === undefined) continue;
    const before = seen.get(sid);
    if (before === undefined) seen.set(sid, index);
    else {
      report(
        findings,
        { ...where, element: 'Sid' },
        'duplicate-sid',
        text(`Statement[${before}] has the same Sid.`, `Statement[${before}] と Sid が重複しています。`),
        text(
          'Give each statement its own Sid, or none.',
          'Sid はステートメントごとに変えるか、省略してください。',
        ),
      );
    }
  }
}
