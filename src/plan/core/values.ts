import { type PlanValue, UNKNOWN, type ValuePath } from './model.ts';

/** `Array.isArray` that keeps the type of the items. */
export const isList = (value: PlanValue | undefined): value is readonly PlanValue[] => Array.isArray(value);

/** `path` is where the walk is: it moves on after the call, so keep a copy. */
type ValueVisitor = (value: PlanValue, path: ValuePath) => void;

/** Calls `visit` for every value inside `value`, itself included, from the outside in. */
export function walkValue(value: PlanValue, visit: ValueVisitor): void {
  walk(value, visit, []);
}

/** One path for the whole walk, and no pair for each entry: those were most of what reviewing a large plan allocated. */
function walk(value: PlanValue, visit: ValueVisitor, path: (string | number)[]): void {
  visit(value, path);
  if (value === null || typeof value !== 'object') return;
  if (value instanceof Map) {
    for (const step of value.keys()) walkInto(value.get(step) ?? null, step, visit, path);
  } else if (isList(value)) {
    for (let step = 0; step < value.length; step += 1) walkInto(value[step] ?? null, step, visit, path);
  }
}

function walkInto(
  item: PlanValue,
  step: string | number,
  visit: ValueVisitor,
  path: (string | number)[],
): void {
  path.push(step);
  walk(item, visit, path);
  path.pop();
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
    if (item === UNKNOWN) paths.push([...path]);
  });
  return paths;
}

/** RFC 6901. */
export function jsonPointer(path: ValuePath): string {
  let pointer = '';
  for (const step of path) pointer += `/${typeof step === 'number' ? step : escapedStep(step)}`;
  return pointer;
}

const escapedStep = (step: string): string =>
  step.includes('~') || step.includes('/') ? step.replaceAll('~', '~0').replaceAll('/', '~1') : step;
