import { type PlanValue, UNKNOWN, type ValuePath } from './model.ts';

/** `Array.isArray` that keeps the type of the items. */
export const isList = (value: PlanValue | undefined): value is readonly PlanValue[] => Array.isArray(value);

/** A list of strings and numbers, or an object: what a path step leads into. */
export type ValueVisitor = (value: PlanValue, path: ValuePath) => void;

/** Calls `visit` for every value inside `value`, itself included, from the outside in. */
export function walkValue(value: PlanValue, visit: ValueVisitor, path: ValuePath = []): void {
  visit(value, path);
  if (isList(value)) {
    value.forEach((item, index) => {
      walkValue(item, visit, [...path, index]);
    });
  } else if (value instanceof Map) {
    for (const [key, item] of value) walkValue(item, visit, [...path, key]);
  }
}

/** The value at a path; `undefined` where there is none. */
export function valueAt(value: PlanValue, path: ValuePath): PlanValue | undefined {
  let current: PlanValue | undefined = value;
  for (const step of path) {
    if (current instanceof Map) current = current.get(String(step));
    else if (isList(current)) current = current[Number(step)];
    else return undefined;
  }
  return current;
}

/** Where a value is only known after apply. */
export function unknownPaths(value: PlanValue): readonly ValuePath[] {
  const paths: ValuePath[] = [];
  walkValue(value, (item, path) => {
    if (item === UNKNOWN) paths.push(path);
  });
  return paths;
}

/** RFC 6901. */
export const jsonPointer = (path: ValuePath): string =>
  path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
