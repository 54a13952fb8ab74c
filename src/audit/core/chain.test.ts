import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { epochMs } from '#core-values';
import { type Sha256, utf8 } from '#platform/core';
import { type KnownHead, verifyChain } from './chain.ts';
import { joinLeaf, leafHalves, leafHashOf, NO_PREVIOUS_LEAF } from './entry.ts';
import { leafHash, rootOfLeafHashes } from './merkle.ts';

const sha256: Sha256 = (data) => createHash('sha256').update(data).digest();

const halves = (words: string) =>
  leafHalves(
    {
      at: epochMs(0),
      kind: 'plan.uploaded',
      actor: { kind: 'person', name: words },
      subject: {},
      outcome: 'done',
    },
    '1970-01-01T00:00:00.000Z',
  );

/** A log as the server would have written it from the start. */
function logOf(words: readonly string[]): string[] {
  let previous = NO_PREVIOUS_LEAF;
  return words.map((one, position) => {
    const leaf = joinLeaf(halves(one), position, previous);
    previous = leafHashOf(leaf, sha256);
    return leaf;
  });
}

const headOf = (log: readonly string[], size = log.length): KnownHead => ({
  size,
  root: rootOfLeafHashes(
    log.slice(0, size).map((leaf) => leafHash(utf8(leaf), sha256)),
    sha256,
  ),
});

const names = (size: number) => Array.from({ length: size }, (_, at) => `person-${at}`);
const edited = (leaf: string) => leaf.replace('person-', 'Person-');
const verdict = (log: readonly string[], ...heads: KnownHead[]) => verifyChain(log, heads, sha256);

describe('an untouched log', () => {
  test('is intact against every checkpoint it ever had, at any size', () => {
    const log = logOf(names(40));
    for (let size = 0; size <= 40; size += 1) {
      expect(
        verdict(
          log.slice(0, size),
          ...[0, 1, size].filter((one) => one <= size).map((one) => headOf(log, one)),
        ),
      ).toEqual({ kind: 'intact', size, root: headOf(log, size).root, vouchedSize: size });
      expect(verdict(log, headOf(log, size))).toMatchObject({ kind: 'intact', size: 40, vouchedSize: size });
    }
  });
});

describe('attack 23: what was done to the log, and where', () => {
  const log = logOf(names(9));
  const head = headOf(log);
  const at = (position: number, tampering: string, size = 9) => ({
    kind: 'tampered',
    tampering,
    position,
    size,
  });

  test('an edited entry is named, the first, a middle one and the one before the last', () => {
    for (const position of [0, 4, 7]) {
      const bad = log.with(position, edited(log[position] ?? ''));
      expect(verdict(bad, head)).toEqual(at(position, 'edited'));
      expect(verdict(bad)).toEqual(at(position, 'edited'));
    }
  });

  test('an edited last entry shows only against the checkpoint', () => {
    const bad = log.with(8, edited(log[8] ?? ''));
    expect(verdict(bad, head)).toEqual(at(0, 'forked'));
    expect(verdict(bad, headOf(log, 8), head)).toEqual(at(8, 'forked'));
  });

  test('an edited link is told from an edited neighbour', () => {
    const bad = log.with(4, (log[4] ?? '').replace(/"previousLeafHash":"../, '"previousLeafHash":"00'));
    expect(verdict(bad)).toEqual(at(4, 'edited'));
  });

  test('an edited position is told from a removed entry', () => {
    expect(verdict(log.with(4, (log[4] ?? '').replace('"position":4', '"position":6')))).toEqual(
      at(4, 'edited'),
    );
    expect(verdict(log.with(4, (log[4] ?? '').replace('"position":4', '"position":2')))).toEqual(
      at(4, 'edited'),
    );
  });

  test('an entry in another spelling, or none at all, is an edited one', () => {
    expect(verdict(log.with(4, (log[4] ?? '').replace(',', ', ')))).toEqual(at(4, 'edited'));
    expect(verdict(log.with(4, 'null'))).toEqual(at(4, 'edited'));
  });

  test('removed entries leave a gap at their place', () => {
    expect(verdict(log.toSpliced(0, 1), head)).toEqual(at(0, 'removed', 8));
    expect(verdict(log.toSpliced(3, 3), head)).toEqual(at(3, 'removed', 6));
  });

  test('reordered entries are found where the first is missing', () => {
    expect(verdict(log.with(2, log[6] ?? '').with(6, log[2] ?? ''), head)).toEqual(at(2, 'reordered'));
    expect(verdict(log.with(2, log[3] ?? '').with(3, log[2] ?? ''), head)).toEqual(at(2, 'reordered'));
    expect(verdict([...log.slice(1), ...log.slice(0, 1)], head)).toEqual(at(0, 'reordered'));
    expect(verdict(log.toReversed(), head)).toEqual(at(0, 'reordered'));
  });

  test('an entry given twice is an inserted one', () => {
    expect(verdict(log.toSpliced(5, 0, log[4] ?? ''), head)).toEqual(at(5, 'inserted', 10));
  });

  test('a log cut short ends before the checkpoint', () => {
    expect(verdict(log.slice(0, 6), head)).toEqual(at(6, 'truncated', 6));
    expect(verdict([], head)).toEqual(at(0, 'truncated', 0));
    expect(verdict(log.slice(0, 6))).toMatchObject({ kind: 'intact', vouchedSize: 0 });
  });

  test('a log written anew, every link right, differs from the checkpoint', () => {
    const anew = logOf(names(9).with(5, 'somebody else'));
    expect(verdict(anew)).toMatchObject({ kind: 'intact' });
    expect(verdict(anew, head)).toEqual(at(0, 'forked'));
    expect(verdict(anew, headOf(log, 5), head)).toEqual(at(5, 'forked'));
  });

  test('a forgery appended behind the checkpoint of the whole log', () => {
    const longer = logOf([...names(9), 'forged']);
    expect(verdict(longer, { ...head, whole: true })).toEqual(at(9, 'appended', 10));
    expect(verdict(longer, head)).toMatchObject({ kind: 'intact', size: 10, vouchedSize: 9 });
  });
});

/** What somebody with the whole log in their hands may do to it, without or with mending the links afterwards. */
type Tamper = (log: readonly string[], pick: number) => string[];
const TAMPERS: Readonly<Record<string, Tamper>> = {
  edit: (log, pick) => log.with(pick % log.length, edited(log[pick % log.length] ?? '')),
  remove: (log, pick) => log.toSpliced(pick % log.length, 1 + (pick % 3)),
  truncate: (log, pick) => log.slice(0, pick % log.length),
  swap: (log, pick) => {
    const [a, b] = [pick % log.length, (pick * 7 + 1) % log.length];
    return log.with(a, log[b] ?? '').with(b, log[a] ?? '');
  },
  duplicate: (log, pick) => log.toSpliced(pick % log.length, 0, log[(pick * 3) % log.length] ?? ''),
  rotate: (log, pick) => [...log.slice(pick % log.length), ...log.slice(0, pick % log.length)],
  append: (log) => [...log, joinLeaf(halves('forged'), log.length, leafHashOf(log.at(-1) ?? '', sha256))],
};

const mended = (log: readonly string[]): string[] =>
  logOf(log.map((leaf) => JSON.parse(leaf).actor.name as string));

const tamperings = fc.record({
  size: fc.integer({ min: 1, max: 30 }),
  kept: fc.nat(),
  steps: fc.array(
    fc.record({ how: fc.constantFrom(...Object.keys(TAMPERS)), pick: fc.nat(), mend: fc.boolean() }),
    {
      minLength: 1,
      maxLength: 4,
    },
  ),
});

describe('attack 23: any tampering with any log', () => {
  test('is found against a checkpoint of the whole log kept elsewhere', () => {
    fc.assert(
      fc.property(tamperings, ({ size, steps }) => {
        const log = logOf(names(size));
        let bad: string[] = log;
        for (const { how, pick, mend } of steps) {
          if (bad.length > 0) bad = TAMPERS[how]?.(bad, pick) ?? bad;
          if (mend) bad = mended(bad);
        }
        fc.pre(bad.length !== log.length || bad.some((leaf, at) => leaf !== log[at]));
        expect(verdict(bad, { ...headOf(log), whole: true }).kind).toBe('tampered');
      }),
      { numRuns: 200 },
    );
  });

  test('below the size of an older checkpoint is found, and nothing is blamed that stands before the first change', () => {
    fc.assert(
      fc.property(tamperings, ({ size, kept, steps }) => {
        const log = logOf(names(size));
        const known = headOf(log, 1 + (kept % size));
        let bad: string[] = log;
        for (const { how, pick, mend } of steps) {
          if (bad.length > 0) bad = TAMPERS[how]?.(bad, pick) ?? bad;
          if (mend) bad = mended(bad);
        }
        const first = log.findIndex((leaf, at) => leaf !== bad[at]);
        fc.pre(first >= 0 && first < known.size);
        const found = verdict(bad, known);
        expect(found.kind).toBe('tampered');
        if (found.kind === 'tampered' && found.tampering !== 'forked') {
          expect(found.position).toBeGreaterThanOrEqual(Math.max(0, first - 1));
        }
      }),
      { numRuns: 200 },
    );
  });
});
