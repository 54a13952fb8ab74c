import type { Route } from '../routes/route-table.ts';

/**
 * What a route is by its words alone: `call` is asked for by a script, `code` are scripts and styles, `media` pictures, fonts and other
 * files, `check` asks whether the service lives; `page` may be what people look at.
 */
export type RouteKind = 'page' | 'call' | 'code' | 'media' | 'check';

const CODE = new Set(['js', 'mjs', 'css', 'wasm', 'map']);
const MEDIA = new Set([
  ...['png', 'jpg', 'jpeg', 'gif', 'webp', 'avif', 'svg', 'ico', 'bmp', 'woff', 'woff2', 'ttf', 'otf', 'eot'],
  ...['mp4', 'webm', 'mp3', 'ogg', 'pdf', 'zip', 'gz', 'txt', 'xml', 'csv', 'webmanifest'],
]);
const CALL_ENDINGS = new Set(['json', 'rss', 'atom']);
const CALLS = new Set([
  'api',
  'apis',
  'graphql',
  'rpc',
  'ajax',
  'xhr',
  'rest',
  'json',
  'ws',
  'events',
  'beacon',
]);
const VERSION = /^v\d{1,2}$/;
const CHECKS = new Set([
  ...[
    'health',
    'healthz',
    'healthcheck',
    'health-check',
    'ping',
    'ready',
    'readyz',
    'live',
    'livez',
    'status',
  ],
  'metrics',
]);

export function routeKind({ method, pattern }: Route): RouteKind {
  const segments = pattern.toLowerCase().split('/');
  const last = segments.at(-1) ?? '';
  const ending = last.includes('.') ? last.slice(last.lastIndexOf('.') + 1) : '';
  if (CODE.has(ending)) return 'code';
  if (MEDIA.has(ending)) return 'media';
  if (CHECKS.has(last)) return 'check';
  const isCall =
    (method !== 'GET' && method !== 'HEAD') ||
    CALL_ENDINGS.has(ending) ||
    segments.some((segment) => CALLS.has(segment) || VERSION.test(segment));
  return isCall ? 'call' : 'page';
}
