import { z } from 'zod';
import { text } from '#core-values';
import { type Ppm, ppmOfPercent, ppmOfRatio, WHOLE_PPM } from '../objective/ppm.ts';
import { calendarWindow, rollingWindow, type TimeWindow } from '../objective/time-window.ts';
import * as duration from './durations.ts';
import * as field from './fields.ts';
import { eitherOf, refusal, refuse } from './fields.ts';

export const timeWindow = z
  .strictObject({
    duration: duration.shorthand(),
    isRolling: z.boolean().exactOptional(),
    calendar: z.strictObject({ startTime: z.string(), timeZone: z.string() }).exactOptional(),
  })
  .transform(({ duration: length, isRolling, calendar }, context): TimeWindow => {
    if ((isRolling ?? calendar === undefined) !== (calendar === undefined)) {
      refuse(context, NO_WINDOW, isRolling);
      return z.NEVER;
    }
    if (calendar === undefined && isRolling === undefined) {
      refuse(context, NO_WINDOW, isRolling);
      return z.NEVER;
    }
    const window = calendar === undefined ? rollingWindow(length.minutes) : calendarOf(length, calendar);
    if (window?.ok) return window.value;
    const [reason] = window?.error.reasons ?? [];
    const path =
      reason?.rule === 'time-window.time-zone'
        ? ['calendar', 'timeZone']
        : reason?.rule === 'time-window.anchor'
          ? ['calendar', 'startTime']
          : ['duration'];
    refuse(context, reason ?? NO_PERIOD, length, path);
    return z.NEVER;
  });

/** OpenSLO's JSON schema knows time zones of the form Region/City only. */
function calendarOf(
  { unit, count }: duration.Shorthand,
  { startTime, timeZone }: { startTime: string; timeZone: string },
) {
  if (unit === undefined) return undefined;
  return calendarWindow({
    unit,
    count,
    anchor: startTime,
    timeZone: timeZone === 'Etc/UTC' ? 'UTC' : timeZone,
  });
}

const NO_WINDOW = refusal(
  'slo.window',
  text('A window either rolls or follows a calendar.', '時間枠は、ローリングかカレンダーのどちらかです。'),
  text(
    'Write `isRolling: true`, or `calendar:` with startTime and timeZone.',
    '`isRolling: true` か、startTime と timeZone を持つ `calendar:` を書いてください。',
  ),
);
const NO_PERIOD = refusal(
  'slo.calendar-unit',
  text('No calendar has periods of minutes or hours.', 'カレンダーの期間に分や時間は使えません。'),
  text(
    'Use d, w, M, Q or Y: a month is 1M, not 1m.',
    'd、w、M、Q、Y を使ってください。1 か月は 1m ではなく 1M です。',
  ),
);

const share = (read: typeof ppmOfRatio) =>
  z.number().transform((value, context): Ppm => {
    const parsed = read(value);
    if (parsed.ok) return parsed.value;
    refuse(context, parsed.error.reasons[0], value);
    return z.NEVER;
  });

/** OpenSLO leaves out 100 %: nothing could ever go wrong. */
const target = (read: typeof ppmOfRatio) =>
  share(read).superRefine((value, context) => {
    if (value === WHOLE_PPM) refuse(context, WHOLE_TARGET, value);
  });

const WHOLE_TARGET = refusal(
  'slo.target-whole',
  text('An objective of 100 % has no error budget.', '目標 100 % にはエラーバジェットがありません。'),
  text('Promise less than everything, e.g. 0.999.', '0.999 のように 100 % 未満にしてください。'),
);

const sliceTarget = share(ppmOfRatio).superRefine((value, context) => {
  if (value === 0) refuse(context, NO_SLICE_TARGET, value);
});

const NO_SLICE_TARGET = refusal(
  'slo.slice-target',
  text('Every time slice would be good.', 'どのタイムスライスも合格になります。'),
  text('Write a number above 0, e.g. 0.99.', '0 より大きい数を書いてください(例: 0.99)。'),
);

const sliceWindow = z.union([z.int().positive(), duration.minutes()], {
  error: 'it is no number of minutes and no duration such as 5m',
});

export const objective = z
  .strictObject({
    displayName: field.words().exactOptional(),
    op: z.enum(['lte', 'gte', 'lt', 'gt']).exactOptional(),
    value: z.number().exactOptional(),
    target: target(ppmOfRatio).exactOptional(),
    targetPercent: target(ppmOfPercent).exactOptional(),
    timeSliceTarget: sliceTarget.exactOptional(),
    timeSliceWindow: sliceWindow.exactOptional(),
  })
  .transform(({ target: ratio, targetPercent, timeSliceTarget, timeSliceWindow, ...rest }, context) => {
    const targetPpm = ratio ?? targetPercent;
    if (targetPpm === undefined || (ratio !== undefined && targetPercent !== undefined)) {
      refuse(context, eitherOf('target', 'targetPercent'), rest);
      return z.NEVER;
    }
    if ((timeSliceTarget === undefined) !== (timeSliceWindow === undefined)) {
      refuse(context, HALF_SLICE, rest);
      return z.NEVER;
    }
    const slice =
      timeSliceTarget === undefined || timeSliceWindow === undefined
        ? {}
        : { slice: { targetPpm: timeSliceTarget, minutes: timeSliceWindow } };
    return { ...rest, targetPpm, ...slice };
  });

const HALF_SLICE = refusal(
  'slo.half-slice',
  text('Half of what makes a time slice is missing.', 'タイムスライスの指定が片方しかありません。'),
  text(
    'Give both `timeSliceTarget` and `timeSliceWindow`.',
    '`timeSliceTarget` と `timeSliceWindow` の両方を指定してください。',
  ),
);
