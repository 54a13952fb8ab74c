import { expect, test } from 'vitest';
import { masked } from './masked.ts';

test.each([
  ['192.0.2.1 - - [x]', '(address) - - [x]'],
  ['2001:db8::1 GET /', '(address) GET /'],
  ['to alice@example.com', 'to (mail)'],
  ['GET /a?token=secret&b=2 HTTP/1.1', 'GET /a?token=…&b=… HTTP/1.1'],
  ['[04/Dec/2023:09:00:01 +0000] at 10:03:59', '[04/Dec/2023:09:00:01 +0000] at 10:03:59'],
])('%s is kept as %s', (line, kept) => {
  expect(masked(line)).toBe(kept);
});
