import { ok, type Problem, type Reason, type Result, text } from '#core-values';
import { arnFields } from './arn.ts';
import { parsePolicy } from './document/parse.ts';
import { labelOf } from './document/where.ts';
import {
  BASE_OPERATORS,
  type Condition,
  operatorName,
  type PolicyDocument,
  type PolicyKind,
  type Statement,
} from './model.ts';
import { sizeFinding } from './quotas.ts';
import { quoted } from './quoted.ts';

/**
 * What AWS refuses of a policy, and what it takes but nobody should write. Only text that is no JSON is an error: then there is no
 * policy to speak of.
 */
export function lintPolicy(
  source: string,
  { kind, file }: { readonly kind: PolicyKind; readonly file: string },
): Result<readonly Reason[], Problem> {
  const size = sizeFinding(source, kind, file);
  const tooLong = size === undefined ? [] : [size];
  const policy = parsePolicy(source, { kind, file });
  if (policy.ok) return ok([...tooLong, ...adviceOn(policy.value, file)]);
  return policy.error.reasons[0].rule === 'iam.json' ? policy : ok([...policy.error.reasons, ...tooLong]);
}

const adviceOn = ({ statements, version }: PolicyDocument, file: string): readonly Reason[] =>
  statements.flatMap((statement, index) => {
    const at = (element: string): string =>
      labelOf({ statement: index, ...(statement.sid !== undefined && { sid: statement.sid }), element });
    return [
      ...(version === '2008-10-17' ? oldVariables(statement, at, file) : []),
      ...statement.conditions.flatMap((condition) => conditionAdvice(condition, statement, at, file)),
    ];
  });

type At = (element: string) => string;

function oldVariables({ resources, conditions }: Statement, at: At, file: string): readonly Reason[] {
  const texts = [...(resources?.patterns ?? []), ...conditions.flatMap(({ values }) => values)];
  const found = texts.find((words) => words.includes('${'));
  if (found === undefined) return [];
  return [
    {
      rule: 'iam.old-version-variable',
      message: text(
        `${at('Version')}: "${quoted(found)}" is plain text in version 2008-10-17, not a variable.`,
        `${at('Version')}: バージョン 2008-10-17 では「${quoted(found)}」は変数ではなく、ただの文字列です。`,
      ),
      remedy: text('Write "Version": "2012-10-17".', '"Version": "2012-10-17" と書いてください。'),
      place: { file },
    },
  ];
}

function conditionAdvice(
  condition: Condition,
  statement: Statement,
  at: At,
  file: string,
): readonly Reason[] {
  const { operator, key, values } = condition;
  const name = operatorName(operator);
  const where = at(`Condition.${name}.${quoted(key)}`);
  const findings: Reason[] = [];
  const isGuarded = statement.conditions.some(
    (other) => other.operator.base === 'Null' && other.key.toLowerCase() === key.toLowerCase(),
  );
  if (operator.set === 'ForAllValues' && statement.effect === 'Allow' && !isGuarded) {
    findings.push({
      rule: 'iam.for-all-values-allow',
      message: text(
        `${where}: it holds for requests without this key, and so allows them.`,
        `${where}: このキーがないリクエストでも成立し、許可してしまいます。`,
      ),
      remedy: text(
        `Add "Null": {"${quoted(key)}": "false"}.`,
        `"Null": {"${quoted(key)}": "false"} を追加してください。`,
      ),
      place: { file },
    });
  }
  if (
    BASE_OPERATORS[operator.base].comparison === 'arn' &&
    values.some((words) => arnFields(words) === undefined && !words.startsWith('${'))
  ) {
    findings.push({
      rule: 'iam.arn-value',
      message: text(
        `${where}: a value is no ARN, and matches nothing or nobody knows what.`,
        `${where}: ARN ではない値があり、何に一致するかが定まりません。`,
      ),
      remedy: text(
        'Write all six fields with wildcards, or use StringLike.',
        'ワイルドカードを使って 6 つのフィールドをすべて書くか、StringLike を使ってください。',
      ),
      place: { file },
    });
  }
  return findings;
}
