import { z } from 'zod';
import { type Reason, type Text, text } from '#core-values';
import { didYouMean } from './nearest.ts';
import { type NodePath, type PlaceOf, pathText, valueAt } from './place.ts';

/** What a schema says of a value it refuses: goes into a custom issue's `params`. */
export interface Refusal {
  readonly rule: string;
  readonly message: Text;
  readonly remedy: Text;
}

export interface CheckedInput {
  /** For “did you mean” among keys. */
  readonly schema?: z.ZodType;
  readonly input: unknown;
  /** First part of the rule ids: `config`, `request`. */
  readonly ruleRoom: string;
  readonly placeOf?: PlaceOf;
  /** The text of a scalar as written, where that is known: `000000000012`, not 12. */
  readonly writtenAt?: (path: NodePath) => string | undefined;
}

type Issue = z.core.$ZodIssue;

/**
 * A string that `parse` accepts, as what `parse` makes of it; `meta` describes it in the published JSON Schema.
 * `parse` answers `undefined` for what it refuses.
 */
export const parsedString = <T>(
  parse: (value: string) => T | undefined,
  refusal: Refusal | ((value: string) => Refusal),
) =>
  z.string().transform((value, context): T => {
    const parsed = parse(value);
    if (parsed !== undefined) return parsed;
    const params = { refusal: typeof refusal === 'function' ? refusal(value) : refusal };
    context.issues.push({ code: 'custom', params, input: value });
    return z.NEVER;
  });

/** Turns a schema's issues into reasons with path, place and remedy. Values are not repeated: they may be secret. */
export const reasonsOf = (issues: readonly Issue[], checked: CheckedInput): readonly Reason[] =>
  issues.flatMap((issue) => reasonsOfIssue(issue, checked));

function reasonsOfIssue(issue: Issue, checked: CheckedInput): readonly Reason[] {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey(path, key, checked));
  }
  if (valueAt(checked.input, path) === undefined && path.length > 0 && isAbsence(issue)) {
    return [missingKey(path, checked)];
  }
  return [placed(path, refusalOf(issue, path, checked), checked)];
}

const isAbsence = ({ code }: Issue): boolean =>
  code === 'invalid_type' || code === 'invalid_value' || code === 'invalid_union';

const placed = (
  path: NodePath,
  { rule, message, remedy }: Refusal,
  { placeOf }: CheckedInput,
  part: 'key' | 'value' = 'value',
): Reason => ({
  rule,
  message: text(`${pathText(path)}: ${message.en}`, `${pathText(path)}: ${message.ja}`),
  remedy,
  ...(placeOf === undefined ? {} : { place: placeOf(path, part) }),
});

function unknownKey(parent: NodePath, key: string, checked: CheckedInput): Reason {
  const known = knownKeys(checked.schema, parent);
  const refusal = {
    rule: `${checked.ruleRoom}.unknown-key`,
    message: text(`There is no key \`${key}\` here.`, `ここに \`${key}\` というキーはありません。`),
    remedy: known === undefined ? text('Remove it.', '削除してください。') : didYouMean(key, known),
  };
  return placed([...parent, key], refusal, checked, 'key');
}

function missingKey(path: NodePath, checked: CheckedInput): Reason {
  const key = String(path.at(-1));
  const refusal = {
    rule: `${checked.ruleRoom}.missing-key`,
    message: text('This is required, and missing.', '必須の項目がありません。'),
    remedy: text(`Add \`${key}:\` here.`, `ここに \`${key}:\` を追加してください。`),
  };
  return placed(path, refusal, checked, 'key');
}

function refusalOf(issue: Issue, path: NodePath, checked: CheckedInput): Refusal {
  const room = checked.ruleRoom;
  switch (issue.code) {
    case 'custom':
      return refusalIn(issue.params) ?? generic(room, issue.message);
    case 'invalid_type':
      return wrongType(issue.expected, path, checked);
    case 'invalid_value': {
      const known = issue.values.map(String);
      return {
        rule: `${room}.unknown-value`,
        message: text('This is none of the values it may have.', '指定できる値ではありません。'),
        remedy: didYouMean(String(valueAt(checked.input, path)), known),
      };
    }
    case 'too_small':
    case 'too_big':
      return outOfRange(room, issue);
    case 'invalid_format':
      return {
        rule: `${room}.wrong-form`,
        message: text(`This is not of the form ${issue.format}.`, `${issue.format} の形式ではありません。`),
        remedy: text('Correct its form.', '形式を直してください。'),
      };
    default:
      return generic(room, issue.message);
  }
}

const generic = (room: string, why: string): Refusal => ({
  rule: `${room}.refused`,
  message: text(`This value is refused: ${why}.`, `この値は使えません(${why})。`),
  remedy: text('Compare it with the reference.', 'リファレンスを確認してください。'),
});

function outOfRange(room: string, issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): Refusal {
  const [rule, bound, en, ja] =
    issue.code === 'too_small'
      ? (['too-small', issue.minimum, 'at least', '以上'] as const)
      : (['too-large', issue.maximum, 'at most', '以下'] as const);
  const counts: Readonly<Record<string, Text>> = {
    string: text(' characters', ' 文字'),
    array: text(' entries', ' 件'),
  };
  const unit = counts[issue.origin] ?? text('', '');
  return {
    rule: `${room}.${rule}`,
    message: text(`This must be ${en} ${bound}${unit.en}.`, `${bound}${unit.ja}${ja}でなければなりません。`),
    remedy: text('Change it to fit.', '範囲に収まるように直してください。'),
  };
}

const TYPE_WORDS: Readonly<Record<string, Text>> = {
  string: text('text', '文字列'),
  number: text('a number', '数値'),
  int: text('a whole number', '整数'),
  boolean: text('true or false', 'true または false'),
  array: text('a list', 'リスト'),
  object: text('a mapping of keys to values', 'キーと値の組(マッピング)'),
};

function wrongType(expected: string, path: NodePath, checked: CheckedInput): Refusal {
  const words = TYPE_WORDS[expected] ?? text(expected, expected);
  const value = valueAt(checked.input, path);
  const written = checked.writtenAt?.(path);
  const quotable = expected === 'string' && (typeof value === 'number' || typeof value === 'boolean');
  return {
    rule: `${checked.ruleRoom}.wrong-type`,
    message: quotable
      ? text(
          'This must be text, but without quotes it is read as a number or as true/false.',
          '文字列が必要ですが、引用符がないため数値や真偽値として読まれています。',
        )
      : text(`This must be ${words.en}.`, `${words.ja}を指定してください。`),
    remedy:
      quotable && written !== undefined
        ? text(`Put it in quotes: "${written}"`, `引用符で囲んでください: "${written}"`)
        : text(`Write ${words.en} here.`, `ここには${words.ja}を書いてください。`),
  };
}

const refusalParams = z.object({
  refusal: z.object({
    rule: z.string(),
    message: z.object({ en: z.string(), ja: z.string() }),
    remedy: z.object({ en: z.string(), ja: z.string() }),
  }),
});

const refusalIn = (params: unknown): Refusal | undefined => refusalParams.safeParse(params).data?.refusal;

/** The keys that a schema knows at a path, read from its JSON Schema; none where that cannot be told. */
function knownKeys(schema: z.ZodType | undefined, path: NodePath): readonly string[] | undefined {
  if (schema === undefined) return;
  const root: unknown = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const at = path.reduce<unknown>(
    (node, step) =>
      typeof step === 'number' ? valueAt(node, ['items']) : valueAt(node, ['properties', step]),
    root,
  );
  const properties = valueAt(at, ['properties']);
  // Where a value may be of several forms, none of them is the one that was meant.
  return properties === undefined ? undefined : Object.keys(Object(properties));
}
