import { ppm } from '../objective/ppm.ts';
import { patternProblem } from '../routes/named-patterns.ts';
import type { RouteTable } from '../routes/route-table.ts';
import { MOST_REQUESTS, type Screen, type ScreenRequest } from '../screens/screen.ts';
import { nameOf } from './names.ts';
import type { RouteKind } from './route-kinds.ts';
import { PAGE_SIGNS, type PageSign, type Surveyed, type SurveyedRoute } from './survey.ts';

/** Nothing is suggested from fewer views or requests. */
export const LEAST_EVENTS = 100;
/** Screens to look at; more would not be read. */
const MOST_PAGES = 12;
/** Lists of routes of requests that no screen has. */
const MOST_ALONE = 6;
const LEAST_ALONE = 1000;
/** Files of one kind that are named in a screen. */
const MOST_FILES = 8;
/** Asked for by fewer views, in a hundred, a request is not looked at. */
const LEAST_FOLLOWING_PERCENT = 2;

/** What a first look at the logs gives: screens whose requests are still to be seen, all of them optional, without thresholds. */
export interface Outline {
  /** How pages were told from what they load; undefined where the logs give no sign. */
  readonly sign: PageSign | undefined;
  readonly screens: readonly Screen[];
  /** By screen and request. */
  readonly kinds: readonly (readonly RouteKind[])[];
  /** Routes that belong to no screen and are asked for often. */
  readonly alone: readonly string[];
  /** Pages that have too few views, and those beyond the most asked for. */
  readonly rare: readonly string[];
  readonly beyond: readonly string[];
}

export function outlineOf(surveyed: Surveyed, table: RouteTable): Outline {
  const sign = signOf(surveyed);
  const words = (route: number): string => {
    const { method, pattern } = table.route(route);
    return `${method} ${pattern}`;
  };
  const isPage = ({ route, kind, shown, refused }: SurveyedRoute): boolean =>
    kind === 'page' && table.route(route).method === 'GET' && shown > refused && isNamable(words(route));
  const pages = (sign === undefined ? [] : surveyed.routes)
    .filter((row) => isPage(row) && sign !== undefined && isOpened(row, sign))
    .toSorted((a, b) => b.shown - a.shown || a.route - b.route);
  const enough = pages.filter(({ shown }) => shown >= LEAST_EVENTS);
  const chosen = enough.slice(0, MOST_PAGES);
  const all = new Set(pages.map(({ route }) => route));
  const names = new Set<string>();
  const made = chosen.map((page) => {
    const requests = requestsOf(page, surveyed, sign ?? 'client', all, table);
    return { screen: screenOf(nameOf(table.route(page.route).pattern, names), requests), requests };
  });
  const used = new Set(made.flatMap(({ screen }) => screen.requests.flatMap(({ routes }) => routes)));
  const alone = surveyed.routes
    .filter(({ route, kind, requests, refused, bots }) => {
      const isOwn = kind === 'page' || kind === 'call';
      const isAsked = requests - refused >= LEAST_ALONE && requests > 2 * refused && bots < requests;
      return isOwn && isAsked && isNamable(words(route)) && !all.has(route) && !used.has(words(route));
    })
    .toSorted((a, b) => b.requests - a.requests || a.route - b.route);
  return {
    sign,
    screens: made.map(({ screen }) => screen),
    kinds: made.map(({ requests }) => requests.map(({ kind }) => kind)),
    alone: alone.slice(0, MOST_ALONE).map(({ route }) => words(route)),
    rare: pages.filter(({ shown }) => shown < LEAST_EVENTS).map(({ route }) => words(route)),
    beyond: enough.slice(MOST_PAGES).map(({ route }) => words(route)),
  };
}

const isNamable = (route: string): boolean => patternProblem(route) === undefined;

/** Fewer are chance. */
const LEAST_SIGNS = 10;

/** The surest sign that enough requests have. */
function signOf({ routes, followers, requests }: Surveyed): PageSign | undefined {
  const pages = new Set(routes.filter(({ kind }) => kind === 'page').map(({ route }) => route));
  return PAGE_SIGNS.find((sign) => {
    const found = followers[sign].reduce((sum, row) => sum + (pages.has(row.page) ? row.requests : 0), 0);
    return found * 50 >= requests && found >= LEAST_SIGNS;
  });
}

function isOpened({ shown, named, requests, opened, followed }: SurveyedRoute, sign: PageSign): boolean {
  if (sign === 'referer') return named >= 5 && named * 20 >= shown;
  // Without a Referer the words of a path and what came first are all that is known.
  return opened[sign] * 5 >= 2 * requests && followed[sign] * 10 >= 3 * opened[sign] && followed[sign] >= 10;
}

interface Found {
  readonly kind: RouteKind;
  readonly routes: readonly string[];
}

/** The document, what scripts ask for, and its files as one or two requests: nobody wants a threshold for each picture. */
function requestsOf(
  page: SurveyedRoute,
  { followers, routes }: Surveyed,
  sign: PageSign,
  pages: ReadonlySet<number>,
  table: RouteTable,
): readonly Found[] {
  const kinds = new Map(routes.map(({ route, kind }) => [route, kind]));
  const following = followers[sign]
    .filter((row) => row.page === page.route && !pages.has(row.route) && row.requests >= 5)
    .filter((row) => row.requests * 100 >= page.shown * LEAST_FOLLOWING_PERCENT)
    .toSorted((a, b) => b.requests - a.requests || a.route - b.route)
    .map(({ route }) => {
      const found = table.route(route);
      return { kind: kinds.get(route) ?? 'page', routes: [`${found.method} ${found.pattern}`] };
    })
    .filter((row) => row.kind !== 'check' && row.routes.every(isNamable));
  const files = (['code', 'media'] as const).flatMap((kind): Found[] => {
    const routes = following.filter((row) => row.kind === kind).flatMap((row) => row.routes);
    return routes.length === 0 ? [] : [{ kind, routes: routes.slice(0, MOST_FILES) }];
  });
  const calls = following.filter(({ kind }) => kind === 'call' || kind === 'page');
  const { method, pattern } = table.route(page.route);
  const document: Found = { kind: 'page', routes: [`${method} ${pattern}`] };
  return [document, ...calls.slice(0, MOST_REQUESTS - 1 - files.length), ...files];
}

const screenOf = (name: string, found: readonly Found[]): Screen => ({
  ...{ name, document: 0, barPpm: ppm(900_000), thresholdMs: 1000 },
  requests: found.map(
    ({ routes }, index): ScreenRequest => ({ routes, weight: 1, required: index === 0, thresholdMs: 1000 }),
  ),
});
