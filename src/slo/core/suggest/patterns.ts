import { bytesOf } from '../logs/bytes.ts';
import { type PatternProposal, proposedPatterns } from '../routes/proposals.ts';
import type { RouteTable } from '../routes/route-table.ts';
import type { Follower, Surveyed, SurveyedRoute } from './survey.ts';

/** Patterns that are taken, and those that a person has to decide. */
export interface Patterns {
  readonly taken: readonly PatternProposal[];
  readonly open: readonly PatternProposal[];
}

/** So many different words at one place are values, whatever they are. */
const CERTAIN_WORDS = 100;
/** `/{name}` would hold the pages of a whole site together. */
const AT_ROOT = /^\/\{name\}/;

/** Places of paths whose words only their number shows to be values. */
export function patternsOf({ routes }: Surveyed, table: RouteTable): Patterns {
  const uses = routes
    .filter(({ requests, refused, kind }) => requests > 2 * refused && kind !== 'code' && kind !== 'media')
    .map(({ route, requests }) => ({ route: table.route(route), requests }));
  const proposed = proposedPatterns(uses);
  const isCertain = ({ pattern, routes: count }: PatternProposal): boolean =>
    count >= CERTAIN_WORDS && !AT_ROOT.test(pattern);
  return { taken: proposed.filter(isCertain), open: proposed.filter((proposal) => !isCertain(proposal)) };
}

/** Patterns of definitions hold whole segments: `/assets/app.{hash}.js` can only be named as `/assets/{file}`. */
const MOST_NAMINGS = 2000;

export function namings({ routes }: Surveyed, table: RouteTable): readonly string[] {
  const named = new Set<string>();
  for (const { route, kind } of routes.toSorted((a, b) => b.requests - a.requests)) {
    const { pattern } = table.route(route);
    const naming = namingOf(pattern, kind === 'code' || kind === 'media' ? '{file}' : '{name}');
    if (naming !== undefined) named.add(naming);
    if (named.size >= MOST_NAMINGS) break;
  }
  return [...named];
}

function namingOf(pattern: string, placeholder: string): string | undefined {
  const segments = pattern.split('/');
  const isPart = (segment: string): boolean => /[{}]/.test(segment) && !/^\{\w+(?:\.\.\.)?\}$/.test(segment);
  const first = segments.findIndex(isPart);
  // At the root it would hold pages and files of every kind together.
  if (first <= 1) return undefined;
  return segments.map((segment) => (isPart(segment) ? placeholder : segment)).join('/');
}

/** The survey by the routes of another table, whose patterns hold some of the first one's together. */
export function surveyedBy(surveyed: Surveyed, from: RouteTable, to: RouteTable): Surveyed {
  const ids = new Map<number, number>();
  const idOf = (route: number): number => {
    const known = ids.get(route);
    if (known !== undefined) return known;
    const { method, pattern } = from.route(route);
    const bytes = bytesOf(`${method} ${pattern}`);
    const id = to.idOf(bytes, 0, method.length, method.length + 1, bytes.length);
    ids.set(route, id);
    return id;
  };
  const routes = new Map<number, SurveyedRoute>();
  for (const row of surveyed.routes) {
    const route = idOf(row.route);
    routes.set(route, summed(routes.get(route), { ...row, route }));
  }
  const follower = (rows: readonly Follower[]): readonly Follower[] => {
    const sums = new Map<string, Follower>();
    for (const { page, route, requests } of rows) {
      const [newPage, newRoute] = [idOf(page), idOf(route)];
      const key = `${newPage} ${newRoute}`;
      sums.set(key, {
        page: newPage,
        route: newRoute,
        requests: requests + (sums.get(key)?.requests ?? 0),
      });
    }
    return [...sums.values()];
  };
  const { referer, id, client } = surveyed.followers;
  return {
    ...surveyed,
    routes: [...routes.values()],
    followers: { referer: follower(referer), id: follower(id), client: follower(client) },
  };
}

function summed(one: SurveyedRoute | undefined, other: SurveyedRoute): SurveyedRoute {
  if (one === undefined) return other;
  const both = (a: SurveyedRoute['opened'], b: SurveyedRoute['opened']): SurveyedRoute['opened'] => ({
    id: a.id + b.id,
    client: a.client + b.client,
  });
  return {
    ...other,
    kind: one.requests >= other.requests ? one.kind : other.kind,
    requests: one.requests + other.requests,
    refused: one.refused + other.refused,
    shown: one.shown + other.shown,
    bots: one.bots + other.bots,
    named: one.named + other.named,
    opened: both(one.opened, other.opened),
    followed: both(one.followed, other.followed),
  };
}
