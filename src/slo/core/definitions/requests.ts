import { text } from '#core-values';
import { parsedString } from '#platform/core';
import { patternProblem } from '../routes/named-patterns.ts';
import { refusal } from './fields.ts';

/** Requests by path, of one method or any. */
export interface RoutePattern {
  readonly method?: string;
  readonly pattern: string;
}

/** Both ends belong to it. */
export interface StatusRange {
  readonly from: number;
  readonly to: number;
}

export const SERVER_ERRORS: readonly StatusRange[] = [{ from: 500, to: 599 }];

const parseRoute = (words: string): RoutePattern | undefined => {
  if (patternProblem(words) !== undefined) return undefined;
  const [, method, pattern = words] = /^([A-Za-z-]+) (.*)$/.exec(words) ?? [];
  return { ...(method === undefined ? {} : { method: method.toUpperCase() }), pattern };
};

const noRoute = (words: string) => {
  const [reason] = patternProblem(words)?.reasons ?? [];
  const { message, remedy } = reason ?? NO_METHOD;
  return refusal('slo.route-pattern', message, remedy);
};

const NO_METHOD = refusal(
  'slo.route-pattern',
  text('The route has no method.', 'ルートにメソッドがありません。'),
  text('Write it as GET /items/{id}.', 'GET /items/{id} のように書いてください。'),
);

/** `GET /items/{id}`. */
export const routeOfMethod = () =>
  parsedString((words) => {
    const read = parseRoute(words);
    return read?.method === undefined ? undefined : { method: read.method, pattern: read.pattern };
  }, noRoute);

export const routeWords = ({ method, pattern }: RoutePattern): string =>
  method === undefined ? pattern : `${method} ${pattern}`;

const CLASS = /^([1-5])xx$/;
const SPAN = /^([1-9]\d{2})(?:-([1-9]\d{2}))?$/;

function parseStatus(words: string): StatusRange | undefined {
  const [, hundreds] = CLASS.exec(words) ?? [];
  if (hundreds !== undefined) return { from: Number(hundreds) * 100, to: Number(hundreds) * 100 + 99 };
  const [, first, last = first] = SPAN.exec(words) ?? [];
  const range = { from: Number(first), to: Number(last) };
  return first === undefined || range.to < range.from || range.to > 599 ? undefined : range;
}

/** `5xx`, `"503"` or `500-504`. */
export const status = () =>
  parsedString(
    parseStatus,
    refusal(
      'slo.status',
      text('This is no status of HTTP.', 'HTTP のステータスとして読めません。'),
      text('Write it as 5xx, "503" or 500-504.', '5xx、"503"、500-504 のように書いてください。'),
    ),
  );

export function statusWords({ from, to }: StatusRange): string {
  if (from % 100 === 0 && to === from + 99) return `${from / 100}xx`;
  return from === to ? `${from}` : `${from}-${to}`;
}
