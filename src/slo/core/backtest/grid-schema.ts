import { z } from 'zod';
import { err, ok, type Problem, problem, type Reason, type Result, text } from '#core-values';
import { parsedString, reasonsOf } from '#platform/core';
import { ALERT_TABLE_NAMES } from '../alerts/alert-tables.ts';
import type { WrittenDocument } from '../definitions/documents.ts';
import * as duration from '../definitions/durations.ts';
import { refusal } from '../definitions/fields.ts';
import { routeOfMethod } from '../definitions/requests.ts';
import { ppmOfPercent, ppmOfRatio } from '../objective/ppm.ts';
import { LONGEST_THRESHOLD_MS } from '../screens/screen.ts';

/** So many values of one setting; more make no better picture. */
const MOST_VALUES = 60;

/** One value, or a list of them. */
const values = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((given) => (Array.isArray(given) ? given : [given]), z.array(schema).min(1).max(MOST_VALUES));

const NO_SHARE = refusal(
  'backtest.share',
  text('This is no objective.', '目標として読めません。'),
  text('Write it in percent, e.g. 99.9 or "99.9%".', '99.9 や "99.9%" のようにパーセントで書いてください。'),
);
const objective = z.preprocess(
  (given) => (typeof given === 'number' ? String(given) : given),
  parsedString((words) => {
    const share = ppmOfPercent(words);
    return share.ok && share.value > 0 ? share.value : undefined;
  }, NO_SHARE),
);

const NO_BAR = refusal(
  'backtest.bar',
  text('This is no bar for scores.', 'スコアの合格線として使えません。'),
  text('Write a number above 0 and up to 1, e.g. 0.9.', '0 より大きく 1 以下の数で書いてください(例: 0.9)。'),
);
const bar = z.preprocess(
  (given) => (typeof given === 'number' ? String(given) : given),
  parsedString((words) => {
    const share = ppmOfRatio(words);
    return share.ok && share.value > 0 ? share.value : undefined;
  }, NO_BAR),
);

const TOO_LONG = refusal(
  'backtest.threshold',
  text('Nobody waits that long.', '所要時間として長すぎます。'),
  text(
    `Write ${LONGEST_THRESHOLD_MS / 1000}s or less.`,
    `${LONGEST_THRESHOLD_MS / 1000}s 以下にしてください。`,
  ),
);
const latency = duration.latency().superRefine((ms, context) => {
  if (ms > LONGEST_THRESHOLD_MS)
    context.issues.push({ code: 'custom', params: { refusal: TOO_LONG }, input: ms, path: [] });
});

const ofRequest = z.strictObject({
  threshold: values(latency).exactOptional(),
  weight: values(z.int().min(1).max(1_000_000)).exactOptional(),
});

const ofSlo = z.strictObject({
  objective: values(objective).exactOptional(),
  window: values(duration.minutes()).exactOptional(),
  alerts: values(z.enum([...ALERT_TABLE_NAMES, 'defined'])).exactOptional(),
  bar: values(bar).exactOptional(),
  threshold: values(latency).exactOptional(),
  slowerThan: values(latency).exactOptional(),
  requests: z.record(routeOfMethod(), ofRequest).exactOptional(),
});

/** What is tried of each SLO: every combination of the values that are given, and of what is not given what is defined. */
export type SloGrid = z.output<typeof ofSlo>;

const schema = z.strictObject({ slos: z.record(z.string(), ofSlo) });

export interface Grid {
  readonly slos: ReadonlyMap<string, SloGrid>;
  readonly reasonAt: (path: readonly (string | number)[], reason: Reason) => Reason;
}

/** Every mistake of the file at once, as `bad-input`. */
export function readGrid(document: WrittenDocument): Result<Grid, Problem> {
  const { value, placeOf } = document;
  const read = schema.safeParse(value);
  if (!read.success) {
    const checked = { ...document, input: value, schema, ruleRoom: 'backtest' };
    const [first, ...more] = reasonsOf(read.error.issues, checked);
    return err(problem('bad-input', first ?? UNREADABLE, ...more));
  }
  return ok({
    slos: new Map(Object.entries(read.data.slos)),
    reasonAt: (path, reason) => ({ ...reason, place: placeOf(['slos', ...path], 'key') }),
  });
}

const UNREADABLE: Reason = {
  rule: 'backtest.grid',
  message: text('This is no grid.', 'グリッドとして読めません。'),
  remedy: text('Compare it with the reference.', 'リファレンスを確認してください。'),
};
