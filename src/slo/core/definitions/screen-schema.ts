import { z } from 'zod';
import { text } from '#core-values';
import { didYouMean } from '#platform/core';
import { type Ppm, ppm, ppmOfRatio } from '../objective/ppm.ts';
import * as duration from './durations.ts';
import * as field from './fields.ts';
import { refusal, refuse } from './fields.ts';
import { routeOfMethod, routeWords, SERVER_ERRORS, type StatusRange, status } from './requests.ts';

export interface RouteOfMethod {
  readonly method: string;
  readonly pattern: string;
}

/** One screen of an application, as a user meets it: several requests that together are one page view. */
export interface ScreenSpec {
  readonly description?: string;
  readonly service: string;
  readonly views: PageViews;
  readonly requests: readonly ScreenRequest[];
  /** A view is good when its score reaches this. */
  readonly barPpm: Ppm;
  /** When the whole screen should be there, by the end of its critical path. */
  readonly thresholdMs: number;
}

/** How page views are told: by the request of the document, or by an id that requests carry in this header or attribute. */
export type PageViews =
  | { readonly kind: 'document'; readonly routes: readonly RouteOfMethod[] }
  | { readonly kind: 'page-view-id'; readonly field: string };

export interface ScreenRequest {
  readonly route: RouteOfMethod;
  readonly weight: number;
  readonly required: boolean;
  readonly thresholdMs: number;
  readonly failedStatus: readonly StatusRange[];
  /** Index of the request whose end this one waits for. */
  readonly after?: number;
}

/** Weights are summed exactly. */
const MOST_WEIGHT = 1_000_000;
const MOST_REQUESTS = 500;

const request = z.strictObject({
  route: routeOfMethod(),
  weight: z.int().min(1).max(MOST_WEIGHT).default(1),
  required: z.boolean().default(false),
  threshold: duration.latency(),
  failedStatus: z.array(status()).default([...SERVER_ERRORS]),
  after: routeOfMethod().exactOptional(),
});

const views = z
  .strictObject({
    routes: z.array(routeOfMethod()).min(1).exactOptional(),
    pageViewId: z
      .string()
      .regex(/^[A-Za-z0-9_.-]{1,128}$/)
      .exactOptional(),
  })
  .transform(({ routes, pageViewId }, context): PageViews => {
    if (routes !== undefined && pageViewId === undefined) return { kind: 'document', routes };
    if (routes === undefined && pageViewId !== undefined) return { kind: 'page-view-id', field: pageViewId };
    refuse(context, field.eitherOf('routes', 'pageViewId'), routes);
    return z.NEVER;
  });

const requests = z
  .array(request)
  .min(1)
  .max(MOST_REQUESTS)
  .transform((given, context): readonly ScreenRequest[] => {
    const names = given.map(({ route }) => routeWords(route));
    return given.map(({ threshold, after, ...rest }, index) => {
      if (names.indexOf(routeWords(rest.route)) < index) refuse(context, TWICE, rest, [index, 'route']);
      const common = { ...rest, thresholdMs: threshold };
      if (after === undefined) return common;
      const before = names.indexOf(routeWords(after));
      if (before < 0) refuse(context, unknownRequest(routeWords(after), names), after, [index, 'after']);
      if (isInCircle(given, names, index)) refuse(context, CIRCLE, after, [index, 'after']);
      return { ...common, after: before };
    });
  });

type Given = z.output<typeof request>;

function isInCircle(given: readonly Given[], names: readonly string[], start: number): boolean {
  let at = start;
  for (let steps = 0; steps < given.length; steps += 1) {
    const after = given[at]?.after;
    at = after === undefined ? -1 : names.indexOf(routeWords(after));
    if (at < 0) return false;
    if (at === start) return true;
  }
  return false;
}

const TWICE = refusal(
  'screen.request-twice',
  text('This request stands twice in the screen.', '同じリクエストが二度書かれています。'),
  text('Remove one, or merge the two.', 'どちらかを削除するか、一つにまとめてください。'),
);
const CIRCLE = refusal(
  'screen.circle',
  text('This request waits for itself.', 'このリクエストは自分自身を待っています。'),
  text('Remove one `after:` of the circle.', '循環している `after:` の一つを削除してください。'),
);
const unknownRequest = (route: string, names: readonly string[]) =>
  refusal(
    'screen.unknown-request',
    text('This screen has no such request.', 'この画面にそのリクエストはありません。'),
    didYouMean(route, names),
  );

const bar = z.number().transform((value, context): Ppm => {
  const share = ppmOfRatio(value);
  if (share.ok && share.value > 0) return share.value;
  refuse(context, NO_BAR, value);
  return z.NEVER;
});

const NO_BAR = refusal(
  'screen.bar',
  text('This is no bar for scores.', 'スコアの合格線として使えません。'),
  text('Write a number above 0 and up to 1, e.g. 0.9.', '0 より大きく 1 以下の数で書いてください(例: 0.9)。'),
);

export const screenSpec = z
  .strictObject({
    description: field.description().exactOptional(),
    service: field.name(),
    views,
    requests,
    bar: bar.default(ppm(900_000)),
    threshold: duration.latency(),
  })
  .transform(
    ({ bar: barPpm, threshold, ...rest }): ScreenSpec => ({ ...rest, barPpm, thresholdMs: threshold }),
  );
