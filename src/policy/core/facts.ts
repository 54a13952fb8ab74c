import type { CedarValueJson, TypeAndId } from '@cedar-policy/cedar-wasm/nodejs';
import type { CedarRequest } from './cedar-request.ts';

export type FactValue = boolean | number | string | readonly string[];

/** One fact under the name a policy reads it by: `context.approvals.total`, `resource.account.environment`. */
export interface Fact {
  readonly name: string;
  readonly value: FactValue;
}

const DEEPEST_FACT = 4;

/** Every fact of a request, flat, in the order of the schema. Team membership is `principal.teams`. */
export function factsOf(request: CedarRequest): readonly Fact[] {
  const facts: Fact[] = [];
  collectEntity('principal', request.principal, request, facts, 1);
  collectEntity('resource', request.resource, request, facts, 1);
  for (const [name, value] of Object.entries(request.context)) {
    collect(`context.${name}`, value, request, facts, 2);
  }
  return facts;
}

function collect(
  name: string,
  value: CedarValueJson | undefined,
  request: CedarRequest,
  facts: Fact[],
  depth: number,
): void {
  const reference = referenceIn(value);
  if (reference !== undefined) {
    collectEntity(name, reference, request, facts, depth);
  } else if (Array.isArray(value)) {
    facts.push({ name, value: value.map((item) => referenceIn(item)?.id ?? String(item)) });
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      collect(`${name}.${key}`, inner, request, facts, depth + 1);
    }
  } else if (value !== undefined && value !== null) {
    facts.push({ name, value });
  }
}

function collectEntity(
  name: string,
  id: TypeAndId,
  request: CedarRequest,
  facts: Fact[],
  depth: number,
): void {
  facts.push({ name, value: id.id });
  const entity = request.entities.find(({ uid }) => uid.type === id.type && uid.id === id.id);
  if (entity === undefined || depth >= DEEPEST_FACT) return;
  for (const [key, value] of Object.entries(entity.attrs)) {
    collect(`${name}.${key}`, value, request, facts, depth + 1);
  }
  if (id.type === 'Person') {
    facts.push({ name: `${name}.teams`, value: entity.parents.map((parent) => parent.id) });
  }
}

function referenceIn(value: CedarValueJson | undefined): TypeAndId | undefined {
  const inner: unknown =
    typeof value === 'object' && value !== null && '__entity' in value ? value.__entity : undefined;
  return isTypeAndId(inner) ? inner : undefined;
}

const isTypeAndId = (value: unknown): value is TypeAndId =>
  typeof value === 'object' && value !== null && 'type' in value && 'id' in value;

/** Facts a path in a policy reads: itself, what is below it, or the value it asks a part of. */
export const isReadBy = (fact: string, path: string): boolean => fact === path || fact.startsWith(`${path}.`);

export const showFactValue = (value: FactValue): string =>
  typeof value === 'object' ? `[${value.join(', ')}]` : String(value);
