import fc from 'fast-check';
import { expect, test } from 'vitest';
import { afterAnswer, freshRate, isLimited, type Rate, takeWrite } from './rate.ts';

const NOW = 1_800_000_000_000;
const facts = (status: number, headers: Record<string, string>, saysLimit = false) => ({
  status,
  header: (name: string) => headers[name] ?? null,
  saysLimit,
});
const pausedFor = (...given: Parameters<typeof facts>): number =>
  afterAnswer(freshRate(NOW), facts(...given), NOW).pausedUntilMs - NOW;

test('a primary limit pauses until its reset, also when the last request still succeeded', () => {
  const spent = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1000 + 90) };
  expect(pausedFor(403, spent)).toBe(90_000);
  expect(pausedFor(200, spent)).toBe(90_000);
});

test('a secondary limit pauses for retry-after, or a minute where nothing is told', () => {
  expect(pausedFor(403, { 'retry-after': '7', 'x-ratelimit-remaining': '4000' })).toBe(7_000);
  expect(pausedFor(429, {})).toBe(60_000);
  expect(pausedFor(403, { 'x-ratelimit-remaining': '4000' }, true)).toBe(60_000);
});

test('a missing permission is no limit', () => {
  const forbidden = facts(403, { 'x-ratelimit-remaining': '4000' });
  expect(isLimited(forbidden)).toBe(false);
  expect(afterAnswer(freshRate(NOW), forbidden, NOW)).toMatchObject({ pausedUntilMs: 0, remaining: 4000 });
});

test('no header makes us silent for more than an hour, or ends a pause early', () => {
  const header = fc.oneof(fc.nat().map(String), fc.string(), fc.constant('99999999999999'));
  fc.assert(
    fc.property(
      fc.constantFrom(200, 403, 429, 500),
      header,
      header,
      header,
      fc.boolean(),
      (status, after, reset, left, says) => {
        const before: Rate = { ...freshRate(NOW), pausedUntilMs: NOW + 5_000 };
        const headers = { 'retry-after': after, 'x-ratelimit-reset': reset, 'x-ratelimit-remaining': left };
        const { pausedUntilMs } = afterAnswer(before, facts(status, headers, says), NOW);
        expect(pausedUntilMs).toBeGreaterThanOrEqual(NOW + 5_000);
        expect(pausedUntilMs).toBeLessThanOrEqual(NOW + 3_600_000);
      },
    ),
  );
});

test('changes go out twenty at once and then one a second, whatever the pauses between them', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5_000), { maxLength: 100 }), (gaps) => {
      let rate = freshRate(NOW);
      let now = NOW;
      const sent: number[] = [];
      for (const gap of gaps) {
        now += gap;
        const taken = takeWrite(rate, now);
        rate = taken.rate;
        expect(taken.waitMs).toBeGreaterThanOrEqual(0);
        sent.push(now + taken.waitMs);
      }
      for (const [at, from] of sent.entries()) {
        const within = sent.slice(at).filter((to) => to < from + 10_000).length;
        expect(within).toBeLessThanOrEqual(20 + 11);
      }
    }),
  );
  let rate = freshRate(NOW);
  const waits = Array.from({ length: 23 }, () => {
    const taken = takeWrite(rate, NOW);
    rate = taken.rate;
    return taken.waitMs;
  });
  expect(waits.slice(19)).toEqual([0, 1000, 2000, 3000]);
});
