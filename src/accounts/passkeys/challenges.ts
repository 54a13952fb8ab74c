import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Kysely, sql, type Transaction } from 'kysely';
import { type EpochMs, epochMs, type PersonName } from '#core-values';
import { fromBase64Url } from '../core/passkey.ts';
import type { PasskeyParty } from './party.ts';

/** What a passkey is asked for; an answer to one serves no other, and none is as long as an approval's challenge. */
export type ChallengePurpose = 'sign-in' | 'enrol' | 'confirm';

export interface ChallengeUse {
  readonly purpose: ChallengePurpose;
  /** Whose answer is asked for; nobody knows yet at a sign-in. */
  readonly person?: PersonName;
}

export const CHALLENGE_LIFE_MS = 5 * 60_000;

const sha256 = (words: string): string => createHash('sha256').update(words).digest('hex');

const NONCE_BYTES = 16;
const HEAD_BYTES = NONCE_BYTES + 8;
const CODE_BYTES = 32;

const codeOf = ({ key }: Pick<PasskeyParty, 'key'>, head: Uint8Array, { purpose, person }: ChallengeUse) =>
  createHmac('sha256', key)
    .update(
      JSON.stringify(['sekisho-challenge/1', purpose, person ?? null, Buffer.from(head).toString('hex')]),
    )
    .digest();

/** A challenge that carries its own end and authentication code: whoever asks for many leaves nothing behind. */
export function makeChallenge(party: Pick<PasskeyParty, 'key'>, use: ChallengeUse, now: EpochMs): Uint8Array {
  const head = Buffer.alloc(HEAD_BYTES);
  randomBytes(NONCE_BYTES).copy(head);
  head.writeBigUInt64BE(BigInt(now + CHALLENGE_LIFE_MS), NONCE_BYTES);
  return Buffer.concat([head, codeOf(party, head, use)]);
}

/** Until when the challenge is good; `undefined` for one that was not made for this, or is over. */
export function endOfChallenge(
  party: Pick<PasskeyParty, 'key'>,
  challenge: string,
  use: ChallengeUse,
  now: EpochMs,
): EpochMs | undefined {
  const bytes = fromBase64Url(challenge);
  if (bytes?.length !== HEAD_BYTES + CODE_BYTES) return undefined;
  const head = bytes.subarray(0, HEAD_BYTES);
  if (!timingSafeEqual(bytes.subarray(HEAD_BYTES), codeOf(party, head, use))) return undefined;
  const end = epochMs(Number(Buffer.from(head).readBigUInt64BE(NONCE_BYTES)));
  return now < end ? end : undefined;
}

/** Whether it was answered before: an old answer that is sent again says nothing of its passkey's counter. */
export async function wasSpent(tx: Transaction<object>, challenge: string): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM used_challenges WHERE challenge_sha256 = ${sha256(challenge)}`.execute(tx);
  return rows.length > 0;
}

/** `false` when it was answered before. */
export async function spendChallenge(
  tx: Transaction<object>,
  challenge: string,
  expiresAt: EpochMs,
): Promise<boolean> {
  const { rows } = await sql`
    INSERT INTO used_challenges (challenge_sha256, expires_at) VALUES (${sha256(challenge)}, ${new Date(expiresAt)})
    ON CONFLICT DO NOTHING RETURNING challenge_sha256`.execute(tx);
  return rows.length === 1;
}

/** Forgets answered challenges that are over anyway. */
export async function pruneChallenges(db: Kysely<object>, now: EpochMs): Promise<void> {
  await sql`DELETE FROM used_challenges WHERE expires_at < ${new Date(now)}`.execute(db);
}
