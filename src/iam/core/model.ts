/**
 * Where a policy is attached decides what may stand in it and what it can do. `key` is a resource policy of a KMS key,
 * which, like a trust policy, must grant access itself.
 */
export const POLICY_KINDS = [
  'identity',
  'resource',
  'trust',
  'key',
  'boundary',
  'session',
  'scp',
  'rcp',
] as const;

export type PolicyKind = (typeof POLICY_KINDS)[number];

/** Under 2008-10-17, which also holds where no version is given, `${…}` is plain text. */
export type LanguageVersion = '2008-10-17' | '2012-10-17';

/** A policy document that AWS would take for its kind. */
export interface PolicyDocument {
  readonly kind: PolicyKind;
  readonly version: LanguageVersion;
  readonly id?: string;
  readonly statements: readonly Statement[];
}

export interface Statement {
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  /** In resource, trust and key policies and RCPs. */
  readonly principals?: PrincipalElement;
  readonly actions: PatternElement;
  /** Absent in trust policies, where it is the role itself. */
  readonly resources?: PatternElement;
  /** All must hold. */
  readonly conditions: readonly Condition[];
}

/** `negated` is `NotAction`, `NotResource`: everything but these. */
export interface PatternElement {
  readonly negated: boolean;
  readonly patterns: readonly string[];
}

export interface PrincipalElement {
  readonly negated: boolean;
  readonly principals: readonly StatedPrincipal[];
}

/** `everyone` is `"Principal": "*"`; the others are the members of `"Principal": {…}`, where `AWS` may be `*` too. */
export type StatedPrincipal =
  | { readonly kind: 'everyone' }
  | { readonly kind: (typeof PRINCIPAL_TYPES)[number]; readonly id: string };

export const PRINCIPAL_TYPES = ['AWS', 'CanonicalUser', 'Federated', 'Service'] as const;

/** One key of one operator: any of the values, or none of them where the operator is negated. */
export interface Condition {
  readonly operator: ConditionOperator;
  readonly key: string;
  readonly values: readonly string[];
}

export interface ConditionOperator {
  readonly set?: SetOperator;
  readonly base: BaseOperator;
  readonly ifExists: boolean;
}

export const SET_OPERATORS = ['ForAllValues', 'ForAnyValue'] as const;
export type SetOperator = (typeof SET_OPERATORS)[number];

/** What an operator compares. */
export type Comparison = 'string' | 'numeric' | 'date' | 'bool' | 'binary' | 'ip' | 'arn' | 'null';

interface OperatorFacts {
  readonly comparison: Comparison;
  readonly negated: boolean;
}

const is = (comparison: Comparison): OperatorFacts => ({ comparison, negated: false });
const isNot = (comparison: Comparison): OperatorFacts => ({ comparison, negated: true });

/** Source: IAM User Guide, "IAM JSON policy elements: Condition operators", 2026-11. */
export const BASE_OPERATORS = {
  StringEquals: is('string'),
  StringNotEquals: isNot('string'),
  StringEqualsIgnoreCase: is('string'),
  StringNotEqualsIgnoreCase: isNot('string'),
  StringLike: is('string'),
  StringNotLike: isNot('string'),
  NumericEquals: is('numeric'),
  NumericNotEquals: isNot('numeric'),
  NumericLessThan: is('numeric'),
  NumericLessThanEquals: is('numeric'),
  NumericGreaterThan: is('numeric'),
  NumericGreaterThanEquals: is('numeric'),
  DateEquals: is('date'),
  DateNotEquals: isNot('date'),
  DateLessThan: is('date'),
  DateLessThanEquals: is('date'),
  DateGreaterThan: is('date'),
  DateGreaterThanEquals: is('date'),
  Bool: is('bool'),
  BinaryEquals: is('binary'),
  IpAddress: is('ip'),
  NotIpAddress: isNot('ip'),
  ArnEquals: is('arn'),
  ArnNotEquals: isNot('arn'),
  ArnLike: is('arn'),
  ArnNotLike: isNot('arn'),
  Null: is('null'),
} as const satisfies Record<string, OperatorFacts>;

export type BaseOperator = keyof typeof BASE_OPERATORS;

/** The operator as it is written: `ForAllValues:StringLikeIfExists`. */
export const operatorName = ({ set, base, ifExists }: ConditionOperator): string =>
  `${set === undefined ? '' : `${set}:`}${base}${ifExists ? 'IfExists' : ''}`;

const OPERATORS_BY_NAME: ReadonlyMap<string, ConditionOperator> = new Map(
  [undefined, ...SET_OPERATORS].flatMap((set) =>
    Object.keys(BASE_OPERATORS).flatMap((name) => {
      const base = baseNamed(name);
      if (base === undefined) return [];
      const plain = { ...(set !== undefined && { set }), base, ifExists: false };
      if (base === 'Null' && set !== undefined) return [];
      const forms = base === 'Null' ? [plain] : [plain, { ...plain, ifExists: true }];
      return forms.map((form): [string, ConditionOperator] => [operatorName(form).toLowerCase(), form]);
    }),
  ),
);

/** Reads `StringEquals`, `forallvalues:stringlikeifexists`: case does not matter to AWS. */
export const parseOperator = (name: string): ConditionOperator | undefined =>
  OPERATORS_BY_NAME.get(name.toLowerCase());

function baseNamed(name: string): BaseOperator | undefined {
  return Object.hasOwn(BASE_OPERATORS, name) ? (name as BaseOperator) : undefined;
}
