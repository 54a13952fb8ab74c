import { type PlanValue, UNKNOWN, type ValuePath } from './model.ts';

/** `Array.isArray` that keeps the type of the items. */
export const isList = (value: PlanValue | undefined): value is readonly PlanValue[] => Array.isArray(value);

/** `path` is where the walk is: it moves on after the call, so keep a copy. */
type ValueVisitor = (value: PlanValue, path: ValuePath) => void;
type StringVisitor = (words: string, path: ValuePath) => void;

/** Calls `visit` for every value inside `value`, itself included, from the outside in. */
export function walkValue(value: PlanValue, visit: ValueVisitor): void {
  walk(value, visit, []);
}

/** Calls `visit` for every string inside `value`, from the outside in: of a whole plan in half of `walkValue`'s time. */
export function walkStrings(value: PlanValue, visit: StringVisitor): void {
  walkToStrings(value, visit, []);
}

/** One path for the whole walk, and no pair for each entry: those were most of what reviewing a large plan allocated. */
type WalkPath = (string | number)[];

function walk(value: PlanValue, visit: ValueVisitor, path: WalkPath): void {
  visit(value, path);
  if (value === null || typeof value !== 'object') return;
  if (value instanceof Map) {
    for (const step of value.keys()) {
      path.push(step);
      walk(value.get(step) ?? null, visit, path);
      path.pop();
    }
  } else if (isList(value)) {
    for (let step = 0; step < value.length; step += 1) {
      path.push(step);
      walk(value[step] ?? null, visit, path);
      path.pop();
    }
  }
}

function walkToStrings(value: PlanValue, visit: StringVisitor, path: WalkPath): void {
  if (typeof value === 'string') visit(value, path);
  else if (value instanceof Map) {
    for (const step of value.keys()) {
      const item = value.get(step) ?? null;
      if (!mayHoldStrings(item)) continue;
      path.push(step);
      walkToStrings(item, visit, path);
      path.pop();
    }
  } else if (isList(value)) {
    for (let step = 0; step < value.length; step += 1) {
      path.push(step);
      walkToStrings(value[step] ?? null, visit, path);
      path.pop();
    }
  }
}

/** Most attributes of a large plan are null or unknown. */
const mayHoldStrings = (value: PlanValue): boolean =>
  typeof value === 'string' || (typeof value === 'object' && value !== null);

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

/** The same as RFC 6901 has it. */
export function unknownPointers(value: PlanValue): string[] {
  const found: string[] = [];
  addUnknown(value, '', found);
  return found;
}

function addUnknown(value: PlanValue, pointer: string, found: string[]): void {
  if (value === UNKNOWN) found.push(pointer);
  else if (value instanceof Map) {
    for (const step of value.keys()) {
      const item = value.get(step) ?? null;
      if (item === null || (item !== UNKNOWN && typeof item !== 'object')) continue;
      addUnknown(item, `${pointer}/${escapedStep(step)}`, found);
    }
  } else if (isList(value)) {
    for (let step = 0; step < value.length; step += 1) {
      addUnknown(value[step] ?? null, `${pointer}/${step}`, found);
    }
  }
}

/** RFC 6901. */
export function jsonPointer(path: ValuePath): string {
  let pointer = '';
  for (const step of path) pointer += `/${typeof step === 'number' ? step : escapedStep(step)}`;
  return pointer;
}

const escapedStep = (step: string): string =>
  step.includes('~') || step.includes('/') ? step.replaceAll('~', '~0').replaceAll('/', '~1') : step;
