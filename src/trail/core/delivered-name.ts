import { type AccountId, type EpochMs, parseAccountId, parseTime } from '#core-values';

/** What the name of a file tells that a trail delivered. */
export type DeliveredName =
  | {
      readonly kind: 'log';
      readonly account: AccountId;
      readonly region: string;
      /** When CloudTrail wrote the file. */
      readonly at: EpochMs;
    }
  | {
      readonly kind: 'digest';
      readonly account: AccountId;
      readonly region: string;
      /** The end of the hour it covers. */
      readonly at: EpochMs;
      /** Digests follow one another within a chain: account, region and trail; backfills have chains of their own. */
      readonly chain: string;
    };

/** CloudTrail User Guide, "Finding your CloudTrail log files" and "CloudTrail digest file structure" (2026-11). */
const PLACE =
  /(?:^|\/)AWSLogs\/(?:o-[a-z0-9]{10,32}\/)?(\d{12})\/CloudTrail(-Digest)?\/([a-z0-9-]{3,32})\/\d{4}\/\d{2}\/\d{2}\/([^/]+)$/;
const LOG = /^\d{12}_CloudTrail_[a-z0-9-]+_(\d{8})T(\d{4})Z_[A-Za-z0-9]+\.json\.gz$/;
const DIGEST = /^\d{12}_CloudTrail-Digest_(.+)_(\d{8})T(\d{6})Z(_backfill)?\.json\.gz$/;

/** `undefined` for anything that a trail does not deliver, such as Insights files; the name is the whole key. */
export function parseDeliveredName(name: string): DeliveredName | undefined {
  const [, accountWords = '', isDigest, region, file] = PLACE.exec(name) ?? [];
  const account = parseAccountId(accountWords);
  if (account === undefined || region === undefined || file === undefined) return undefined;
  if (isDigest === undefined) {
    const [, day = '', clock = ''] = LOG.exec(file) ?? [];
    const at = timeOf(day, `${clock}00`);
    return at === undefined ? undefined : { kind: 'log', account, region, at };
  }
  const [, trail, day = '', clock = '', backfill = ''] = DIGEST.exec(file) ?? [];
  const at = timeOf(day, clock);
  if (at === undefined) return undefined;
  return { kind: 'digest', account, region, at, chain: `${account}/${region}/${trail}${backfill}` };
}

/** `20261122` and `093000`. */
function timeOf(day: string, clock: string): EpochMs | undefined {
  const [date, time] = [
    day.replace(/^(....)(..)(..)$/, '$1-$2-$3'),
    clock.replace(/^(..)(..)(..)$/, '$1:$2:$3'),
  ];
  return parseTime(`${date}T${time}.000Z`);
}
