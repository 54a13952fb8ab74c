import { type BeaconRequest, LIMITS } from './beacon-body.ts';

export interface Watching {
  /** Of the page itself and of these, requests are told and get the id. */
  readonly origins: ReadonlySet<string>;
  /** Where beacons go: not watched. */
  readonly to: string;
  readonly view: () => string;
  readonly add: (request: Omit<BeaconRequest, 'n'>) => void;
}

const HEADER = 'x-sekisho-view';
const NO_ANSWER = 599;
const GIVEN_UP = 0;

/** Watches what the page asks for: its own document, what it loads, and what its code asks by fetch and XMLHttpRequest. */
export function watchRequests(watching: Watching): { readonly readEntries: () => void } {
  let hasNavigation = false;
  let fetched: PerformanceResourceTiming[] = [];
  const read = (entries: readonly PerformanceEntry[]): void => {
    for (const entry of entries) {
      if (!(entry instanceof PerformanceResourceTiming)) continue;
      if (entry.initiatorType === 'fetch') fetched.push(entry);
      else if (entry.initiatorType !== 'xmlhttprequest' && entry.initiatorType !== 'beacon')
        tell(watching, entry);
    }
  };
  const observer = new PerformanceObserver((list) => read(list.getEntries()));
  observer.observe({ type: 'resource', buffered: true });
  const answered = watchFetch(watching);
  watchXhr(watching);
  return {
    readEntries: () => {
      read(observer.takeRecords());
      for (const { request, url, begun, took } of answered()) {
        const entry = fetched.find(({ name, startTime }) => name === url && startTime >= begun - 1);
        watching.add({
          ...request,
          took: round(entry === undefined ? took : entry.responseEnd - entry.startTime),
        });
      }
      fetched = [];
      const [navigation] = performance.getEntriesByType('navigation');
      if (
        hasNavigation ||
        !(navigation instanceof PerformanceNavigationTiming) ||
        navigation.responseEnd === 0
      )
        return;
      hasNavigation = true;
      tell(watching, navigation);
    },
  };
}

/** What the browser loaded by itself. Browsers that keep a status to themselves say 0. */
function tell(
  { origins, add, to }: Watching,
  { name, startTime, responseEnd, responseStatus }: PerformanceResourceTiming,
): void {
  const path = toldPath(name, origins, to);
  if (path === undefined || !(responseStatus > 0)) return;
  add({
    method: 'GET',
    path,
    at: round(startTime),
    took: round(responseEnd - startTime),
    status: responseStatus,
  });
}

interface Fetched {
  readonly request: Omit<BeaconRequest, 'n' | 'took'>;
  readonly url: string;
  readonly begun: number;
  /** Until its answer began: how long all of it took only the browser knows. */
  readonly took: number;
}

/** What was answered since it was last asked. */
function watchFetch(watching: Watching): () => readonly Fetched[] {
  const original = window.fetch;
  let answered: Fetched[] = [];
  window.fetch = (input, init) => {
    const path = toldPath(
      input instanceof Request ? input.url : String(input),
      watching.origins,
      watching.to,
    );
    if (path === undefined) return original.call(window, input, init);
    let request: Request;
    try {
      request = new Request(input, init);
    } catch (cause) {
      return Promise.reject(cause);
    }
    request.headers.set(HEADER, watching.view());
    const begun = performance.now();
    const done = (status: number): void => {
      const { method, url } = request;
      answered.push({
        request: { method, path, at: round(begun), status },
        url,
        begun,
        took: performance.now() - begun,
      });
    };
    return original.call(window, request).then(
      (response) => {
        done(response.status);
        return response;
      },
      (cause: unknown) => {
        done(request.signal.aborted ? GIVEN_UP : NO_ANSWER);
        throw cause;
      },
    );
  };
  return () => {
    const since = answered;
    answered = [];
    return since;
  };
}

function watchXhr(watching: Watching): void {
  const { open, send } = XMLHttpRequest.prototype;
  const opened = new WeakMap<XMLHttpRequest, { readonly method: string; readonly path: string }>();
  XMLHttpRequest.prototype.open = function (this: XMLHttpRequest, ...given: unknown[]): void {
    const [method, address] = given;
    const path = toldPath(String(address), watching.origins, watching.to);
    opened.delete(this);
    if (path !== undefined) opened.set(this, { method: String(method).toUpperCase(), path });
    Reflect.apply(open, this, given);
  };
  XMLHttpRequest.prototype.send = function (this: XMLHttpRequest, body): void {
    const known = opened.get(this);
    if (known !== undefined) {
      const begun = performance.now();
      let isGivenUp = false;
      this.setRequestHeader(HEADER, watching.view());
      this.addEventListener('abort', () => {
        isGivenUp = true;
      });
      this.addEventListener('loadend', () => {
        const status = isGivenUp ? GIVEN_UP : this.status || NO_ANSWER;
        watching.add({ ...known, at: round(begun), took: round(performance.now() - begun), status });
      });
    }
    send.call(this, body);
  };
}

/** Undefined for what is not told: other origins, other schemes, beacons. */
function toldPath(address: string, origins: ReadonlySet<string>, to: string): string | undefined {
  if (!URL.canParse(address, location.href)) return undefined;
  const { origin, pathname, href } = new URL(address, location.href);
  if (href === to || !origins.has(origin) || pathname.length > LIMITS.path) return undefined;
  return pathname;
}

const round = (ms: number): number => Math.round(ms * 10) / 10;
