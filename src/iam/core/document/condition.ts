import { type Text, text } from '#core-values';
import { compileValue, parseBool } from '../conditions/value-test.ts';
import { piecesOf } from '../match/variables.ts';
import {
  BASE_OPERATORS,
  type Condition,
  type ConditionOperator,
  operatorName,
  parseOperator,
} from '../model.ts';
import { quoted } from '../quoted.ts';
import type { JsonNode } from './json-source.ts';
import type { StatementContext } from './reading.ts';
import { badVariable, WRITE_VARIABLE } from './resource.ts';
import { report, type Where } from './where.ts';

const KEY = /^[^:\s]+:\S(?:.*\S)?$/;

/** `{operator: {key: values}}`. */
export function parseConditions(node: JsonNode, context: StatementContext): readonly Condition[] {
  const { findings } = context;
  const where = { ...context.where, element: 'Condition', place: node.place };
  if (node.kind !== 'object') {
    report(
      findings,
      where,
      'condition',
      text('Condition is a JSON object.', 'Condition は JSON オブジェクトです。'),
      WRITE_CONDITION,
    );
    return [];
  }
  const seen = new Map<string, string>();
  return [...node.members].flatMap(([name, { value, place }]) => {
    const inner = { ...where, element: `Condition.${name}`, place };
    const operator = parseOperator(name);
    if (operator === undefined) {
      report(findings, inner, 'condition-operator', notAnOperator(name), WRITE_OPERATOR);
      return [];
    }
    if (value.kind !== 'object') {
      report(
        findings,
        inner,
        'condition',
        text('An operator holds a JSON object of keys.', '演算子の値はキーの JSON オブジェクトです。'),
        WRITE_CONDITION,
      );
      return [];
    }
    return [...value.members].flatMap(([key, member]) => {
      const place: Where = { ...inner, element: `Condition.${name}.${key}`, place: member.place };
      const id = `${operatorName(operator)} ${key.toLowerCase()}`;
      if (seen.has(id)) {
        report(
          findings,
          place,
          'condition-twice',
          text('The same operator and key stand twice.', '同じ演算子とキーの組が 2 回あります。'),
          ONE_LIST,
        );
        return [];
      }
      seen.set(id, key);
      const condition = parseCondition(operator, key, member.value, { ...context, where: place });
      return condition === undefined ? [] : [condition];
    });
  });
}

function parseCondition(
  operator: ConditionOperator,
  key: string,
  node: JsonNode,
  { version, findings, where }: StatementContext,
): Condition | undefined {
  if (!KEY.test(key)) return report(findings, where, 'condition-key', notAKey(key), WRITE_KEY);
  const items = node.kind === 'list' ? node.items : [node];
  const values = items.flatMap((item) =>
    item.kind === 'scalar' && item.value !== null ? [item.source] : [],
  );
  if (items.length === 0 || values.length < items.length) {
    return report(findings, where, 'condition-value', NO_VALUES, ONE_LIST);
  }
  const { comparison } = BASE_OPERATORS[operator.base];
  const takesVariables = comparison === 'string' || comparison === 'arn';
  for (const words of values) {
    if (takesVariables && version === '2012-10-17' && piecesOf(words) === undefined) {
      return report(findings, where, 'variable', badVariable(words), WRITE_VARIABLE);
    }
    const isGood =
      comparison === 'null'
        ? parseBool(words) !== undefined
        : compileValue(operator.base, words, version) !== undefined;
    if (!isGood)
      return report(findings, where, 'condition-value', notAValue(operator, words), WANTED[comparison]);
  }
  return { operator, key, values };
}

const WRITE_CONDITION = text(
  'Write {"StringEquals": {"aws:username": ["taro"]}}.',
  '{"StringEquals": {"aws:username": ["taro"]}} の形で書いてください。',
);
const WRITE_OPERATOR = text(
  'Write an operator of the IAM User Guide, such as StringEquals, ForAllValues:StringLike, IpAddressIfExists.',
  'StringEquals、ForAllValues:StringLike、IpAddressIfExists など、IAM ユーザーガイドにある演算子を指定してください。',
);
const WRITE_KEY = text(
  'Write prefix:name, such as aws:SourceIp.',
  'aws:SourceIp のように「接頭辞:名前」の形で書いてください。',
);
const ONE_LIST = text(
  'Put all values into one list: ["a", "b"].',
  '値は 1 つのリストにまとめてください: ["a", "b"]',
);
const NO_VALUES = text(
  'A key has at least one value, and values are strings, numbers, true or false.',
  '値は 1 つ以上必要で、文字列、数値、true、false のいずれかです。',
);

const notAnOperator = (name: string): Text =>
  text(`"${quoted(name)}" is no condition operator.`, `「${quoted(name)}」という条件演算子はありません。`);

const notAKey = (key: string): Text =>
  text(`"${quoted(key)}" is no condition key.`, `「${quoted(key)}」は条件キーではありません。`);

const notAValue = (operator: ConditionOperator, words: string): Text =>
  text(
    `${operatorName(operator)} cannot compare with "${quoted(words)}".`,
    `${operatorName(operator)} は「${quoted(words)}」と比較できません。`,
  );

const WANTED: Readonly<Record<(typeof BASE_OPERATORS)[keyof typeof BASE_OPERATORS]['comparison'], Text>> = {
  string: text('Give a string.', '文字列を指定してください。'),
  arn: text('Give an ARN; * and ? are wildcards.', 'ARN を指定してください。* と ? はワイルドカードです。'),
  numeric: text('Give a number without variables.', '変数を含まない数値を指定してください。'),
  date: text(
    'Give a date such as 2026-11-22T09:30:00Z, or seconds since 1970; no variables.',
    '2026-11-22T09:30:00Z のような日時か、1970 年からの秒数を指定してください。変数は使えません。',
  ),
  bool: text('Give true or false; no variables.', 'true か false を指定してください。変数は使えません。'),
  null: text(
    'Give true (the key is absent) or false (it is there).',
    'true(キーがない)か false(キーがある)を指定してください。',
  ),
  binary: text('Give base64.', 'Base64 を指定してください。'),
  ip: text(
    'Give an address or range such as 203.0.113.0/24 or 2001:db8::/32; no variables.',
    '203.0.113.0/24 や 2001:db8::/32 のようなアドレスか範囲を指定してください。変数は使えません。',
  ),
};
