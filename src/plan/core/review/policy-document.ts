import { type PlanValue, UNKNOWN } from '../model.ts';

/** One statement of an IAM-style JSON policy; single values are lists of one. */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  /** `actions` are the ones *not* meant. */
  readonly notAction: boolean;
  readonly resources: readonly string[];
  readonly notResource: boolean;
  readonly principals: readonly Principal[];
  readonly notPrincipal: boolean;
  readonly conditions: readonly Condition[];
}

export interface Principal {
  /** `AWS`, `Service`, `Federated`, `CanonicalUser`. */
  readonly type: string;
  readonly name: string;
}

export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

export type PolicyReading =
  | { readonly kind: 'policy'; readonly statements: readonly Statement[] }
  | { readonly kind: 'absent' }
  /** Only known after apply, or no policy that can be read: not to be taken for harmless. */
  | { readonly kind: 'unreadable'; readonly because: 'unknown' | 'not-a-policy' };

/** Reads an attribute that holds a JSON policy. */
export function readPolicy(value: PlanValue | undefined): PolicyReading {
  if (value === undefined || value === null || value === '') return { kind: 'absent' };
  if (value === UNKNOWN) return { kind: 'unreadable', because: 'unknown' };
  if (typeof value !== 'string') return { kind: 'unreadable', because: 'not-a-policy' };
  const document = parseJson(value);
  if (!isObject(document)) return { kind: 'unreadable', because: 'not-a-policy' };
  const statements = asList(field(document, 'statement'));
  if (!statements.every(isObject)) return { kind: 'unreadable', because: 'not-a-policy' };
  return { kind: 'policy', statements: statements.map(readStatement) };
}

type JsonRecord = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parseJson(words: string): unknown {
  try {
    return JSON.parse(words);
  } catch {
    return undefined;
  }
}

/** Element names are read in any case: misreading a policy as harmless would be worse than being lenient. */
function field(object: JsonRecord, name: string): unknown {
  for (const [key, value] of Object.entries(object)) if (key.toLowerCase() === name) return value;
  return undefined;
}

const asList = (value: unknown): readonly unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];

const strings = (value: unknown): readonly string[] => asList(value).map(String);

function readStatement(statement: JsonRecord): Statement {
  const notAction = field(statement, 'notaction');
  const notResource = field(statement, 'notresource');
  const notPrincipal = field(statement, 'notprincipal');
  return {
    effect: String(field(statement, 'effect')).toLowerCase() === 'deny' ? 'Deny' : 'Allow',
    actions: strings(notAction ?? field(statement, 'action')),
    notAction: notAction !== undefined,
    resources: strings(notResource ?? field(statement, 'resource')),
    notResource: notResource !== undefined,
    principals: readPrincipals(notPrincipal ?? field(statement, 'principal')),
    notPrincipal: notPrincipal !== undefined,
    conditions: readConditions(field(statement, 'condition')),
  };
}

function readPrincipals(value: unknown): readonly Principal[] {
  if (!isObject(value)) return strings(value).map((name) => ({ type: 'AWS', name }));
  return Object.entries(value).flatMap(([type, names]) => strings(names).map((name) => ({ type, name })));
}

function readConditions(value: unknown): readonly Condition[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([operator, keys]) =>
    isObject(keys)
      ? Object.entries(keys).map(([key, values]) => ({ operator, key, values: strings(values).toSorted() }))
      : [],
  );
}

/**
 * Does the pattern (`*` any run, `?` any one character, letters in any case) match everything that `words` stands for?
 * Wildcards in `words` are plain characters that only a wildcard of the pattern takes in, so the answer is never too kind.
 */
export function covers(pattern: string, words: string): boolean {
  const p = pattern.toLowerCase();
  const w = words.toLowerCase();
  let i = 0;
  let j = 0;
  let star = -1;
  let mark = 0;
  while (j < w.length) {
    const wanted = p[i];
    if (wanted === '*') {
      star = i;
      i += 1;
      mark = j;
    } else if (wanted !== undefined && (wanted === w[j] || (wanted === '?' && w[j] !== '*'))) {
      i += 1;
      j += 1;
    } else if (star >= 0) {
      mark += 1;
      i = star + 1;
      j = mark;
    } else {
      return false;
    }
  }
  while (p[i] === '*') i += 1;
  return i === p.length;
}

const canonicalConditions = (statement: Statement): string =>
  JSON.stringify(
    statement.conditions
      .map((condition) => [condition.operator.toLowerCase(), condition.key.toLowerCase(), condition.values])
      .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  );

const samePolarity = (a: Statement, b: Statement): boolean =>
  a.notAction === b.notAction && a.notResource === b.notResource && a.notPrincipal === b.notPrincipal;

/** Is everything of `wanted`, for this action and principal, given by one of the statements? Never too kind. */
function isGiven(
  given: readonly Statement[],
  wanted: Statement,
  action: string,
  resource: string,
  principal: Principal | undefined,
): boolean {
  return given.some((statement) => {
    const conditionsHold =
      statement.conditions.length === 0 || canonicalConditions(statement) === canonicalConditions(wanted);
    if (!conditionsHold || statement.effect !== wanted.effect) return false;
    if (wanted.notAction || wanted.notResource || wanted.notPrincipal) {
      return samePolarity(statement, wanted) && sameParts(statement, wanted);
    }
    if (statement.notAction || statement.notResource || statement.notPrincipal) return false;
    const principalGiven =
      principal === undefined ||
      statement.principals.some(
        (known) => known.type === principal.type && (known.name === '*' || known.name === principal.name),
      );
    return (
      principalGiven &&
      statement.actions.some((pattern) => covers(pattern, action)) &&
      (resource === '' || statement.resources.some((pattern) => covers(pattern, resource)))
    );
  });
}

const sameParts = (a: Statement, b: Statement): boolean => {
  const parts = (s: Statement): string =>
    JSON.stringify([
      s.actions.toSorted(),
      s.resources.toSorted(),
      s.principals.map((p) => `${p.type}:${p.name}`).toSorted(),
    ]);
  return parts(a) === parts(b);
};

/** What a statement gives that was not given before. */
export interface NewGrant {
  readonly statement: Statement;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly principals: readonly Principal[];
}

/** What `after` gives with this effect that `before` did not, statement by statement. */
export function newGrants(
  before: readonly Statement[],
  after: readonly Statement[],
  effect: 'Allow' | 'Deny' = 'Allow',
): readonly NewGrant[] {
  return after
    .filter((statement) => statement.effect === effect)
    .flatMap((statement) => {
      const principals = statement.principals.length > 0 ? statement.principals : [undefined];
      const resources = statement.resources.length > 0 ? statement.resources : [''];
      const isNew = (action: string, resource: string, principal: Principal | undefined): boolean =>
        !isGiven(before, statement, action, resource, principal);
      const grant: NewGrant = {
        statement,
        actions: statement.actions.filter((a) =>
          resources.some((r) => principals.some((p) => isNew(a, r, p))),
        ),
        resources: resources.filter((r) =>
          statement.actions.some((a) => principals.some((p) => isNew(a, r, p))),
        ),
        principals: statement.principals.filter((p) =>
          statement.actions.some((a) => resources.some((r) => isNew(a, r, p))),
        ),
      };
      return grant.actions.length > 0 ? [grant] : [];
    });
}
