import {
  checkParseSchema,
  type DetailedError,
  type PolicyJson,
  policyToJson,
  policyToText,
  validate,
} from '@cedar-policy/cedar-wasm/nodejs';
import { err, ok, type Problem, problem, type Reason, type Result, text, verbatim } from '#core-values';
import { keepParsed } from './parsed.ts';
import {
  denyEverything,
  type LoadedPolicy,
  type LoadedPolicySet,
  type PolicyCondition,
  type PolicySet,
  scopeProbeOf,
} from './policy-set.ts';
import {
  codeUnitsBefore,
  type PolicySource,
  placeAt,
  placeOf,
  type SourceFile,
  splitPolicies,
} from './source-text.ts';
import { conjunctsOf, pathsReadBy } from './syntax.ts';

export interface PolicySources {
  readonly policies: readonly SourceFile[];
  readonly schema: SourceFile;
}

interface ParsedPolicy {
  readonly id: string;
  readonly source: PolicySource;
  readonly json: PolicyJson;
}

/**
 * Parses, validates and prepares policies. Every error is reported, not only the first: syntax errors, policies
 * without `@id` or with one already taken, names the schema does not know, policies that can never apply.
 * No policy at all is not an error: the set then denies everything, and says so.
 */
export function loadPolicySet(sources: PolicySources): Result<PolicySet, Problem> {
  const schemaProblem = checkSchema(sources.schema);
  if (schemaProblem !== undefined) return err(schemaProblem);
  const parsed: ParsedPolicy[] = [];
  const reasons: Reason[] = [];
  for (const source of sources.policies.flatMap(splitPolicies)) {
    const result = parsePolicy(source, parsed);
    if (result.ok) parsed.push(result.value);
    else reasons.push(result.error);
  }
  // A schema violation in one policy is worth knowing even while another does not parse.
  const validation = validatePolicies(parsed, sources.schema);
  const failed = failure([...reasons, ...validation.errors]);
  if (failed !== undefined) return err(failed);
  if (parsed.length === 0) return ok(denyEverything([noPolicies]));
  return prepare(parsed, sources.schema, validation.warnings);
}

const failure = ([first, ...more]: readonly Reason[]): Problem | undefined =>
  first === undefined ? undefined : problem('bad-config', first, ...more);

function checkSchema(schema: SourceFile): Problem | undefined {
  const answer = checkParseSchema(schema.text);
  if (answer.type === 'success') return undefined;
  return failure(
    answer.errors.map((error) => ({
      rule: 'policy.schema-unreadable',
      message: cedarWords('The policy schema cannot be read', 'ポリシーのスキーマを読めません', error),
      remedy: text(
        'Restore policies/schema.cedarschema from this version of Sekisho; it is not meant to be edited.',
        'このバージョンの Sekisho に付属する policies/schema.cedarschema に戻してください。編集するためのファイルではありません。',
      ),
      place: placeOf(
        schema.file,
        schema.text,
        codeUnitsBefore(schema.text, error.sourceLocations?.[0]?.start ?? 0),
      ),
    })),
  );
}

function parsePolicy(source: PolicySource, before: readonly ParsedPolicy[]): Result<ParsedPolicy, Reason> {
  const answer = policyToJson(source.text);
  if (answer.type === 'failure') {
    return err(
      firstOf(answer.errors, (error) => syntaxError(source, error)) ?? syntaxError(source, undefined),
    );
  }
  const id = answer.json.annotations?.id?.trim() ?? '';
  if (id === '') return err(missingId(source));
  const taken = before.find((policy) => policy.id === id);
  return taken === undefined ? ok({ id, source, json: answer.json }) : err(duplicateId(source, taken));
}

const firstOf = <T>(errors: readonly DetailedError[], make: (error: DetailedError) => T): T | undefined =>
  errors[0] === undefined ? undefined : make(errors[0]);

function validatePolicies(
  policies: readonly ParsedPolicy[],
  schema: SourceFile,
): { errors: Reason[]; warnings: Reason[] } {
  const answer = validate({
    schema: schema.text,
    policies: { staticPolicies: textsById(policies) },
  });
  if (answer.type === 'failure') {
    return { errors: answer.errors.map((error) => unplacedError(error)), warnings: [] };
  }
  const placeInOrder = ({ policyId, error }: Found): readonly [number, number] => [
    policies.findIndex(({ id }) => id === policyId),
    error.sourceLocations?.[0]?.start ?? 0,
  ];
  const placed = (rule: string, found: Found): Reason => {
    const source = policies.find((policy) => policy.id === found.policyId)?.source;
    return schemaViolation(rule, source, found.error);
  };
  // A forbid that can never apply is a hole in the wall, so it is an error and not a warning.
  const errors = inOrder(answer.validationErrors, placeInOrder);
  const warnings = inOrder(answer.validationWarnings, placeInOrder);
  const impossible = warnings.filter(isImpossible);
  return {
    errors: [
      ...errors.map((found) => placed('policy.schema-violation', found)),
      ...(errors.length > 0 ? [] : impossible.map((found) => placed('policy.never-applies', found))),
    ],
    warnings: warnings
      .filter((found) => !isImpossible(found))
      .map((found) => placed('policy.warning', found)),
  };
}

interface Found {
  readonly policyId: string;
  readonly error: DetailedError;
}

/** Cedar answers in the order of a hash table with a random seed. */
const inOrder = (
  found: readonly Found[],
  placeInOrder: (one: Found) => readonly [policy: number, offset: number],
): readonly Found[] =>
  found.toSorted((a, b) => {
    const [[policyA, offsetA], [policyB, offsetB]] = [placeInOrder(a), placeInOrder(b)];
    return policyA - policyB || offsetA - offsetB || (a.error.message < b.error.message ? -1 : 1);
  });

const isImpossible = (found: { readonly error: DetailedError }): boolean =>
  /policy is impossible|unable to find an applicable action/.test(found.error.message);

const textsById = (policies: readonly ParsedPolicy[]): Record<string, string> =>
  Object.fromEntries(policies.map((policy) => [policy.id, policy.source.text]));

function prepare(
  parsed: readonly ParsedPolicy[],
  schema: SourceFile,
  warnings: readonly Reason[],
): Result<LoadedPolicySet, Problem> {
  const texts = textsById(parsed);
  const probes: Record<string, PolicyJson> = {};
  const policies = parsed.map((policy, index) => loadedPolicy(policy, index, probes));
  const kept = keepParsed({ schema: schema.text, policies: texts, probes });
  if (!kept.ok) {
    const [first, ...more] = kept.error;
    return err(problem('bad-config', unplacedError(first), ...more.map(unplacedError)));
  }
  return ok({ kind: 'loaded', ...kept.value, policies, warnings });
}

/** Adds the policy's probes as it goes. */
function loadedPolicy(policy: ParsedPolicy, index: number, probes: Record<string, PolicyJson>): LoadedPolicy {
  const { effect, principal, action, resource, annotations } = policy.json;
  const scope: PolicyJson = { effect: 'permit', principal, action, resource, conditions: [] };
  if (effect === 'permit') probes[scopeProbeOf(index)] = scope;
  const conditions = conjunctsOf(policy.json).map((conjunct, position): PolicyCondition => {
    const probe = `${index}.${position}`;
    if (effect === 'permit') probes[probe] = { ...scope, conditions: [conjunct] };
    return {
      probe,
      kind: conjunct.kind,
      text: conditionText(conjunct),
      reads: [...pathsReadBy(conjunct.body)],
    };
  });
  const remedy = annotatedText(annotations, 'remedy');
  return {
    id: policy.id,
    effect,
    message: annotatedText(annotations, 'message') ?? verbatim(policy.id),
    ...(remedy === undefined ? {} : { remedy }),
    place: placeAt(policy.source, 0),
    source: policy.source.text,
    conditions,
    reads: [...new Set(conditions.flatMap((condition) => condition.reads))],
  };
}

/** Cedar has no printer for expressions: print a policy with nothing else in it and take what is in its braces. */
function conditionText(conjunct: PolicyJson['conditions'][number]): string {
  const all = { op: 'All' } as const;
  const answer = policyToText({
    effect: 'permit',
    principal: all,
    action: all,
    resource: all,
    conditions: [conjunct],
  });
  const words = answer.type === 'success' ? answer.text : '';
  const body = words
    .slice(words.indexOf('{') + 1, words.lastIndexOf('}'))
    .replace(/\s+/g, ' ')
    .trim();
  return conjunct.kind === 'when' ? body : `!(${body})`;
}

/** One language is enough: it then stands for both. */
function annotatedText(annotations: PolicyJson['annotations'], name: 'message' | 'remedy') {
  const en = annotations?.[`${name}_en`];
  const ja = annotations?.[`${name}_ja`];
  const either = en ?? ja;
  return either === undefined ? undefined : text(en ?? either, ja ?? either);
}

// --- What can be wrong, in words ---

function cedarWords(en: string, ja: string, error: DetailedError | undefined) {
  const label = error?.sourceLocations?.[0]?.label;
  const detail = [
    error?.message ?? 'unknown error',
    ...(label ? [label] : []),
    ...(error?.help ? [error.help] : []),
  ];
  return text(`${en}: ${detail.join('; ')}.`, `${ja}: ${detail.join('; ')}`);
}

const syntaxError = (source: PolicySource, error: DetailedError | undefined): Reason => ({
  rule: 'policy.syntax',
  message: cedarWords('This is not a Cedar policy', 'Cedar のポリシーとして読めません', error),
  remedy: text(
    'Correct the policy at this place; docs/policy.md shows how policies are written.',
    'この箇所を修正してください。書き方は docs/policy.ja.md にあります。',
  ),
  place: placeAt(source, error?.sourceLocations?.[0]?.start ?? 0),
});

const schemaViolation = (rule: string, source: PolicySource | undefined, error: DetailedError): Reason => ({
  rule,
  message: cedarWords('The policy does not fit the schema', 'ポリシーがスキーマに合いません', error),
  remedy: error.help
    ? verbatim(`${error.help}`)
    : text(
        'Use the names of policies/schema.cedarschema; docs/policy.md lists every fact with its type.',
        'policies/schema.cedarschema にある名前を使ってください。すべての事実と型は docs/policy.ja.md にあります。',
      ),
  ...(source === undefined ? {} : { place: placeAt(source, error.sourceLocations?.[0]?.start ?? 0) }),
});

const unplacedError = (error: DetailedError): Reason => ({
  rule: 'policy.unusable',
  message: cedarWords('The policy set cannot be used', 'ポリシー一式を使用できません', error),
  remedy: text(
    'Take back the latest change to the policies, then make it again in smaller steps.',
    'ポリシーへの直近の変更を取り消し、小さく分けてやり直してください。',
  ),
});

const missingId = (source: PolicySource): Reason => ({
  rule: 'policy.id-missing',
  message: text(
    'This policy has no @id: decisions could not name it.',
    'このポリシーには @id がないため、判定の根拠として示せません。',
  ),
  remedy: text(
    'Write @id("a-name-of-its-own") before it.',
    'ポリシーの前に @id("固有の名前") を書いてください。',
  ),
  place: placeAt(source, 0),
});

function duplicateId(source: PolicySource, taken: ParsedPolicy): Reason {
  const first = placeAt(taken.source, 0);
  return {
    rule: 'policy.id-duplicate',
    message: text(
      `@id("${taken.id}") is already taken at ${first.file}:${first.line}.`,
      `@id("${taken.id}") は ${first.file}:${first.line} ですでに使われています。`,
    ),
    remedy: text('Give this policy an @id of its own.', 'このポリシーに別の @id を付けてください。'),
    place: placeAt(source, 0),
  };
}

const noPolicies: Reason = {
  rule: 'policy.none',
  message: text(
    'There is no policy, so everything is denied.',
    'ポリシーが 1 つもないため、すべて拒否されます。',
  ),
  remedy: text(
    'Put the shipped policies (policies/default/*.cedar) into the policies folder, then change them to your needs.',
    '付属のポリシー (policies/default/*.cedar) をポリシーのフォルダーに置き、必要に応じて変更してください。',
  ),
};
