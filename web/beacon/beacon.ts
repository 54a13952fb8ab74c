import { type MetricType, onCLS, onINP, onLCP } from 'web-vitals';
import { type BeaconRequest, type BeaconVitals, LIMITS } from './beacon-body.ts';
import { watchRequests } from './requests.ts';

/*
 * Pages of other people's sites load this: it gives each page view an id, sends it along with the page's own requests, and tells once the
 * page is hidden what they took. It keeps nothing in the browser, and reads neither what is sent nor what is answered.
 */

const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript : undefined;

if (script !== undefined && script.src !== '') {
  const to = new URL('/v1/beacons', script.src).href;
  const allowed = (script.dataset.allow ?? '').split(/[\s,]+/).filter((origin) => origin !== '');
  start(to, new Set([location.origin, ...allowed]));
}

function start(to: string, origins: ReadonlySet<string>): void {
  let view = newId();
  let requests: BeaconRequest[] = [];
  let vitals: BeaconVitals = {};
  let told = 0;
  const add = (request: Omit<BeaconRequest, 'n'>): void => {
    if (told + requests.length < LIMITS.requests) requests.push({ n: told + requests.length, ...request });
  };
  const watching = watchRequests({ origins, to, view: () => view, add });
  const send = (): void => {
    watching.readEntries();
    if (requests.length === 0 && Object.keys(vitals).length === 0) return;
    const body = { v: 1, view, page: pathOf(location.href), now: round(performance.now()), requests, vitals };
    told += requests.length;
    requests = [];
    vitals = {};
    post(to, JSON.stringify(body));
  };
  const keep = ({ name, value }: MetricType): void => {
    if (name === 'LCP') vitals.lcp = round(value);
    else if (name === 'INP') vitals.inp = round(value);
    else if (name === 'CLS') vitals.cls = Math.round(value * 1000);
  };
  for (const on of [onLCP, onINP, onCLS]) on(keep);
  // After those of web-vitals, which give their last figures then.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') send();
  });
  // Shown again out of the browser's memory: another view of the same page.
  window.addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return;
    view = newId();
    told = 0;
  });
}

/** Only over HTTPS and on localhost browsers make UUIDs; random bits they give everywhere. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Without cookies, where the browser can do so while it leaves the page. The type needs no question beforehand. */
function post(to: string, body: string): void {
  const headers = { 'content-type': 'text/plain' };
  const sent = { method: 'POST', body, headers, keepalive: true, credentials: 'omit', mode: 'cors' } as const;
  if ('keepalive' in Request.prototype) fetch(to, sent).catch(() => undefined);
  else navigator.sendBeacon(to, new Blob([body], { type: 'text/plain' }));
}

const pathOf = (address: string): string => new URL(address).pathname;
const round = (ms: number): number => Math.round(ms * 10) / 10;
