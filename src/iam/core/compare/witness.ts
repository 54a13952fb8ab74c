import { parseAccountId } from '#core-values';
import { compilePolicy } from '../evaluate/compiled-policy.ts';
import { evaluate } from '../evaluate/evaluate.ts';
import { completedArn } from '../match/pattern.ts';
import {
  BASE_OPERATORS,
  type Condition,
  type PatternElement,
  type PolicyDocument,
  type Statement,
} from '../model.ts';
import { requestContext } from '../request/context.ts';
import { type AccessRequest, prepareRequest } from '../request/request.ts';

/** A request in the words of a policy; every key that is not in the context is absent. */
export interface Witness {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, readonly string[]>>;
}

const ACCOUNT = parseAccountId('111122223333');
/** Of nobody in particular. */
const USER = 'witness';
const MOST_REQUESTS = 5_000;

/**
 * Looks for a request that `inner` allows and `outer` does not, among those that the patterns of both suggest. What is found is
 * right; nothing may be found though there is one. Policies with principals are not tried.
 */
export function findWitness(inner: PolicyDocument, outer: PolicyDocument): Witness | undefined {
  const all = [...inner.statements, ...outer.statements];
  if (all.some(({ principals }) => principals !== undefined)) return undefined;
  // A trust policy has no principal here only if it is malformed; every other kind is judged as an identity policy alone.
  const own = compilePolicy({ ...inner, kind: 'identity' }, 'inner');
  const others = compilePolicy({ ...outer, kind: 'identity' }, 'outer');
  let tried = 0;
  for (const statement of inner.statements) {
    if (statement.effect === 'Deny') continue;
    for (const witness of suggested(statement, all)) {
      tried += 1;
      if (tried > MOST_REQUESTS) return undefined;
      const request = asRequest(witness);
      if (request === undefined || evaluate({ identity: [own] }, request).kind !== 'allowed') continue;
      const there = evaluate({ identity: [others] }, request).kind;
      if (there === 'explicitly-denied' || there === 'implicitly-denied') return witness;
    }
  }
  return undefined;
}

function* suggested(statement: Statement, all: readonly Statement[]): Generator<Witness> {
  const actions = examples(
    statement.actions,
    all.map((one) => one.actions),
    actionExamples,
  );
  const resources = examples(
    statement.resources,
    all.map((one) => one.resources),
    resourceExamples,
  );
  const contexts = contextsFor(statement, all);
  for (const context of contexts) {
    for (const action of actions) for (const resource of resources) yield { action, resource, context };
  }
}

/** Of the patterns of the element itself first, then of all others: a deny elsewhere is met by its own examples. */
function examples(
  own: PatternElement | undefined,
  others: readonly (PatternElement | undefined)[],
  of: (words: string) => readonly string[],
): readonly string[] {
  const patterns = [own, ...others].flatMap((element) => element?.patterns ?? []);
  return [...new Set([...patterns, '*'].flatMap(of))].slice(0, 60);
}

const actionExamples = (words: string): readonly string[] =>
  words === '*'
    ? ['iam:CreateUser', 'other:Anything']
    : ['', 'X'].map((filling) => words.replaceAll('*', filling).replaceAll('?', 'x'));

const resourceExamples = (words: string): readonly string[] =>
  words === '*'
    ? ['*', `arn:aws:other:us-east-1:${ACCOUNT}:anything`, 'arn:aws:s3:::witness/object']
    : ['x', ''].map((filling) =>
        completedArn(words)
          .replaceAll(/\$\{([*?$])\}/g, '$1')
          .replaceAll(/\$\{aws:username\}/gi, USER)
          .replaceAll(/\$\{[^}]*\}/g, 'value')
          .replaceAll('*', filling)
          .replaceAll('?', 'x'),
      );

/** Nothing known to be there; what this statement asks for; and that, with what others ask for besides. */
function contextsFor(statement: Statement, all: readonly Statement[]): readonly Witness['context'][] {
  const own = contextOf(statement.conditions);
  return [own, {}, ...all.map(({ conditions }) => ({ ...contextOf(conditions), ...own }))];
}

const contextOf = (conditions: readonly Condition[]): Witness['context'] =>
  Object.fromEntries(
    conditions.flatMap(({ operator, key, values }) => {
      const { negated, comparison } = BASE_OPERATORS[operator.base];
      const value = values[0];
      if (negated || value === undefined) return [];
      if (comparison === 'null') return value.toLowerCase() === 'false' ? [[key, ['value']]] : [];
      const plain =
        comparison === 'ip' ? (value.split('/')[0] ?? value) : value.replaceAll('*', '').replaceAll('?', 'x');
      return [[key, [plain]]];
    }),
  );

function asRequest({ action, resource, context }: Witness): AccessRequest | undefined {
  if (ACCOUNT === undefined) return undefined;
  const request = prepareRequest({
    principal: { kind: 'user', arn: `arn:aws:iam::${ACCOUNT}:user/${USER}`, account: ACCOUNT, name: USER },
    action,
    resource,
    // Within one account the identity policy decides alone.
    ...(/^arn:[^:]*:[^:]*:[^:]*:\d{12}:/.test(resource) ? {} : { resourceAccount: ACCOUNT }),
    context: requestContext(context, { isComplete: true }),
  });
  return request.ok && request.value.resourceAccount === ACCOUNT ? request.value : undefined;
}
