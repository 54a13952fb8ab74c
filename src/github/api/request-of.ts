import type { Route } from './port.ts';

export interface RestRequest {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  /** JSON; absent where there is none. */
  readonly body?: string;
}

/**
 * The request of a route: its placeholders are filled, each as one segment of the path (a `/` in a value is encoded, so that no value
 * leads to another route); the rest goes into the query of GET and HEAD, and into the body of the others. Throws on a missing placeholder.
 */
export function requestOf(api: string, route: Route, parameters: object): RestRequest {
  const space = route.indexOf(' ');
  const method = route.slice(0, space);
  const left = new Map<string, unknown>(
    Object.entries(parameters).filter(([, value]) => value !== undefined),
  );
  const path = route.slice(space + 1).replaceAll(/\{([a-z_]+)\}/g, (_, name: string) => {
    const value = left.get(name);
    left.delete(name);
    return segmentOf(route, name, value);
  });
  if (method !== 'GET' && method !== 'HEAD')
    return {
      method,
      url: `${api}${path}`,
      ...(left.size > 0 && { body: JSON.stringify(Object.fromEntries(left)) }),
    };
  const query = new URLSearchParams(
    [...left].map(([name, value]): [string, string] => [name, String(value)]),
  );
  return { method, url: `${api}${path}${left.size > 0 ? `?${query}` : ''}` };
}

function segmentOf(route: Route, name: string, value: unknown): string {
  if ((typeof value !== 'string' && typeof value !== 'number') || value === '')
    throw new TypeError(`${route} needs ${name}.`);
  const segment = encodeURIComponent(value);
  // The two segments that a URL takes for a way up.
  if (segment === '.' || segment === '..') throw new TypeError(`${route}: ${name} is ${segment}.`);
  return segment;
}

/** The next page by a `Link` header; a page anywhere else than at `api` is none, because our token would go there. */
export function nextPageOf(api: string, link: string | null): string | undefined {
  const [, url] = /<([^<>]+)>;\s*rel="next"/.exec(link ?? '') ?? [];
  return url?.startsWith(`${api}/`) ? url : undefined;
}
