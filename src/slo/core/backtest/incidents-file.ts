import { z } from 'zod';
import {
  err,
  ok,
  type Problem,
  problem,
  type Reason,
  type Result,
  type SourcePlace,
  text,
} from '#core-values';
import { type Refusal, reasonsOf } from '#platform/core';
import type { WrittenDocument } from '../definitions/documents.ts';
import { csvRecords } from './csv.ts';
import type { Incident } from './incident.ts';
import { parseMoment } from './moment.ts';

/** More are no list that people wrote. */
const MOST_INCIDENTS = 1000;
const LONGEST_TITLE = 300;
/** A year: longer ones are slips of the pen. */
const LONGEST_MINUTES = 366 * 1440;
const MINUTE_MS = 60_000;

interface Row {
  readonly from: string;
  readonly to: string;
  readonly title: string;
  readonly placeOf: (key: 'from' | 'to') => SourcePlace;
}

const row = z.strictObject({
  from: z.string(),
  to: z.string(),
  title: z.string().max(LONGEST_TITLE).default(''),
});
const list = z.array(row).max(MOST_INCIDENTS);
const file = z.strictObject({ timeZone: z.string().exactOptional(), incidents: list });

/** `incidents:` with `from`, `to` and `title`, and perhaps `timeZone:`; or the list alone. Every mistake at once. */
export function incidentsOfDocument(document: WrittenDocument): Result<readonly Incident[], Problem> {
  const { value, placeOf } = document;
  const isList = Array.isArray(value);
  const schema = isList ? list : file;
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const checked = { ...document, schema, input: value, ruleRoom: 'incidents' };
    return refused(reasonsOf(parsed.error.issues, checked));
  }
  const { incidents, timeZone } = Array.isArray(parsed.data)
    ? { incidents: parsed.data, timeZone: undefined }
    : parsed.data;
  const path = isList ? [] : ['incidents'];
  return incidentsOf(
    incidents.map((one, index) => ({ ...one, placeOf: (key) => placeOf([...path, index, key]) })),
    timeZone,
  );
}

/** With a line of names; `from` and `to` are needed, `title` is taken, other columns are not looked at. */
export function incidentsOfCsv(name: string, words: string): Result<readonly Incident[], Problem> {
  const records = csvRecords(words.replace(/^\uFEFF/, ''));
  if (!records.ok) {
    const { line, ...no } = records.error;
    return refused([{ ...no, place: { file: name, line } }]);
  }
  const [header, ...rows] = records.value;
  const names = (header?.fields ?? []).map((field) => field.trim().toLowerCase());
  const [from, to, title] = ['from', 'to', 'title'].map((key) => names.indexOf(key));
  if (from === undefined || to === undefined || from < 0 || to < 0)
    return refused([{ ...NO_COLUMNS, place: { file: name, line: 1 } }]);
  if (rows.length > MOST_INCIDENTS) return refused([{ ...TOO_MANY, place: { file: name } }]);
  return incidentsOf(
    rows.map(({ fields, line }) => ({
      from: fields[from] ?? '',
      to: fields[to] ?? '',
      title: (fields[title ?? -1] ?? '').slice(0, LONGEST_TITLE),
      placeOf: () => ({ file: name, line }),
    })),
  );
}

function incidentsOf(rows: readonly Row[], timeZone?: string): Result<readonly Incident[], Problem> {
  const reasons: Reason[] = [];
  const incidents = rows.flatMap(({ from, to, title, placeOf }): readonly Incident[] => {
    const [began, ended] = [parseMoment(from, timeZone), parseMoment(to, timeZone)];
    if (!began.ok) reasons.push({ ...began.error, place: placeOf('from') });
    if (!ended.ok) reasons.push({ ...ended.error, place: placeOf('to') });
    if (!began.ok || !ended.ok) return [];
    const fromMinute = Math.floor(began.value / MINUTE_MS);
    const toMinute = Math.ceil(ended.value / MINUTE_MS);
    if (ended.value <= began.value || toMinute - fromMinute > LONGEST_MINUTES) {
      reasons.push({ ...(ended.value <= began.value ? BACKWARDS : TOO_LONG), place: placeOf('to') });
      return [];
    }
    return [{ title: title.trim(), fromMinute, toMinute }];
  });
  return reasons.length > 0 ? refused(reasons) : ok(incidents);
}

const refused = ([first = NO_COLUMNS, ...more]: readonly Reason[]): Result<never, Problem> =>
  err(problem('bad-input', first, ...more));

const NO_COLUMNS: Refusal = {
  rule: 'incidents.columns',
  message: text('There is no list of incidents here.', 'インシデントの一覧がありません。'),
  remedy: text(
    'Write YAML with `incidents:`, or CSV whose first line names the columns from, to and title.',
    '`incidents:` のある YAML か、1 行目に from、to、title の列名がある CSV を書いてください。',
  ),
};
const TOO_MANY: Refusal = {
  rule: 'incidents.too-many',
  message: text(
    `These are more than ${MOST_INCIDENTS} incidents.`,
    `インシデントが ${MOST_INCIDENTS} 件を超えています。`,
  ),
  remedy: text('Keep those of the time of the logs.', 'ログの期間のものだけにしてください。'),
};
const BACKWARDS: Refusal = {
  rule: 'incidents.backwards',
  message: text(
    'This incident ends no later than it begins.',
    'インシデントの終わりが始まりより後になっていません。',
  ),
  remedy: text('Correct `from` or `to`.', '`from` か `to` を直してください。'),
};
const TOO_LONG: Refusal = {
  rule: 'incidents.too-long',
  message: text('This incident lasts longer than a year.', 'インシデントが 1 年を超えています。'),
  remedy: text('Correct `from` or `to`.', '`from` か `to` を直してください。'),
};
