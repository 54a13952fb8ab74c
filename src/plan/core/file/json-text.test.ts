import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExactNumberValue } from '../model.ts';
import { isJsonList, type JsonTree, parseJsonText } from './json-text.ts';
import { refusing } from './refusal.ts';

function ordinary(tree: JsonTree): unknown {
  if (tree instanceof Map) return Object.fromEntries([...tree].map(([key, item]) => [key, ordinary(item)]));
  if (tree instanceof ExactNumberValue) return Number(tree.exactNumber);
  return isJsonList(tree) ? tree.map(ordinary) : tree;
}

describe('JSON text', () => {
  it('reads as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(4), (source, indent) => {
        const value: unknown = JSON.parse(source);
        const spaced = JSON.stringify(value, null, indent);
        fc.pre(!spaced.includes('__proto__') && !/-0\b/.test(spaced));
        expect(ordinary(parseJsonText(spaced, 'x'))).toEqual(value);
      }),
    );
  });

  it('is refused exactly where JSON.parse refuses it', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"b',
      '1',
      '-',
      '.5',
      'e1',
      'true',
      'nul',
      ' ',
      '\\',
      '\n',
      '"',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const source = pieces.join('');
        const ours = refusing(() => parseJsonText(source, 'x')).ok;
        let theirs = true;
        try {
          JSON.parse(source);
        } catch {
          theirs = false;
        }
        // We refuse a key that comes twice; JSON.parse does not.
        if (ours) expect(theirs).toBe(true);
        else expect(theirs && !/"a".*"a"/s.test(source)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('with a key twice is refused with its place, since the first could hide what the second shows', () => {
    const read = refusing(() => parseJsonText('{"a":1,\n "a":2}', 'main.tf.json'));
    expect(read).toMatchObject({
      ok: false,
      error: { reasons: [{ rule: 'plan.bad-json', place: { file: 'main.tf.json', line: 2 } }] },
    });
  });

  it('keeps every digit of a number', () => {
    expect(parseJsonText('12345678901234567890', 'x')).toEqual(new ExactNumberValue('12345678901234567890'));
    expect(parseJsonText('0.1', 'x')).toBe(0.1);
    expect(parseJsonText('0.10000000000000000000001', 'x')).toEqual(
      new ExactNumberValue('0.10000000000000000000001'),
    );
  });

  it('of any depth is answered', () => {
    expect(refusing(() => parseJsonText('['.repeat(100_000), 'x')).ok).toBe(false);
    expect(refusing(() => parseJsonText(`"${'\\\\'.repeat(1_000_000)}"`, 'x')).ok).toBe(true);
  });
});
