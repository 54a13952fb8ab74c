import type { Problem, Result } from '#core-values';

/** Between tries, in milliseconds: five minutes in all, enough for a server that restarts or moves. */
const PAUSES_MS: readonly number[] = [1, 2, 5, 10, 20, 30, 30, 30, 30, 30, 30, 30, 30, 30].map(
  (seconds) => seconds * 1_000,
);

/**
 * Asks again while nobody answers, for what must not be lost because the server restarts at that moment. Only for
 * requests that may be repeated. The answer, refusals included, is the last one.
 */
export async function untilAnswered<T>(
  ask: () => Promise<Result<T, Problem>>,
  wait: (pauseMs: number) => Promise<unknown>,
): Promise<Result<T, Problem>> {
  let answer = await ask();
  for (const pauseMs of PAUSES_MS) {
    if (answer.ok || answer.error.code !== 'outside-failed') return answer;
    await wait(pauseMs);
    answer = await ask();
  }
  return answer;
}
