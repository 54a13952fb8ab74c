import { type EpochMs, epochMs, type PersonName } from '#core-values';

export const LINK_PURPOSES = ['first', 'invite', 'recovery'] as const;

/** Why a link was made: for the first administrator, for somebody without a passkey, or in place of lost ones. */
export type LinkPurpose = (typeof LINK_PURPOSES)[number];

/** By what a browser was let in. */
export type SignInHow =
  | {
      readonly kind: 'link';
      readonly link: string;
      readonly purpose: LinkPurpose;
      /** Who made the link: what is enrolled by it stands on their word. `null`: the server's own terminal. */
      readonly vouchedBy: PersonName | null;
    }
  | { readonly kind: 'passkey'; readonly credential: string }
  | { readonly kind: 'provider'; readonly provider: string; readonly subject: string };

/** A session by a link may do one thing: enrol a passkey. */
export const mayOnlyEnrol = (how: SignInHow): boolean => how.kind === 'link';

export const BROWSER_SESSION_LIFE_MS = 12 * 3_600_000;
export const IDLE_LIFE_MS = 2 * 3_600_000;
/** A token that a thief copied is noticed when the next one is in use. */
export const TOKEN_LIFE_MS = 15 * 60_000;
/** For requests that were under way when the token changed. */
export const FORMER_TOKEN_LIFE_MS = 60_000;
/** How exactly the last use is kept: each time would write a row for each request. */
export const USE_KEPT_MS = 60_000;

/** The tokens of one session; a token is its SHA-256 here. */
export interface SessionTokens {
  readonly current: string;
  readonly issuedAt: EpochMs;
  /** Absent until somebody shows the current token. */
  readonly firstUsedAt: EpochMs | undefined;
  /** What the current one replaced; absent for the first. */
  readonly former: string | undefined;
  /** All older ones, at most one for each minute of twelve hours: were one forgotten, who shows it would be no thief. */
  readonly spent: readonly string[];
  readonly lastUsedAt: EpochMs;
  readonly endsAt: EpochMs;
}

export type TokenVerdict =
  /** Nothing to write. */
  | { readonly kind: 'good' }
  /** `next` is to be written. */
  | { readonly kind: 'used'; readonly next: SessionTokens }
  /** `next` is to be written, and its current token to be given to the browser. */
  | { readonly kind: 'renewed'; readonly next: SessionTokens }
  | { readonly kind: 'over' }
  /** Two hold this session: it must end. */
  | { readonly kind: 'stolen' };

/**
 * What a token that belongs to a session is worth now. `fresh` is the SHA-256 of a token that nobody knows yet. The former token is good
 * until a minute after the newest was first shown: an answer that never arrived signs nobody out, and a thief who goes on with an
 * old token, or leaves the owner with one, ends the session for both.
 */
export function judgeToken(
  tokens: SessionTokens,
  { shown, fresh, now }: { readonly shown: string; readonly fresh: string; readonly now: EpochMs },
): TokenVerdict {
  if (!isUnderWay(tokens, now)) return { kind: 'over' };
  const { current, former, firstUsedAt, issuedAt, spent, lastUsedAt } = tokens;
  if (shown === current) {
    const used = { ...tokens, firstUsedAt: firstUsedAt ?? now, lastUsedAt: now };
    if (now >= issuedAt + TOKEN_LIFE_MS) {
      return renewed(used, fresh, { former: current, spent: [...spent, ...present(former)] });
    }
    const isToBeKept = firstUsedAt === undefined || now >= lastUsedAt + USE_KEPT_MS;
    return isToBeKept ? { kind: 'used', next: used } : { kind: 'good' };
  }
  if (shown !== former) return { kind: 'stolen' };
  if (firstUsedAt !== undefined) {
    return now < firstUsedAt + FORMER_TOKEN_LIFE_MS ? { kind: 'good' } : { kind: 'stolen' };
  }
  // Nobody ever showed the current one: its answer was lost, or is still on its way.
  if (now < issuedAt + FORMER_TOKEN_LIFE_MS) return { kind: 'good' };
  return renewed({ ...tokens, lastUsedAt: now }, fresh, { former, spent: [...spent, current] });
}

/** Whether neither of its two ends has come. */
export const isUnderWay = (
  { endsAt, lastUsedAt }: Pick<SessionTokens, 'endsAt' | 'lastUsedAt'>,
  now: EpochMs,
): boolean => now < endsAt && now < lastUsedAt + IDLE_LIFE_MS;

const present = (token: string | undefined): readonly string[] => (token === undefined ? [] : [token]);

const renewed = (
  tokens: SessionTokens,
  fresh: string,
  before: { readonly former: string; readonly spent: readonly string[] },
): TokenVerdict => ({
  kind: 'renewed',
  next: {
    ...tokens,
    current: fresh,
    issuedAt: tokens.lastUsedAt,
    firstUsedAt: undefined,
    former: before.former,
    spent: before.spent,
  },
});

/** The tokens of a session that begins now. */
export const firstTokens = (token: string, now: EpochMs): SessionTokens => ({
  current: token,
  issuedAt: now,
  firstUsedAt: undefined,
  former: undefined,
  spent: [],
  lastUsedAt: now,
  endsAt: epochMs(now + BROWSER_SESSION_LIFE_MS),
});
