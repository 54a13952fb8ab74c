import { isJsonList, type JsonTree } from '../file/json-text.ts';
import { type PlanValue, UNKNOWN, type ValuePath } from '../model.ts';
import { isList } from '../values.ts';

type JsonMap = ReadonlyMap<string, JsonTree>;

export const asMap = (tree: JsonTree | undefined): JsonMap => (tree instanceof Map ? tree : new Map());
export const asList = (tree: JsonTree | undefined): readonly JsonTree[] => (isJsonList(tree) ? tree : []);
export const asText = (tree: JsonTree | undefined): string | undefined =>
  typeof tree === 'string' ? tree : undefined;

/**
 * Puts `UNKNOWN` where `after_unknown` says `true`. In the JSON, an unknown attribute is missing from its
 * object and null in its list.
 */
export function withUnknown(value: PlanValue, unknown: JsonTree | undefined): PlanValue {
  if (unknown === true) return UNKNOWN;
  if (unknown instanceof Map && unknown.size > 0 && (value instanceof Map || value === null)) {
    const object = new Map<string, PlanValue>(value ?? []);
    for (const [key, inner] of unknown) {
      if (holdsTrue(inner)) object.set(key, withUnknown(object.get(key) ?? null, inner));
    }
    return value === null && object.size === 0 ? null : object;
  }
  if (isJsonList(unknown) && unknown.some(holdsTrue)) {
    const items = isList(value) ? value : [];
    return Array.from({ length: Math.max(items.length, unknown.length) }, (_, index) =>
      withUnknown(items[index] ?? null, unknown[index]),
    );
  }
  return value;
}

function holdsTrue(tree: JsonTree): boolean {
  if (tree instanceof Map) return [...tree.values()].some(holdsTrue);
  return isJsonList(tree) ? tree.some(holdsTrue) : tree === true;
}

/** The paths at which a tree of `before_sensitive` or `after_sensitive` says `true`. */
export function truePaths(tree: JsonTree | undefined, path: ValuePath = []): readonly ValuePath[] {
  if (tree === true) return [path];
  if (tree instanceof Map) return [...tree].flatMap(([key, inner]) => truePaths(inner, [...path, key]));
  return isJsonList(tree) ? tree.flatMap((inner, index) => truePaths(inner, [...path, index])) : [];
}

/** A path as the JSON lists it (`replace_paths`): strings and numbers. */
export const listedPath = (tree: JsonTree): ValuePath =>
  asList(tree).filter((step) => typeof step === 'string' || typeof step === 'number');
