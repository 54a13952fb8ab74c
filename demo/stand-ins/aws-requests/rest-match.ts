import type { RestOperation, Segment } from './rest-operation.ts';

/** Method, path and query of a request, as a REST service looks at them. */
export interface RestRequest {
  readonly method: string;
  /** Not decoded. */
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface RestMatch {
  readonly operation: RestOperation;
  /** Labels of the path by member, decoded. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The operation that a request is: of all that fit by method, path and what must be there, the one that asks for most.
 * A query name that the operation does not know makes it another, unknown one (S3 tells sub-resources by them).
 */
export function matchRest(operations: readonly RestOperation[], request: RestRequest): RestMatch | undefined {
  let best: (RestMatch & { readonly weight: number }) | undefined;
  for (const operation of operations) {
    if (operation.method !== request.method) continue;
    const labels = matchPath(operation.segments, request.path);
    if (labels === undefined || !hasRequired(operation, request)) continue;
    const weight = weightOf(operation);
    if (best === undefined || weight > best.weight) best = { operation, labels, weight };
  }
  return best !== undefined && knowsQuery(best.operation, request.query) ? best : undefined;
}

function matchPath(segments: readonly Segment[], path: string): Readonly<Record<string, string>> | undefined {
  const labels: Record<string, string> = {};
  const last = segments.at(-1);
  const isGreedy = last?.kind === 'label' && last.isGreedy;
  // A key may hold and end in slashes; elsewhere they mean nothing at the end.
  const parts = (isGreedy ? path : path.replace(/\/+$/, '')).replace(/^\//, '').split('/');
  const given = parts.length === 1 && parts[0] === '' ? [] : parts;
  if (isGreedy ? given.length < segments.length : given.length !== segments.length) return undefined;
  for (const [index, segment] of segments.entries()) {
    const isRest = segment.kind === 'label' && segment.isGreedy;
    const part = isRest ? given.slice(index).join('/') : (given[index] ?? '');
    const value = decoded(part);
    if (value === undefined || value === '') return undefined;
    if (segment.kind === 'label') labels[segment.member] = value;
    else if (segment.words !== value) return undefined;
  }
  return labels;
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

function hasRequired({ literals, query, headers }: RestOperation, request: RestRequest): boolean {
  for (const [name, value] of literals) {
    const given = request.query.get(name);
    if (given === undefined || (value !== '' && given !== value)) return false;
  }
  return (
    query.every(({ name, isRequired }) => !isRequired || request.query.has(name)) &&
    headers.every(({ name, isRequired }) => !isRequired || request.headers[name] !== undefined)
  );
}

/** Fixed words weigh more than anything that must be there besides: `/2015-03-31/tags/{Resource}` is no S3 key. */
function weightOf({ segments, literals, query, headers }: RestOperation): number {
  const fixed = segments.filter(({ kind }) => kind === 'fixed').length;
  const required = [...query, ...headers].filter(({ isRequired }) => isRequired).length;
  return fixed * 100 + literals.size * 10 + required;
}

/** `x-id` names the operation, for logs; `X-Amz-…` is a signature. */
const MEANS_NOTHING = /^(?:x-id$|x-amz-)/i;

function knowsQuery(operation: RestOperation, given: ReadonlyMap<string, string>): boolean {
  const known = new Set([...operation.literals.keys(), ...operation.query.map(({ name }) => name)]);
  return [...given.keys()].every((name) => known.has(name) || MEANS_NOTHING.test(name));
}
