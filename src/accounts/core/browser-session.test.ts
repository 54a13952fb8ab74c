import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochMs } from '#core-values';
import {
  BROWSER_SESSION_LIFE_MS,
  FORMER_TOKEN_LIFE_MS,
  firstTokens,
  IDLE_LIFE_MS,
  judgeToken,
  type SessionTokens,
  TOKEN_LIFE_MS,
  type TokenVerdict,
} from './browser-session.ts';

const start = epochMs(1_795_339_800_000);
const at = (ms: number) => epochMs(start + ms);
const judge = (tokens: SessionTokens, shown: string, ms: number, fresh = 'fresh'): TokenVerdict =>
  judgeToken(tokens, { shown, fresh, now: at(ms) });
const nextOf = (verdict: TokenVerdict): SessionTokens =>
  verdict.kind === 'used' || verdict.kind === 'renewed' ? verdict.next : expect.unreachable(verdict.kind);

const MINUTE_MS = 60_000;
const first = firstTokens('t0', start);
/** Renewed after a quarter of an hour of use, and the new token in use a second later. */
const used = nextOf(judge(first, 't0', MINUTE_MS));
const renewed = nextOf(judge(used, 't0', TOKEN_LIFE_MS, 't1'));
const inUse = nextOf(judge(renewed, 't1', TOKEN_LIFE_MS + 1_000));

describe('the token of a browser’s session', () => {
  it('is good, and its use is kept once a minute', () => {
    expect(judge(first, 't0', 0).kind).toBe('used');
    expect(judge(used, 't0', 2 * MINUTE_MS - 1).kind).toBe('good');
    expect(judge(used, 't0', 2 * MINUTE_MS).kind).toBe('used');
  });

  it('is renewed after fifteen minutes', () => {
    expect(judge(used, 't0', TOKEN_LIFE_MS - 1).kind).not.toBe('renewed');
    expect(renewed).toMatchObject({ current: 't1', former: 't0', firstUsedAt: undefined });
  });

  it('is good for a minute beside the newer one, for requests under way, and then ends the session as stolen', () => {
    const shownAfter = TOKEN_LIFE_MS + 1_000;
    expect(judge(inUse, 't0', shownAfter + FORMER_TOKEN_LIFE_MS - 1).kind).toBe('good');
    expect(judge(inUse, 't0', shownAfter + FORMER_TOKEN_LIFE_MS).kind).toBe('stolen');
  });

  it('stays good when the answer with the newer one was lost, and brings another', () => {
    expect(judge(renewed, 't0', TOKEN_LIFE_MS + FORMER_TOKEN_LIFE_MS - 1).kind).toBe('good');
    const again = judge(renewed, 't0', TOKEN_LIFE_MS + FORMER_TOKEN_LIFE_MS, 't2');
    expect(nextOf(again)).toMatchObject({ current: 't2', former: 't0', spent: ['t1'] });
    expect(judge(nextOf(again), 't1', TOKEN_LIFE_MS + FORMER_TOKEN_LIFE_MS).kind).toBe('stolen');
  });

  it('ends with two hours without use, and with twelve hours whatever is done', () => {
    expect(judge(used, 't0', MINUTE_MS + IDLE_LIFE_MS - 1).kind).toBe('renewed');
    expect(judge(used, 't0', MINUTE_MS + IDLE_LIFE_MS).kind).toBe('over');
    const busy = { ...used, lastUsedAt: at(BROWSER_SESSION_LIFE_MS - 2) };
    expect(judge(busy, 't0', BROWSER_SESSION_LIFE_MS - 1).kind).toBe('renewed');
    expect(judge(busy, 't0', BROWSER_SESSION_LIFE_MS).kind).toBe('over');
  });

  it('never signs two holders in for longer than the grace: whatever they do, one of them ends the session for both', () => {
    const step = fc.record({ thief: fc.boolean(), afterMs: fc.integer({ min: 1_000, max: 10 * MINUTE_MS }) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
        let [tokens, now, made] = [used, MINUTE_MS, 1];
        // Both hold t0; each keeps what it is given.
        const held = { owner: 't0', thief: 't0' };
        const lastGood = { owner: now, thief: now };
        for (const { thief, afterMs } of steps) {
          now += afterMs;
          made += 1;
          const who = thief ? 'thief' : 'owner';
          const verdict = judge(tokens, held[who], now, `t${made}`);
          if (verdict.kind === 'over' || verdict.kind === 'stolen') return;
          if (verdict.kind === 'renewed') held[who] = verdict.next.current;
          if (verdict.kind !== 'good') tokens = verdict.next;
          lastGood[who] = now;
          const { firstUsedAt, former } = tokens;
          const isDivided = held.owner !== held.thief && firstUsedAt !== undefined;
          if (isDivided && held[who] === former) {
            expect(now).toBeLessThan(firstUsedAt - start + FORMER_TOKEN_LIFE_MS);
          }
        }
      }),
    );
  });

  it('that was spent long ago ends the session too', () => {
    let tokens = inUse;
    for (let at = 2, now = TOKEN_LIFE_MS + 1_000; at < 20; at += 1) {
      now += TOKEN_LIFE_MS;
      tokens = nextOf(judge(tokens, `t${at - 1}`, now, `t${at}`));
      expect(judge(tokens, 't0', now).kind).toBe('stolen');
    }
  });

  it('attack 24: of the owner is not forgotten over those that a thief had made meanwhile, who never shows a newer one', () => {
    let tokens = renewed;
    let now = TOKEN_LIFE_MS;
    for (let made = 2; now + MINUTE_MS < BROWSER_SESSION_LIFE_MS; made += 1) {
      now += MINUTE_MS;
      tokens = nextOf(judge(tokens, 't0', now, `t${made}`));
    }
    expect(tokens.spent.length).toBeGreaterThan(500);
    expect(judge(tokens, 't1', now).kind).toBe('stolen');
    expect(tokens.spent).toContain('t1');
  });
});
