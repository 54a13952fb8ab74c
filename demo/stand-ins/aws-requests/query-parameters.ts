import type { Json, JsonObject } from '../../../src/core-values/index.ts';

/**
 * Reads `Tags.member.1.Key=a` and its like (query and EC2 protocols) as a tree: numbered members are lists, and the
 * one word between a list's name and its numbers (`member`, `entry`, `Tag`) is left out. Undefined where a name
 * stands twice or means two things: two readers might then read two requests.
 */
export function readQueryParameters(pairs: Iterable<readonly [string, string]>): JsonObject | undefined {
  const root: Branch = new Map();
  for (const [name, value] of pairs) {
    if (!put(root, name.split('.'), value)) return undefined;
  }
  return Object.fromEntries([...root].map(([name, node]) => [name, plain(node)]));
}

type Node = string | Branch;
type Branch = Map<string, Node>;

function put(root: Branch, path: readonly string[], value: string): boolean {
  let branch = root;
  for (const step of path.slice(0, -1)) {
    const next = branch.get(step) ?? new Map<string, Node>();
    if (typeof next === 'string') return false;
    branch.set(step, next);
    branch = next;
  }
  const last = path.at(-1) ?? '';
  if (branch.has(last)) return false;
  branch.set(last, value);
  return true;
}

function plain(node: Node): Json {
  if (typeof node === 'string') return node;
  const list = listOf(node);
  if (list !== undefined) return list.map(plain);
  const [only] = node.size === 1 ? [...node.values()] : [];
  const inner = only === undefined || typeof only === 'string' ? undefined : listOf(only);
  if (inner !== undefined) return inner.map(plain);
  return Object.fromEntries([...node].map(([name, child]) => [name, plain(child)]));
}

/** In the order of the numbers. */
function listOf(branch: Branch): readonly Node[] | undefined {
  const numbered = [...branch].map(([name, child]) => ({ number: Number(name), name, child }));
  if (numbered.length === 0 || !numbered.every(({ name }) => /^[0-9]{1,6}$/.test(name))) return undefined;
  return numbered.toSorted((a, b) => a.number - b.number).map(({ child }) => child);
}
