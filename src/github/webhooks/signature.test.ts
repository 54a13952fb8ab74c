import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSigned } from './signature.ts';

const sign = (body: string, secret: string, algorithm = 'sha256'): string =>
  `${algorithm}=${createHmac(algorithm, secret).update(body).digest('hex')}`;
const body = Buffer.from('Hello, World!');

test('the example of GitHub’s documentation is signed', () => {
  expect(
    isSigned(
      body,
      'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
      "It's a Secret to Everybody",
    ),
  ).toBe(true);
});

test.each([
  ['no header', undefined],
  ['an empty header', ''],
  ['another secret', sign('Hello, World!', 'another')],
  ['another body', sign('Hello, World?', 'secret')],
  ['SHA-1', sign('Hello, World!', 'secret', 'sha1')],
  ['SHA-1 under the name of SHA-256', sign('Hello, World!', 'secret', 'sha1').replace('sha1', 'sha256')],
  ['a truncated digest', sign('Hello, World!', 'secret').slice(0, -2)],
  ['a longer digest', `${sign('Hello, World!', 'secret')}00`],
  ['upper case', sign('Hello, World!', 'secret').toUpperCase()],
  ['two signatures', `${sign('Hello, World!', 'secret')}, ${sign('Hello, World!', 'secret')}`],
])('%s is refused', (_, header) => {
  expect(isSigned(body, header, 'secret')).toBe(false);
});

test('an empty secret signs nothing', () => {
  expect(isSigned(body, sign('Hello, World!', ''), '')).toBe(false);
});

test('whatever is changed in a signed body, it is signed no more', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (bytes, at, by) => {
        const header = `sha256=${createHmac('sha256', 'secret').update(bytes).digest('hex')}`;
        expect(isSigned(bytes, header, 'secret')).toBe(true);
        const changed = Uint8Array.from(bytes);
        const place = at % changed.length;
        changed[place] = (changed[place] ?? 0) ^ by;
        expect(isSigned(changed, header, 'secret')).toBe(false);
      },
    ),
  );
});
