import type { Expr, PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Json } from '#core-values';

/** One condition of a policy that must hold by itself: a part of its `when`s and `unless`es joined by `&&`. */
export type Conjunct = { readonly kind: 'when' | 'unless'; readonly body: Expr };

/** `when { a && b } unless { c || d }` is `a`, `b`, not `c`, not `d`. */
export const conjunctsOf = (policy: PolicyJson): readonly Conjunct[] =>
  policy.conditions.flatMap((clause) =>
    operands(clause.body, clause.kind === 'when' ? '&&' : '||').map((body) => ({ kind: clause.kind, body })),
  );

function operands(expression: Expr, operator: '&&' | '||'): readonly Expr[] {
  const pair = operator === '&&' ? and(expression) : or(expression);
  return pair === undefined
    ? [expression]
    : [...operands(pair.left, operator), ...operands(pair.right, operator)];
}

interface Operands {
  readonly left: Expr;
  readonly right: Expr;
}

const and = (expression: Expr): Operands | undefined =>
  '&&' in expression && 'left' in expression['&&'] ? expression['&&'] : undefined;

const or = (expression: Expr): Operands | undefined =>
  '||' in expression && 'left' in expression['||'] ? expression['||'] : undefined;

/**
 * Every fact an expression reads, as dotted paths from `context`, `principal` or `resource`.
 * `principal in Team::"a"` reads `principal.teams`.
 */
export function pathsReadBy(expression: Expr): ReadonlySet<string> {
  const paths = new Set<string>();
  // Cedar's JSON form is plain JSON: walking it as such needs no case for each operator.
  walk(JSON.parse(JSON.stringify(expression)), paths);
  return paths;
}

function walk(node: Json, paths: Set<string>): void {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) {
    for (const item of node) walk(item, paths);
    return;
  }
  const path = pathOf(node);
  if (path !== undefined) {
    paths.add(path);
    return;
  }
  for (const [key, inner] of Object.entries(node)) {
    if (key === 'in') addMembership(inner, paths);
    if (key !== 'Value') walk(inner, paths);
  }
}

function addMembership(inner: Json, paths: Set<string>): void {
  const left = field(inner, 'left');
  const path = left === undefined ? undefined : pathOf(left);
  if (path !== undefined) paths.add(`${path}.teams`);
}

/** `{".": {left, attr}}` and `{"has": {left, attr}}` over a variable; `undefined` for anything else. */
function pathOf(node: Json): string | undefined {
  const variable = field(node, 'Var');
  if (typeof variable === 'string') return variable;
  const access = field(node, '.') ?? field(node, 'has');
  if (access === undefined) return undefined;
  const left = field(access, 'left');
  const attribute = field(access, 'attr');
  const base = left === undefined ? undefined : pathOf(left);
  if (base === undefined || attribute === undefined) return undefined;
  return [base, ...(Array.isArray(attribute) ? attribute : [attribute])].join('.');
}

const field = (node: Json, name: string): Json | undefined =>
  typeof node === 'object' && node !== null && !Array.isArray(node) && Object.hasOwn(node, name)
    ? (node as { readonly [key: string]: Json })[name]
    : undefined;
