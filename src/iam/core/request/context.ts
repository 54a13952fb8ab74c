/** What a request says about one condition key. An empty list of values is an absent key to AWS. */
export type Lookup =
  | { readonly kind: 'present'; readonly values: readonly string[] }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown' };

/** Condition keys and their values. Names are compared without case. */
export interface RequestContext {
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly absent: ReadonlySet<string>;
  /** Whether every key not named is known to be absent; otherwise it is not known. */
  readonly isComplete: boolean;
}

const ABSENT: Lookup = { kind: 'absent' };
const UNKNOWN: Lookup = { kind: 'unknown' };

/** `key` in lower case. */
export function lookUp(context: RequestContext, key: string): Lookup {
  const values = context.values.get(key);
  if (values !== undefined) return values.length === 0 ? ABSENT : { kind: 'present', values };
  return context.isComplete || context.absent.has(key) ? ABSENT : UNKNOWN;
}

/** Context from plain members, whose names differ by more than case; a key with values is there, whatever `absent` says. */
export function requestContext(
  values: Readonly<Record<string, string | readonly string[]>>,
  options: { readonly absent?: readonly string[]; readonly isComplete?: boolean } = {},
): RequestContext {
  const entries = Object.entries(values).map(([key, value]): [string, readonly string[]] => [
    key.toLowerCase(),
    typeof value === 'string' ? [value] : value,
  ]);
  return {
    values: new Map(entries),
    absent: new Set((options.absent ?? []).map((key) => key.toLowerCase())),
    isComplete: options.isComplete ?? false,
  };
}
