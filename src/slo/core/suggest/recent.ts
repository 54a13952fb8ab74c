import { NO_KEY } from '../screens/text-keys.ts';

/**
 * Pages that were opened lately, by a key of a page, an id or a client. A key that falls on the place of another takes it: what is lost
 * costs a part of the evidence, and memory is the same for any number of clients.
 */
export interface RecentPages {
  /** The place of a key that was touched no longer than this before a time; -1 where there is none. */
  readonly find: (key: number, ms: number, withinMs: number) => number;
  readonly put: (key: number, route: number, ms: number) => void;
  readonly route: (place: number) => number;
  readonly touch: (place: number, ms: number) => void;
  /** True for the first follower of what was put. */
  readonly followedFirst: (place: number) => boolean;
}

const PLACES = 1 << 17;
/** Lines come when requests have ended: what began before may be read after. */
const LONGEST_MS = 60_000;

export function recentPages(): RecentPages {
  const keys = new Float64Array(PLACES).fill(NO_KEY);
  const routes = new Int32Array(PLACES);
  const times = new Float64Array(PLACES);
  const followed = new Uint8Array(PLACES);
  return {
    find: (key, ms, withinMs) => {
      const place = key % PLACES;
      const sinceMs = ms - (times[place] ?? 0);
      return keys[place] === key && sinceMs <= withinMs && sinceMs >= -LONGEST_MS ? place : -1;
    },
    put: (key, route, ms) => {
      const place = key % PLACES;
      keys[place] = key;
      routes[place] = route;
      times[place] = ms;
      followed[place] = 0;
    },
    route: (place) => routes[place] ?? 0,
    touch: (place, ms) => {
      if (ms > (times[place] ?? 0)) times[place] = ms;
    },
    followedFirst: (place) => {
      if (followed[place] === 1) return false;
      followed[place] = 1;
      return true;
    },
  };
}
