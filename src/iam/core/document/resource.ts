import { type Text, text } from '#core-values';
import { arnFields } from '../arn.ts';
import { piecesOf } from '../match/variables.ts';
import { quoted } from '../quoted.ts';
import { KIND_NAMES, KIND_RULES } from './kind-rules.ts';
import type { StatementContext } from './reading.ts';
import { report } from './where.ts';

const WRITE_ARN: Text = text(
  'Write arn:partition:service:region:account:resource; only "*" stands alone.',
  'arn:パーティション:サービス:リージョン:アカウント:リソース の形で書いてください。単独で書けるのは "*" だけです。',
);

/**
 * `*` or an ARN. Wildcards may stand anywhere but in its service (IAM: "Resource vendor must be fully qualified and cannot contain
 * regexes").
 */
export function parseResource(words: string, context: StatementContext): boolean {
  if (words === '*') return true;
  const wrong = mistakeIn(words, context);
  if (wrong === undefined) return true;
  const [rule, message, remedy] = wrong;
  report(context.findings, context.where, rule, message, remedy ?? WRITE_ARN);
  return false;
}

type Mistake = readonly [rule: string, message: Text, remedy?: Text];

function mistakeIn(words: string, { kind, version }: StatementContext): Mistake | undefined {
  const shown = quoted(words);
  if (!/^arn:[^:]+:[^:]+/.test(words)) {
    return [
      'resource',
      text(`"${shown}" is neither an ARN nor "*".`, `「${shown}」は ARN でも "*" でもありません。`),
    ];
  }
  const fields = arnFields(words);
  if (fields === undefined && !KIND_RULES[kind].incompleteArns) {
    return [
      'resource-incomplete',
      text(
        `"${shown}" has fewer than six fields, which ${KIND_NAMES[kind].en} does not take.`,
        `「${shown}」は 6 つのフィールドに足りません。${KIND_NAMES[kind].ja} では省略できません。`,
      ),
    ];
  }
  const [, partition = '', service = '', , account = '', resource] = fields ?? words.split(':');
  if (!/^(?:aws(?:-[a-z]+)*|[a-z-]*[*?][a-z*?-]*)$/.test(partition)) {
    return [
      'resource',
      text(
        `"${shown}" has no partition such as aws.`,
        `「${shown}」のパーティションが aws などではありません。`,
      ),
    ];
  }
  if (!/^[a-z0-9-]+$/.test(service)) {
    return [
      'resource-service',
      text(
        `"${shown}" does not name one service, in lower case and without wildcards.`,
        `「${shown}」のサービス名は、小文字でワイルドカードなしに書く必要があります。`,
      ),
    ];
  }
  if (/^\d+$/.test(account) && account.length !== 12) {
    return [
      'resource-account',
      text(
        `The account in "${shown}" has not twelve digits.`,
        `「${shown}」のアカウント ID が 12 桁ではありません。`,
      ),
    ];
  }
  if (resource === '') {
    return [
      'resource',
      text(
        `"${shown}" names no resource after the fifth colon.`,
        `「${shown}」は 5 つ目のコロンの後が空です。`,
      ),
    ];
  }
  return version === '2012-10-17' && piecesOf(words) === undefined
    ? ['variable', badVariable(words), WRITE_VARIABLE]
    : undefined;
}

export const badVariable = (words: string): Text =>
  text(
    `"${quoted(words)}" has a policy variable that is not well formed.`,
    `「${quoted(words)}」のポリシー変数の形が正しくありません。`,
  );

export const WRITE_VARIABLE: Text = text(
  `Write \${aws:username} or \${aws:PrincipalTag/team, 'none'}; the character itself is \${$}.`,
  `\${aws:username} や \${aws:PrincipalTag/team, 'none'} の形で書いてください。$ という文字そのものは \${$} です。`,
);
