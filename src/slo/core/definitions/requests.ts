import { text } from '#core-values';
import { parsedString } from '#platform/core';
import { patternProblem } from '../routes/named-patterns.ts';
import type { StatusRange } from '../screens/screen.ts';
import { refusal } from './fields.ts';

const NO_METHOD = {
  message: text('The route has no method.', 'ルートにメソッドがありません。'),
  remedy: text('Write it as GET /items/{id}.', 'GET /items/{id} のように書いてください。'),
};

function noRoute(words: string) {
  const { message, remedy } = patternProblem(words)?.reasons[0] ?? NO_METHOD;
  return refusal('slo.route-pattern', message, remedy);
}

/** `GET /items/{id}`. */
export const routeOfMethod = () =>
  parsedString((words) => {
    const [, method, pattern] = /^([A-Za-z-]+) (.*)$/.exec(words) ?? [];
    if (method === undefined || patternProblem(words) !== undefined) return undefined;
    return `${method.toUpperCase()} ${pattern}`;
  }, noRoute);

/** `GET /items/{id}`, or `/items/{id}` for any method. */
export const route = () =>
  parsedString((words) => (patternProblem(words) === undefined ? words : undefined), noRoute);

const CLASS = /^([1-9])xx$/;
const SPAN = /^([1-9]\d{2})(?:-([1-9]\d{2}))?$/;

function parseStatus(words: string): StatusRange | undefined {
  const [, hundreds] = CLASS.exec(words) ?? [];
  if (hundreds !== undefined) return { from: Number(hundreds) * 100, to: Number(hundreds) * 100 + 99 };
  const [, first, last = first] = SPAN.exec(words) ?? [];
  const range = { from: Number(first), to: Number(last) };
  return first === undefined || range.to < range.from ? undefined : range;
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
