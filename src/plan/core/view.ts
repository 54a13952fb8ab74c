import type { Json } from '#core-values';
import { ExactNumberValue, type PlanValue, UNKNOWN, type ValuePath } from './model.ts';
import { isList } from './values.ts';

export const SENSITIVE_TEXT = '(sensitive value)';
export const UNKNOWN_TEXT = '(known after apply)';

/**
 * A raw value as it may be shown: sensitive parts and unknown ones become their words. The only way from a plan's
 * value to a screen, a log or a file. A number no JavaScript number holds becomes its decimal text.
 */
export function viewValue(value: PlanValue, sensitive: readonly ValuePath[]): Json {
  return view(value, sensitive.length === 0 ? undefined : hiddenTree(sensitive));
}

/** Sensitive paths as a tree: a node marked `hidden` covers all below it. */
interface HiddenNode {
  hidden: boolean;
  readonly children: Map<string, HiddenNode>;
}

function hiddenTree(paths: readonly ValuePath[]): HiddenNode {
  const root: HiddenNode = { hidden: false, children: new Map() };
  for (const path of paths) {
    let node = root;
    for (const step of path) {
      const key = String(step);
      const child: HiddenNode = node.children.get(key) ?? { hidden: false, children: new Map() };
      node.children.set(key, child);
      node = child;
    }
    node.hidden = true;
  }
  return root;
}

/**
 * A provider's key `__proto__` is a key like any other. Not null itself: V8 keeps objects without a prototype as hash
 * tables, which made the JSON of a large plan twice as slow.
 */
const NOTHING_INHERITED: object = Object.freeze(Object.create(null));

function view(value: PlanValue, node: HiddenNode | undefined): Json {
  // That a secret is null is no secret, and "(sensitive value)" would hide that there is none.
  if (value === null) return null;
  if (node?.hidden) return SENSITIVE_TEXT;
  if (value === UNKNOWN) return UNKNOWN_TEXT;
  if (value instanceof ExactNumberValue) return value.exactNumber;
  if (value instanceof Map) {
    const shown: Record<string, Json> = Object.create(NOTHING_INHERITED);
    for (const [key, item] of value) shown[key] = view(item, node?.children.get(key));
    return shown;
  }
  if (isList(value)) return value.map((item, index) => view(item, node?.children.get(String(index))));
  if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string') return value;
  // A value of no kind we know is not shown.
  return SENSITIVE_TEXT;
}
