import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LogRequest, requestAt } from './batch.ts';
import { bytesOf } from './bytes.ts';
import { KNOWN_FORMATS, type LogFormat, parserOf } from './formats.ts';
import { type LineCounts, lineMemory, lineReader, unparsedOf } from './lines.ts';

const CASES = join(import.meta.dirname, '../../../../test/slo/logs');

/** Whole lines of each format, one string each, from the published examples. */
const EXAMPLES = KNOWN_FORMATS.flatMap((kind) => {
  if (!readdirSync(CASES).includes(kind)) return [];
  const lines = readFileSync(join(CASES, kind, 'input.log'), 'utf8')
    .trimEnd()
    .split('\n');
  return [{ kind, lines }];
});

interface Reading {
  readonly requests: readonly (LogRequest & { readonly line: number })[];
  readonly counts: LineCounts;
}

function read(format: LogFormat, chunks: readonly Uint8Array[], longestLine = 4096): Reading {
  const requests: (LogRequest & { line: number })[] = [];
  const reader = lineReader({
    file: 'access.log',
    parser: parserOf(format),
    memory: lineMemory({ longestLine, input: 2 * longestLine + 8, rows: 3 }),
    consume: (batch) => {
      for (let row = 0; row < batch.count; row += 1)
        requests.push({ ...requestAt(batch, row), line: batch.line[row] ?? 0 });
    },
  });
  for (const chunk of chunks) reader.push(chunk);
  return { requests, counts: reader.end() };
}

/** What breaks parsers: quotes, escapes, separators, controls, bytes that are no UTF-8, huge numbers. */
const HOSTILE = [
  ...[
    '"',
    '\\',
    '\\"',
    '\\x',
    '\\x2',
    '\\u',
    '\\ud800',
    '\t',
    ' ',
    '-',
    ':',
    '[',
    ']',
    '{',
    '}',
    ',',
    '%',
    '%2',
    '\r',
  ],
  ...[
    '\0',
    '9'.repeat(400),
    '1e999',
    '-1',
    '""',
    '[[[[[[[[',
    '{"a":',
    '#Fields: date',
    'x'.repeat(5000),
    '\u202e',
    '=1+1',
  ],
];

const damage = fc.oneof(
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(2000) }),
  fc.record({ kind: fc.constant('flip' as const), at: fc.nat(2000), byte: fc.nat(255) }),
  fc.record({ kind: fc.constant('insert' as const), at: fc.nat(2000), text: fc.constantFrom(...HOSTILE) }),
  fc.record({ kind: fc.constant('double' as const), at: fc.nat(2000) }),
);

type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

function damaged(line: Uint8Array, harm: Damage): Uint8Array {
  const at = line.length === 0 ? 0 : harm.at % line.length;
  const [head, tail] = [line.slice(0, at), line.slice(at)];
  switch (harm.kind) {
    case 'cut':
      return head;
    case 'flip':
      return Uint8Array.from(line, (byte, index) => (index === at ? harm.byte : byte));
    case 'insert':
      return new Uint8Array([...head, ...bytesOf(harm.text), ...tail]);
    case 'double':
      return new Uint8Array([...head, ...tail, ...tail]);
  }
}

/** Cut at some of the places, wherever they fall. */
function pieces(bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] {
  const at = [...new Set(cuts.map((cut) => (bytes.length === 0 ? 0 : cut % bytes.length)))].toSorted(
    (a, b) => a - b,
  );
  return [...at, bytes.length].map((end, index) => bytes.slice(at[index - 1] ?? 0, end));
}

const text = (lines: readonly Uint8Array[]): Uint8Array =>
  new Uint8Array(lines.flatMap((line) => [...line, 0x0a]));

describe('lines of a log', () => {
  it.each(EXAMPLES)('are the same however the bytes are cut: $kind', ({ kind, lines }) => {
    const line = fc.constantFrom(...lines).map(bytesOf);
    const harmed = fc
      .tuple(line, fc.option(damage, { nil: undefined }))
      .map(([bytes, harm]) => (harm === undefined ? bytes : damaged(bytes, harm)));
    fc.assert(
      fc.property(
        fc.array(harmed, { maxLength: 8 }),
        fc.array(fc.nat(10_000), { maxLength: 12 }),
        (all, cuts) => {
          const bytes = text(all);
          expect(read({ kind }, pieces(bytes, cuts))).toEqual(read({ kind }, [bytes]));
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each(EXAMPLES)('are all accounted for, a thousand damaged ones: $kind', ({ kind, lines }) => {
    const line = fc.constantFrom(...lines).map(bytesOf);
    const harmed = fc
      .tuple(line, fc.array(damage, { minLength: 1, maxLength: 4 }))
      .map(([bytes, harms]) => harms.reduce(damaged, bytes).filter((byte) => byte !== 0x0a));
    const all = fc.sample(harmed, { numRuns: 1000, seed: 6 });
    const { requests, counts } = read({ kind }, [text(all)]);
    expect(counts.lines).toBe(1000);
    expect(counts.requests + counts.skipped + unparsedOf(counts)).toBe(1000);
    expect(requests).toHaveLength(counts.requests);
    for (const { beganMs, status, durationMs = 0 } of requests) {
      expect(Number.isFinite(beganMs) && Number.isFinite(durationMs) && durationMs >= 0).toBe(true);
      expect(status === 0 || (status >= 100 && status <= 999)).toBe(true);
    }
  });

  it.each(KNOWN_FORMATS.map((kind) => ({ kind })))('may be any bytes: $kind', ({ kind }) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const { counts } = read({ kind }, [bytes], 100);
        expect(counts.requests + counts.skipped + unparsedOf(counts)).toBe(counts.lines);
      }),
    );
  });

  it('tell file, line number and reason of the first that were not understood, and count all of them', () => {
    const good = '192.0.2.1 - - [04/Dec/2023:09:00:01 +0000] "GET / HTTP/1.1" 200 5 "-" "-"';
    const bad = good.replace('Dec', 'Foo');
    const { counts } = read({ kind: 'combined' }, [
      bytesOf([good, '', ...Array(30).fill(bad), 'x', good].join('\r\n')),
    ]);
    expect(counts).toMatchObject({ lines: 34, requests: 2, skipped: 1, unparsed: { time: 30, shape: 1 } });
    expect(counts.kept).toHaveLength(21);
    expect(counts.kept[0]).toEqual({ file: 'access.log', line: 3, fault: 'time', text: bad });
    expect(counts.kept.at(-1)).toEqual({ file: 'access.log', line: 33, fault: 'shape', text: 'x' });
  });

  it('that were cut within a text are no requests', () => {
    for (const { kind, lines } of EXAMPLES.filter(
      ({ kind: each }) => each === 'combined' || each === 'alb',
    )) {
      const line = lines[0] ?? '';
      const agent = line.indexOf('"', line.indexOf(kind === 'alb' ? '"curl' : '"Mozilla')) + 3;
      expect(read({ kind }, [bytesOf(line.slice(0, agent))]).counts.unparsed.shape).toBe(1);
    }
  });

  it('that began before 1970 or after 9999 by their own words are no requests', () => {
    const line = (time: string, seconds: string) =>
      `192.0.2.1 - - [${time} +0000] "GET / HTTP/1.1" 200 5 "-" "-" ${seconds}`;
    const lines = [line('01/Jan/1970:00:00:01', '2.000'), line('04/Dec/2023:09:00:01', '999999999999.9')];
    const json = [
      '{"time":"9999-12-31T23:59:60Z","status":200}',
      '{"time":1700000000,"status":200,"duration_ms":1e15}',
    ];
    expect(read({ kind: 'combined-seconds' }, [bytesOf(lines.join('\n'))]).counts.unparsed.time).toBe(2);
    expect(read({ kind: 'json' }, [bytesOf(json.join('\n'))]).counts.unparsed.time).toBe(2);
  });

  it('of more than the longest allowed are counted once, and the next line is read', () => {
    const good = '192.0.2.1 - - [04/Dec/2023:09:00:01 +0000] "GET / HTTP/1.1" 200 5';
    const { counts, requests } = read({ kind: 'common' }, [bytesOf(`${'x'.repeat(3_000_000)}\n${good}\n`)]);
    expect(counts).toMatchObject({ lines: 2, unparsed: { 'too-long': 1 } });
    expect(requests).toMatchObject([{ line: 2, status: 200 }]);
  });

  it('that a file ends within are not trusted when the file was cut off', () => {
    const reader = lineReader({
      file: 'a',
      parser: parserOf({ kind: 'common' }),
      consume: () => expect.fail(),
    });
    reader.push(bytesOf('192.0.2.1 - - [04/Dec/2023:09:00:01 +0000] "GET / HTTP/1.1" 200 5'));
    expect(reader.end(true)).toMatchObject({ lines: 1, requests: 0, unparsed: { 'cut-off': 1 } });
  });

  it('may begin with a byte order mark', () => {
    const { counts } = read({ kind: 'json' }, [bytesOf('\ufeff{"time":1700000000,"status":200}\n')]);
    expect(counts.requests).toBe(1);
  });
});

describe('JSON lines', () => {
  const asObject = (line: string): boolean => {
    try {
      const value: unknown = JSON.parse(line);
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    } catch {
      return false;
    }
  };

  it('are JSON exactly where JSON.parse says so', () => {
    const json = fc.json({ maxDepth: 4 }).map((value) => `{"a":${value}}`);
    const harmed = fc.tuple(json, fc.option(damage, { nil: undefined })).map(([line, harm]) => {
      const bytes = harm === undefined ? bytesOf(line) : damaged(bytesOf(line), harm);
      return new TextDecoder().decode(bytes).replaceAll('\n', ' ').replaceAll('\r', ' ');
    });
    fc.assert(
      fc.property(fc.oneof(json, harmed), (line) => {
        fc.pre(!line.includes('[[[[[[[[') && line.trim() !== '' && !line.startsWith('\ufeff'));
        const { counts } = read({ kind: 'json' }, [bytesOf(line)], 100_000);
        expect(counts.unparsed.json === 0).toBe(asObject(line));
      }),
      { numRuns: 600 },
    );
  });

  it.each(['[', '{"a":', '[{"a":'])('may be nested so deep that a stack would overflow: %s', (opening) => {
    const { counts } = read({ kind: 'json' }, [bytesOf(`{"a":${opening.repeat(30_000)}`)], 250_000);
    expect(counts.unparsed.json).toBe(1);
  });

  it('have their strings as JSON.parse has them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (words) => {
        const line = JSON.stringify({ time: 1_700_000_000, status: 200, user_agent: words });
        const escaped = line.replace(
          /[^\x20-\x7e]/g,
          (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
        );
        fc.pre(words !== '-');
        const [plain] = read({ kind: 'json' }, [bytesOf(line)]).requests;
        const [ascii] = read({ kind: 'json' }, [bytesOf(escaped)]).requests;
        expect(plain?.userAgent).toBe(words.toWellFormed());
        expect(ascii?.userAgent).toBe(words.toWellFormed());
      }),
      { numRuns: 200 },
    );
  });
});
