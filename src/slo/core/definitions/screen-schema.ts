import { z } from 'zod';
import { text } from '#core-values';
import { didYouMean } from '#platform/core';
import { type Ppm, ppm, ppmOfRatio } from '../objective/ppm.ts';
import { LONGEST_THRESHOLD_MS, MOST_REQUESTS, type Screen, type ScreenRequest } from '../screens/screen.ts';
import * as duration from './durations.ts';
import * as field from './fields.ts';
import { refusal, refuse } from './fields.ts';
import { routeOfMethod, status } from './requests.ts';

/** A screen and the service that it belongs to; its name is the document's. */
export interface ScreenSpec extends Omit<Screen, 'name'> {
  readonly description?: string;
  readonly service: string;
}

const MOST_WEIGHT = 1_000_000;

const threshold = () =>
  duration.latency().superRefine((ms, context) => {
    if (ms > LONGEST_THRESHOLD_MS) refuse(context, TOO_LONG, ms);
  });

const TOO_LONG = refusal(
  'screen.threshold',
  text('Nobody waits that long for a screen.', '画面の所要時間として長すぎます。'),
  text(
    `Write ${LONGEST_THRESHOLD_MS / 1000}s or less.`,
    `${LONGEST_THRESHOLD_MS / 1000}s 以下にしてください。`,
  ),
);

/** One route, or several that stand for the same request. */
const routes = () =>
  z.preprocess((given) => (typeof given === 'string' ? [given] : given), z.array(routeOfMethod()).min(1));

const request = z.strictObject({
  route: routes(),
  weight: z.int().min(1).max(MOST_WEIGHT).default(1),
  required: z.boolean().exactOptional(),
  threshold: threshold(),
  failedStatus: z.array(status()).exactOptional(),
  after: routeOfMethod().exactOptional(),
});

type Given = z.output<typeof request>;
type Context = Parameters<typeof refuse>[0];

const indexOf = (given: readonly Given[], route: string): number =>
  given.findIndex((known) => known.route.includes(route));

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
    document: routeOfMethod().exactOptional(),
    requests: z.array(request).min(1).max(MOST_REQUESTS),
    bar: bar.default(ppm(900_000)),
    threshold: threshold(),
  })
  .transform(({ bar: barPpm, threshold: thresholdMs, document, requests, ...rest }, context): ScreenSpec => {
    const opening = document === undefined ? 0 : indexOf(requests, document);
    if (opening < 0) refuse(context, unknownRequest(document ?? '', requests), document, ['document']);
    if (requests[opening]?.required === false)
      refuse(context, OPTIONAL_DOCUMENT, requests, ['requests', opening, 'required']);
    const read = requests.map((given, index) => requestOf(given, index, opening, requests, context));
    return { ...rest, document: opening, requests: read, barPpm, thresholdMs };
  });

function requestOf(
  { route, threshold: thresholdMs, failedStatus, after, weight, required }: Given,
  index: number,
  opening: number,
  all: readonly Given[],
  context: Context,
): ScreenRequest {
  const path = ['requests', index];
  if (route.some((one, at) => indexOf(all, one) < index || route.indexOf(one) < at))
    refuse(context, TWICE, route, [...path, 'route']);
  const before = after === undefined ? undefined : indexOf(all, after);
  if (after !== undefined && before === -1)
    refuse(context, unknownRequest(after, all), after, [...path, 'after']);
  if (isInCircle(all, index)) refuse(context, CIRCLE, after, [...path, 'after']);
  return {
    routes: route,
    weight,
    required: required ?? index === opening,
    thresholdMs,
    ...(failedStatus && { failed: failedStatus }),
    ...(before !== undefined && { after: before }),
  };
}

function isInCircle(all: readonly Given[], start: number): boolean {
  let at = start;
  for (let steps = 0; steps < all.length; steps += 1) {
    const after = all[at]?.after;
    at = after === undefined ? -1 : indexOf(all, after);
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
const OPTIONAL_DOCUMENT = refusal(
  'screen.document-optional',
  text(
    'Without the request that opens it there is no view of the screen.',
    '画面を開くリクエストがなければ、画面の表示もありません。',
  ),
  text('Remove `required: false`.', '`required: false` を削除してください。'),
);
const unknownRequest = (route: string, all: readonly Given[]) =>
  refusal(
    'screen.unknown-request',
    text('This screen has no such request.', 'この画面にそのリクエストはありません。'),
    didYouMean(
      route,
      all.flatMap((known) => known.route),
    ),
  );
