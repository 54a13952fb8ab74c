import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { NodePath } from '../core/index.ts';
import { loadConfig, readConfigFile, readDocument } from './index.ts';

const bytes = (words: string): Uint8Array => new TextEncoder().encode(words);
const read = (words: string) => readDocument({ file: 'x.yaml', bytes: bytes(words) });

describe('a document', () => {
  it('knows the place of each value and each key', () => {
    const document = read('a:\n  b: 1\n  c:\n    - x\n    - { d: "2" }\n');
    if (!document.ok) throw new Error('refused');
    const at = (path: NodePath, part?: 'key' | 'value') => {
      const { line, column } = document.value.placeOf(path, part);
      return [line, column];
    };
    expect(at(['a', 'b'])).toEqual([2, 6]);
    expect(at(['a', 'b'], 'key')).toEqual([2, 3]);
    expect(at(['a', 'c', 1, 'd'])).toEqual([5, 12]);
    expect(at(['a', 'c', 0])).toEqual([4, 7]);
    expect(at(['a', 'missing'])).toEqual([1, 1]);
    expect(at([])).toEqual([1, 1]);
  });

  it('keeps a scalar as it was written', () => {
    const document = read('id: 000000000012\n');
    expect(document.ok && [document.value.value, document.value.writtenAt(['id'])]).toEqual([
      { id: 12 },
      '000000000012',
    ]);
  });

  it('larger than 1 MiB is refused', () => {
    const result = read('x'.repeat(1024 * 1024 + 1));
    expect(result).toMatchObject({ ok: false, error: { reasons: [{ rule: 'config.file-too-large' }] } });
  });

  it.each(['[', '{a: ', '- '])('nested absurdly deep with %s is refused, not a crash', (open) => {
    expect(read(open.repeat(20_000)).ok).toBe(false);
  });

  it('with a few aliases is read, with more than a hundred it is refused', () => {
    const bomb = ['a: &a [x, x]'];
    for (let level = 1; level < 5; level += 1)
      bomb.push(`k${level}: &k${level} [*${level === 1 ? 'a' : `k${level - 1}`}, x]`);
    expect(read(bomb.join('\n')).ok).toBe(true);
    const wide = `a: &a [x]\nb: [${Array.from({ length: 101 }, () => '*a').join(', ')}]\n`;
    expect(read(wide)).toMatchObject({ ok: false, error: { reasons: [{ rule: 'config.expands-too-far' }] } });
  });

  it('is read or refused with a place, whatever its bytes', () => {
    const pieces = fc.constantFrom(
      'a',
      ': ',
      '\n',
      '  ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '&x ',
      '*x',
      '!t ',
      '"',
      "'",
      '|',
      '#',
      '\t',
      '?',
      '---\n',
      '<<: *x',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (words) => {
        const result = read(words.join(''));
        if (!result.ok) expect(result.error.reasons[0].place?.file).toBe('x.yaml');
      }),
      { numRuns: 500 },
    );
  });

  it('cannot reach the prototype of what is read', () => {
    const loaded = loadConfig(
      { file: 'x.yaml', bytes: bytes('__proto__: { admin: true }\na: 1\n') },
      z.strictObject({ a: z.int() }),
    );
    expect(loaded.ok ? Reflect.get(loaded.value.value, 'admin') : undefined).toBeUndefined();
  });
});

describe('faults against a schema', () => {
  const schema = z.strictObject({
    port: z.int().min(1).max(9),
    on: z.boolean(),
    mode: z.enum(['fast', 'slow']),
    list: z.array(z.string()).min(1),
  });

  it('come all at once, in the order of the file, each with its place', () => {
    const words = 'port: 12\nonn: true\nmode: fats\nlist: []\n';
    const result = loadConfig({ file: 'x.yaml', bytes: bytes(words) }, schema);
    const told = result.ok
      ? []
      : result.error.reasons.map(({ rule, place, remedy }) => [rule, place?.line, remedy.en]);
    expect(told).toEqual([
      ['config.missing-key', 1, 'Add `on:` here.'],
      ['config.too-large', 1, 'Change it to fit.'],
      ['config.unknown-key', 2, 'Did you mean `on`?'],
      ['config.unknown-value', 3, 'Did you mean `fast`?'],
      ['config.too-small', 4, 'Change it to fit.'],
    ]);
  });
});

describe('a file', () => {
  it('that is missing or a folder is told with what to do', async () => {
    const missing = await readConfigFile('/nowhere/sekisho.yaml');
    expect(missing).toMatchObject({
      ok: false,
      error: { code: 'bad-config', reasons: [{ rule: 'config.unreadable' }] },
    });
    const folder = await readConfigFile(import.meta.dirname);
    expect(folder).toMatchObject({
      ok: false,
      error: { reasons: [{ remedy: { en: 'Name the file in the folder.' } }] },
    });
  });
});
