import { type Text, text } from '#core-values';
import { ACCOUNT_ID, splitArn } from '../arn.ts';
import { PRINCIPAL_TYPES, type PrincipalElement, type StatedPrincipal } from '../model.ts';
import { quoted } from '../quoted.ts';
import type { JsonNode } from './json-source.ts';
import { KIND_RULES } from './kind-rules.ts';
import { type StatementContext, stringsOf } from './reading.ts';
import { report } from './where.ts';

/** `"*"`, or a map from kinds of principals to one or several of them. */
export function parsePrincipals(
  node: JsonNode,
  element: 'Principal' | 'NotPrincipal',
  context: StatementContext,
): PrincipalElement | undefined {
  const { kind, findings } = context;
  const where = { ...context.where, element, place: node.place };
  const negated = element === 'NotPrincipal';
  if (node.kind === 'scalar' && node.value === '*') return { negated, principals: [{ kind: 'everyone' }] };
  if (KIND_RULES[kind].principal === 'everyone') {
    const message = text('The principal of an RCP is "*".', 'RCP の Principal は "*" です。');
    return report(
      findings,
      where,
      'rcp-principal',
      message,
      text('Narrow it by Condition.', '絞り込みは Condition で行ってください。'),
    );
  }
  if (node.kind !== 'object' || node.members.size === 0)
    return report(findings, where, 'principal', NOT_A_MAP, WRITE_MAP);
  const principals: StatedPrincipal[] = [];
  for (const [name, { value, place }] of node.members) {
    const type = PRINCIPAL_TYPES.find((known) => known === name);
    const inner = { ...where, element: `${element}.${name}`, place };
    if (type === undefined || (type === 'CanonicalUser' && kind === 'trust')) {
      report(findings, inner, 'principal', notAType(name), WRITE_MAP);
      continue;
    }
    for (const id of stringsOf(value, inner, findings)) {
      const wrong = mistakeIn(type, id);
      if (wrong === undefined) principals.push({ kind: type, id });
      else report(findings, inner, 'principal', wrong, REMEDIES[type]);
    }
  }
  return { negated, principals };
}

const NOT_A_MAP = text('A principal is "*" or a JSON object.', 'Principal は "*" か JSON オブジェクトです。');

const WRITE_MAP = text(
  'Write "*", or {"AWS": […]}, {"Service": […]}, {"Federated": […]}; a bucket policy also takes {"CanonicalUser": […]}.',
  '"*"、または {"AWS": […]}、{"Service": […]}、{"Federated": […]} と書いてください。バケットポリシーでは {"CanonicalUser": […]} も使えます。',
);

const notAType = (name: string): Text =>
  text(
    `"${quoted(name)}" is no kind of principal here.`,
    `「${quoted(name)}」という種類のプリンシパルは指定できません。`,
  );

function mistakeIn(type: (typeof PRINCIPAL_TYPES)[number], id: string): Text | undefined {
  if (isGood(type, id)) return undefined;
  return id.includes('*') || id.includes('?')
    ? text(
        `"${quoted(id)}" has a wildcard; a principal is named in full.`,
        `「${quoted(id)}」にワイルドカードがあります。プリンシパルは完全な形で書く必要があります。`,
      )
    : text(
        `"${quoted(id)}" is no principal of the kind ${type}.`,
        `「${quoted(id)}」は ${type} のプリンシパルとして正しくありません。`,
      );
}

/** Unique ids stand where AWS no longer finds the user or role. */
const UNIQUE_ID = /^A[A-Z0-9]{15,127}$/;

function isGood(type: (typeof PRINCIPAL_TYPES)[number], id: string): boolean {
  switch (type) {
    case 'AWS':
      return id === '*' || ACCOUNT_ID.test(id) || UNIQUE_ID.test(id) || isAwsArn(id);
    case 'Service':
      return (
        /^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?$/.test(id) ||
        /^[a-z0-9.-]+\.(?:amazon\.com|aws\.internal|aws)$/.test(id)
      );
    case 'Federated':
      return id !== '' && !/[*?\s]/.test(id);
    case 'CanonicalUser':
      return /^[0-9a-f]{64}$/.test(id);
  }
}

function isAwsArn(id: string): boolean {
  const arn = splitArn(id);
  if (arn === undefined || !ACCOUNT_ID.test(arn.account) || /[*?\s]/.test(id)) return false;
  return arn.service === 'iam'
    ? arn.resource === 'root' || /^(?:user|role)\/./.test(arn.resource)
    : arn.service === 'sts' && /^(?:assumed-role\/[^/]+|federated-user)\/./.test(arn.resource);
}

const REMEDIES: Readonly<Record<(typeof PRINCIPAL_TYPES)[number], Text>> = {
  AWS: text(
    'Give "*", twelve digits of an account, or the full ARN of a user, role, role session, federated user or root user.',
    '"*"、12 桁のアカウント ID、またはユーザー、ロール、ロールセッション、フェデレーティッドユーザー、ルートユーザーの完全な ARN を指定してください。',
  ),
  Service: text(
    'Give a name such as lambda.amazonaws.com.',
    'lambda.amazonaws.com のような名前を指定してください。',
  ),
  Federated: text(
    'Give the ARN of the identity provider, or its name such as accounts.google.com.',
    'ID プロバイダーの ARN、または accounts.google.com のような名前を指定してください。',
  ),
  CanonicalUser: text(
    'Give the 64 hexadecimal digits that S3 shows.',
    'S3 に表示される 64 桁の 16 進数を指定してください。',
  ),
};
