import { type Reason, text } from '#core-values';

/** Reads claims strictly and gathers a reason for each one that is missing or not of its form. */
export interface ClaimReader {
  readonly reasons: readonly Reason[];
  /** The empty string where the claim is refused; then `reasons` is not empty. */
  required(claim: string, form: RegExp): string;
  /** `{ [field]: value }`, or `{}` where the claim is absent; present but malformed is refused. */
  optional<Field extends string>(
    field: Field,
    claim: string,
    form: RegExp,
  ): { readonly [F in Field]?: string };
  /** A whole number from 1 on; 0 where refused. */
  count(claim: string): number;
  /** `{ [field]: boolean }` of the words `true` and `false`, or `{}` where the claim is absent. */
  flag<Field extends string>(field: Field, claim: string): { readonly [F in Field]?: boolean };
  parsed<T>(claim: string, parse: (words: string) => T | undefined, placeholder: T): T;
  refuse(claim: string): void;
}

const TRUE_OR_FALSE = /^(?:true|false)$/;

// The key is computed, so TypeScript cannot see that it is `Field`.
const only = <Field extends string, T>(field: Field, value: T): { readonly [F in Field]?: T } =>
  ({ [field]: value }) as { readonly [F in Field]?: T };

const COUNT = /^[1-9][0-9]{0,14}$/;

export function claimReader(claims: Readonly<Record<string, unknown>>): ClaimReader {
  const reasons: Reason[] = [];
  const present = (claim: string): string | undefined => {
    // Own properties only: `constructor` is no claim.
    const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
    if (typeof value === 'string' && value !== '') return value;
    // GitLab has written ids as numbers and as strings in different versions; both say the same.
    return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined;
  };
  const isPresent = (claim: string): boolean =>
    Object.hasOwn(claims, claim) && claims[claim] !== null && claims[claim] !== '';
  const refuse = (claim: string): void => {
    reasons.push(isPresent(claim) ? malformed(claim) : missing(claim));
  };
  const required = (claim: string, form: RegExp): string => {
    const value = present(claim);
    if (value !== undefined && form.test(value)) return value;
    refuse(claim);
    return '';
  };
  return {
    reasons,
    required,
    optional: (field, claim, form) => (isPresent(claim) ? only(field, required(claim, form)) : {}),
    flag: (field, claim) => (isPresent(claim) ? only(field, required(claim, TRUE_OR_FALSE) === 'true') : {}),
    count: (claim) => Number(required(claim, COUNT)),
    parsed: (claim, parse, placeholder) => {
      const value = present(claim);
      const parsed = value === undefined ? undefined : parse(value);
      if (parsed === undefined) refuse(claim);
      return parsed ?? placeholder;
    },
    refuse,
  };
}

const REMEDY = text(
  'Check that the token comes from a CI job of the issuer’s kind that sekisho.yaml declares.',
  'トークンが、sekisho.yaml で宣言した種類の CI のジョブから発行されたものか確認してください。',
);

const missing = (claim: string): Reason => ({
  rule: 'token.claim-missing',
  message: text(
    `The token has no claim \`${claim}\`; what is absent never matches.`,
    `トークンにクレーム \`${claim}\` がありません。存在しないクレームは決して一致しません。`,
  ),
  remedy: REMEDY,
});

const malformed = (claim: string): Reason => ({
  rule: 'token.claim-malformed',
  message: text(
    `The token’s claim \`${claim}\` is not of the form it must have.`,
    `トークンのクレーム \`${claim}\` の形式が正しくありません。`,
  ),
  remedy: REMEDY,
});
