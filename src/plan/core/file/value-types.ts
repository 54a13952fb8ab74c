import { text } from '#core-values';
import type { PlanValue } from '../model.ts';
import { isList } from '../values.ts';
import { isJsonList, type JsonTree, parseJsonText } from './json-text.ts';
import { numberFromText } from './numbers.ts';
import { refuse } from './refusal.ts';

/** A type as go-cty writes it in JSON: `"number"`, `["list", T]`, `["object", {name: T}]`, `["tuple", [T]]`. */
export type TypeConstraint = JsonTree;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const unknownType = (): never =>
  refuse(
    'unknown-type',
    text('A value in the plan file has a type we do not know.', 'プランファイル内の値の型が未知のものです。'),
  );

export function readTypeConstraint(bytes: Uint8Array): TypeConstraint {
  try {
    return parseJsonText(utf8.decode(bytes), 'type');
  } catch {
    return unknownType();
  }
}

/** Turns numbers that MessagePack carries as strings back into numbers, where the type says so. */
export function retype(value: PlanValue, type: TypeConstraint): PlanValue {
  if (type === 'number') return typeof value === 'string' ? (numberFromText(value) ?? unknownType()) : value;
  if (type === 'string' || type === 'bool' || type === 'dynamic') return value;
  if (!isJsonList(type)) return unknownType();
  const [kind, inner] = type;
  if (inner === undefined) return unknownType();
  if (kind === 'list' || kind === 'set') return eachItem(value, () => inner);
  if (kind === 'tuple') {
    return isJsonList(inner) ? eachItem(value, (index) => inner[index] ?? unknownType()) : unknownType();
  }
  if (kind === 'map') return eachMember(value, () => inner);
  if (kind === 'object' && inner instanceof Map)
    return eachMember(value, (key) => inner.get(key) ?? unknownType());
  return unknownType();
}

function eachItem(value: PlanValue, typeOf: (index: number) => TypeConstraint): PlanValue {
  return isList(value) ? value.map((item, index) => retype(item, typeOf(index))) : value;
}

function eachMember(value: PlanValue, typeOf: (key: string) => TypeConstraint): PlanValue {
  if (!(value instanceof Map)) return value;
  return new Map([...value].map(([key, item]) => [key, retype(item, typeOf(key))]));
}
