import { Temporal } from 'temporal-polyfill';
import { err, ok, type Result, text } from '#core-values';
import type { Refusal } from '#platform/core';

const LOCAL = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)/;
/** An offset, a zone of the IANA data base in brackets (RFC 9557) or behind a space, or an offset and then a zone. */
const ZONED = /^ ?([Zz]|[+-]\d{2}:?\d{2})? ?(?:\[?([A-Za-z][A-Za-z0-9_+/-]{1,60})\]?)?$/;
/** Counts are kept from 1970 to 2096. */
const LAST_MS = 4e12;

/** `2026-11-02T09:00+09:00`, `…Z`, `2026-11-02 09:00 [Asia/Tokyo]`; without either in the zone that is given, if one is. In ms since 1970. */
export function parseMoment(words: string, timeZone?: string): Result<number, Refusal> {
  const local = LOCAL.exec(words.trim());
  const zoned = local === null ? null : ZONED.exec(words.trim().slice(local[0].length));
  if (local === null || zoned === null) return err(NO_TIME);
  const [, date, clock] = local;
  const [, offset = '', named = offset === '' ? timeZone : undefined] = zoned;
  if (offset === '' && named === undefined) return err(WITHOUT_ZONE);
  const written = `${date}T${clock}${offset.toUpperCase()}`;
  if (named === undefined)
    return within(
      attempt(() => Temporal.Instant.from(written).epochMilliseconds),
      NO_TIME,
    );
  if (attempt(() => Temporal.Instant.from('1970-01-01T00:00Z').toZonedDateTimeISO(named)) === undefined)
    return err(NO_ZONE);
  const exact = { disambiguation: 'reject', offset: 'reject' } as const;
  const at = attempt(() => Temporal.ZonedDateTime.from(`${written}[${named}]`, exact).epochMilliseconds);
  return within(
    at,
    attempt(() => Temporal.PlainDateTime.from(`${date}T${clock}`)) === undefined ? NO_TIME : UNCLEAR,
  );
}

const within = (ms: number | undefined, no: Refusal): Result<number, Refusal> =>
  ms === undefined ? err(no) : ms >= 0 && ms <= LAST_MS ? ok(ms) : err(NO_TIME);

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const NO_TIME: Refusal = {
  rule: 'incidents.time',
  message: text('This is no point in time.', '日時として読めません。'),
  remedy: text(
    'Write it with its zone, e.g. 2026-11-02T09:00+09:00, 2026-11-02T00:00Z or 2026-11-02 09:00 [Asia/Tokyo].',
    '2026-11-02T09:00+09:00、2026-11-02T00:00Z、2026-11-02 09:00 [Asia/Tokyo] のように、タイムゾーン付きで書いてください。',
  ),
};
const WITHOUT_ZONE: Refusal = {
  rule: 'incidents.no-zone',
  message: text('Nothing says in which time zone this is.', 'どのタイムゾーンの日時か分かりません。'),
  remedy: text(
    'Add Z, an offset such as +09:00 or a zone such as [Asia/Tokyo]; or `timeZone:` for the whole file (YAML).',
    'Z、+09:00 などのオフセット、[Asia/Tokyo] などのゾーンを付けるか、ファイル全体に `timeZone:` を指定してください(YAML)。',
  ),
};
const NO_ZONE: Refusal = {
  rule: 'incidents.zone',
  message: text('This is no time zone.', 'タイムゾーンとして読めません。'),
  remedy: text(
    'Use a name of the IANA time zone database, such as Asia/Tokyo.',
    'Asia/Tokyo のような IANA タイムゾーン名を使ってください。',
  ),
};
const UNCLEAR: Refusal = {
  rule: 'incidents.clocks-changed',
  message: text(
    'Clocks of this zone showed this time twice, never, or with another offset.',
    'このタイムゾーンの時計では、この時刻は二度あったか、存在しないか、オフセットが異なります。',
  ),
  remedy: text(
    'Write the offset instead of the zone, e.g. 2026-11-01T01:30-04:00.',
    'ゾーンではなく 2026-11-01T01:30-04:00 のようにオフセットで書いてください。',
  ),
};
