/** What is known of how much may be asked, of one installation (or of an App itself). Times in milliseconds since the epoch. */
export interface Rate {
  /** Nothing may be asked before. */
  readonly pausedUntilMs: number;
  /** Of GitHub's count of requests an hour; absent until it was told. */
  readonly remaining?: number;
  /** How many requests that change something may go out now, and as of when. */
  readonly writes: number;
  readonly writesAtMs: number;
}

/** So many changes may go out at once; then one a second, as GitHub asks of integrations. https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api */
const MOST_WRITES = 20;
const WRITE_EVERY_MS = 1000;

/** Where GitHub says that there is a limit, but not until when. https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit */
const UNTOLD_PAUSE_MS = 60_000;
/** GitHub's limits are of an hour: no clock or header makes us silent for longer. */
const LONGEST_PAUSE_MS = 3_600_000;

export const freshRate = (nowMs: number): Rate => ({
  pausedUntilMs: 0,
  writes: MOST_WRITES,
  writesAtMs: nowMs,
});

/** What GitHub answered with the limits' headers. */
export interface RateFacts {
  readonly status: number;
  readonly header: (name: string) => string | null;
  /** Whether the answer's words speak of a limit: a 403 may also be a missing permission. */
  readonly saysLimit: boolean;
}

const numberOf = (words: string | null): number | undefined =>
  words !== null && /^[0-9]{1,12}$/.test(words) ? Number(words) : undefined;

/** Whether the answer is that of a rate limit, primary or secondary, and no other refusal. */
export const isLimited = ({ status, header, saysLimit }: RateFacts): boolean =>
  status === 429 ||
  (status === 403 &&
    (saysLimit || header('retry-after') !== null || header('x-ratelimit-remaining') === '0'));

/** `retry-after` first, then `x-ratelimit-reset` where nothing is left, then a minute: the order that GitHub asks for. */
export function afterAnswer(rate: Rate, facts: RateFacts, nowMs: number): Rate {
  const remaining = numberOf(facts.header('x-ratelimit-remaining')) ?? rate.remaining;
  const known = remaining === undefined ? rate : { ...rate, remaining };
  const reset = numberOf(facts.header('x-ratelimit-reset'));
  const isSpent = facts.header('x-ratelimit-remaining') === '0';
  const untilReset = isSpent && reset !== undefined ? reset * 1000 : undefined;
  if (!isLimited(facts)) return untilReset === undefined ? known : paused(known, untilReset, nowMs);
  const after = numberOf(facts.header('retry-after'));
  return paused(
    known,
    after !== undefined ? nowMs + after * 1000 : (untilReset ?? nowMs + UNTOLD_PAUSE_MS),
    nowMs,
  );
}

const paused = (rate: Rate, untilMs: number, nowMs: number): Rate => ({
  ...rate,
  pausedUntilMs: Math.max(rate.pausedUntilMs, Math.min(untilMs, nowMs + LONGEST_PAUSE_MS)),
});

/** When a change may go out, and what is then left; it is counted as gone. */
export function takeWrite(rate: Rate, nowMs: number): { readonly rate: Rate; readonly waitMs: number } {
  const gained = Math.max(0, Math.floor((nowMs - rate.writesAtMs) / WRITE_EVERY_MS));
  const isFull = rate.writes + gained >= MOST_WRITES;
  const writes = isFull ? MOST_WRITES : rate.writes + gained;
  const writesAtMs = isFull ? nowMs : rate.writesAtMs + gained * WRITE_EVERY_MS;
  // Debts are allowed: who comes next waits longer.
  const waitMs = writes > 0 ? 0 : writesAtMs + (1 - writes) * WRITE_EVERY_MS - nowMs;
  return { rate: { ...rate, writes: writes - 1, writesAtMs }, waitMs };
}
