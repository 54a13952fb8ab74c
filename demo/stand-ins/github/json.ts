import type { Json, JsonObject } from '../../../src/core-values/index.ts';

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

export const at = (value: Json | undefined, name: string): Json | undefined =>
  isObject(value) ? value[name] : undefined;

/** The object at this name; an empty one where there is none. */
export function objectAt(value: Json | undefined, name: string): JsonObject {
  const found = at(value, name);
  return isObject(found) ? found : {};
}

export const listAt = (value: Json | undefined, name: string): readonly Json[] => {
  const found = at(value, name);
  return isList(found) ? found : [];
};

export const textAt = (value: Json | undefined, name: string): string | undefined => {
  const found = at(value, name);
  return typeof found === 'string' ? found : undefined;
};
