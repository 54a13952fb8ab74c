import type { Route } from './route-table.ts';

/** Requests of a route, as far as they were counted. */
export interface RouteUse {
  readonly route: Route;
  readonly requests: number;
}

/** A pattern to name, and the routes that it would hold together. */
export interface PatternProposal {
  /** For every method. */
  readonly pattern: string;
  readonly routes: number;
  readonly requests: number;
}

interface Node {
  readonly children: Map<string, Node>;
  requests: number;
  /** Routes that end at or below it. */
  routes: number;
}

/** So many different words at one place are rather values than names. */
const LEAST_WORDS = 20;
/** A word with more of its place's requests is likely a name: `/users/me` beside `/users/alice`. */
const MOST_SHARE_PERCENT = 25;

/**
 * Patterns for words that only their number shows to be ids (`/users/alice`, `/users/bob`, …), most requests first. They are proposed and
 * not applied, for the same path must have the same route tomorrow.
 */
export function proposedPatterns(uses: Iterable<RouteUse>): readonly PatternProposal[] {
  const root = newNode();
  for (const { route, requests } of uses) {
    if (route.pattern.startsWith('/')) add(root, route.pattern.slice(1).split('/'), requests);
  }
  return proposalsOf(root, '').toSorted((a, b) => b.requests - a.requests);
}

const newNode = (): Node => ({ children: new Map(), requests: 0, routes: 0 });

function add(root: Node, segments: readonly string[], requests: number): void {
  let node = root;
  for (const segment of segments) {
    const child = node.children.get(segment) ?? newNode();
    node.children.set(segment, child);
    child.requests += requests;
    child.routes += 1;
    node = child;
  }
}

function proposalsOf(node: Node, above: string): readonly PatternProposal[] {
  const words = [...node.children].filter(([segment]) => segment !== '' && !segment.includes('{'));
  const total = words.reduce((sum, [, child]) => sum + child.requests, 0);
  const values = words.filter(([, child]) => child.requests * 100 <= total * MOST_SHARE_PERCENT);
  const isPlace = values.length >= LEAST_WORDS;
  const held = new Set(isPlace ? values.map(([segment]) => segment) : []);
  const below = [...node.children].flatMap(([segment, child]) =>
    held.has(segment) ? [] : proposalsOf(child, `${above}/${segment}`),
  );
  return isPlace
    ? [
        ...below,
        ...endings(
          values.map(([, child]) => child),
          `${above}/{name}`,
        ),
      ]
    : below;
}

/** One pattern for each way on from the place: `/users/{name}`, `/users/{name}/orders`. */
function endings(values: readonly Node[], pattern: string): readonly PatternProposal[] {
  const merged = newNode();
  let ending = { routes: 0, requests: 0 };
  for (const value of values) {
    let beyond = 0;
    let routesBeyond = 0;
    for (const [segment, child] of value.children) {
      beyond += child.requests;
      routesBeyond += child.routes;
      mergeInto(merged, segment, child);
    }
    ending = {
      routes: ending.routes + value.routes - routesBeyond,
      requests: ending.requests + value.requests - beyond,
    };
  }
  const own = ending.routes > 0 ? [{ pattern, ...ending }] : [];
  const further = [...merged.children].flatMap(([segment, child]) =>
    endings([child], `${pattern}/${segment}`),
  );
  return [...own, ...further];
}

function mergeInto(node: Node, segment: string, from: Node): void {
  const child = node.children.get(segment) ?? newNode();
  node.children.set(segment, child);
  child.requests += from.requests;
  child.routes += from.routes;
  for (const [below, grandchild] of from.children) mergeInto(child, below, grandchild);
}
