import type { ScreenRequest } from '../queries.ts';

type Timed = Pick<ScreenRequest, 'required' | 'after' | 'times'>;

export const endOf = ({ times }: Pick<ScreenRequest, 'times'>): number | undefined =>
  times === undefined ? undefined : times.startsMs + times.p50Ms;

/** Places of the required request that typically ends last, and of all that it waits for: what the screen's own threshold is held against. */
export function criticalPath(requests: readonly Timed[]): ReadonlySet<number> {
  let last: number | undefined;
  let latest = -1;
  for (const [place, request] of requests.entries()) {
    const end = request.required ? endOf(request) : undefined;
    if (end === undefined || end <= latest) continue;
    latest = end;
    last = place;
  }
  const path = new Set<number>();
  for (let place = last; place !== undefined && !path.has(place); place = requests[place]?.after)
    path.add(place);
  return path;
}
