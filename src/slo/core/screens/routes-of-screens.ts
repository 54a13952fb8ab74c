import type { RouteTable } from '../routes/route-table.ts';
import type { CompiledScreen } from './screen.ts';

/** What the routes of a table are for screens. Routes get their ids while logs are read, so this grows along. */
export interface ScreenRoutes {
  /** Looks at the routes that came since. */
  readonly update: () => void;
  readonly isUsed: (route: number) => boolean;
  /** The screen that a route opens; -1 for none. */
  readonly opens: (route: number) => number;
  /** A route's place among a screen's requests; -1 for none. */
  readonly requestOf: (screen: number, route: number) => number;
}

export function screenRoutes(screens: readonly CompiledScreen[], routes: RouteTable): ScreenRoutes {
  const places = screens.map(
    ({ screen }) =>
      new Map(
        screen.requests.flatMap((request, place) => request.routes.map((route) => [route, place] as const)),
      ),
  );
  const opened = new Map(
    screens.flatMap(({ screen }, index) =>
      (screen.requests[screen.document]?.routes ?? []).map((route) => [route, index] as const),
    ),
  );
  let capacity = 1024;
  let known = 0;
  let used = new Uint8Array(capacity);
  let opens = new Int16Array(capacity).fill(-1);
  let requests = screens.map(() => new Int8Array(capacity).fill(-1));

  const grow = (): void => {
    const before = capacity;
    capacity = Math.max(before * 2, routes.size());
    const copy = <T extends Uint8Array | Int8Array | Int16Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    used = copy(used, new Uint8Array(capacity));
    opens = copy(opens, new Int16Array(capacity).fill(-1));
    requests = requests.map((row) => copy(row, new Int8Array(capacity).fill(-1)));
  };

  return {
    update: () => {
      if (routes.size() > capacity) grow();
      for (; known < routes.size(); known += 1) {
        const { method, pattern } = routes.route(known);
        const name = `${method} ${pattern}`;
        opens[known] = opened.get(name) ?? -1;
        for (const [screen, ofScreen] of places.entries()) {
          const place = ofScreen.get(name);
          if (place === undefined) continue;
          used[known] = 1;
          const row = requests[screen];
          if (row !== undefined) row[known] = place;
        }
      }
    },
    isUsed: (route) => used[route] === 1,
    opens: (route) => opens[route] ?? -1,
    requestOf: (screen, route) => requests[screen]?.[route] ?? -1,
  };
}
