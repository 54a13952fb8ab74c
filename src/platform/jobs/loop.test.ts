import { expect, test } from 'vitest';
import { startLoop } from './loop.ts';

test('a loop goes on after a failure, tells of it, and when stopped waits for what runs and begins nothing more', async () => {
  const told: unknown[] = [];
  const { promise: thirdBegan, resolve: thirdBegins } = Promise.withResolvers<void>();
  const { promise: thirdMayEnd, resolve: endThird } = Promise.withResolvers<void>();
  let begun = 0;
  let ended = 0;
  const loop = startLoop(
    async () => {
      begun += 1;
      if (begun === 1) throw new Error('once');
      if (begun === 3) {
        thirdBegins();
        await thirdMayEnd;
      }
      ended += 1;
    },
    { pauseMs: 0, onError: (cause) => told.push(cause) },
  );
  await thirdBegan;
  const stopping = loop.stop();
  endThird();
  await stopping;
  expect([begun, ended]).toEqual([3, 2]);
  expect(told).toMatchObject([{ message: 'once' }]);
});
