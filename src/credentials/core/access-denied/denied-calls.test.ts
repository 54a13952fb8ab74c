import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deniedCallsOf } from './denied-call.ts';
import { diagnosticReader } from './diagnostics.ts';

const FOLDER = join(import.meta.dirname, 'cases');
const cases = readdirSync(FOLDER);
const outputOf = (name: string): string => readFileSync(join(FOLDER, name, 'output.txt'), 'utf8');

function read(...pieces: readonly string[]) {
  const reader = diagnosticReader();
  for (const piece of pieces) reader.read(piece);
  return deniedCallsOf(reader.end());
}

test.each(cases)('The refused calls in %s are those that stand beside it', (name) => {
  const expected = JSON.parse(readFileSync(join(FOLDER, name, 'expected.json'), 'utf8'));
  expect(read(outputOf(name))).toEqual(expected.denied);
});

test('Plain, coloured and JSON output of one failed apply tell of the same calls', () => {
  const [plain, coloured, json] = ['plain', 'coloured', 'json'].map((name) =>
    read(outputOf(name))
      .map((call) => JSON.stringify(call))
      .toSorted(),
  );
  expect(coloured).toEqual(plain);
  expect(json).toEqual(plain);
});

test('It does not matter in which pieces the output comes', () => {
  fc.assert(
    fc.property(fc.constantFrom(...cases), fc.array(fc.nat(20_000), { maxLength: 30 }), (name, cuts) => {
      const output = outputOf(name);
      const at = [0, ...cuts.map((cut) => cut % output.length), output.length].toSorted((a, b) => a - b);
      expect(read(...at.slice(1).map((end, index) => output.slice(at[index], end)))).toEqual(read(output));
    }),
    { numRuns: 30 },
  );
});

const piece = fc.oneof(
  fc.constantFrom(
    ...['Error: ', '\n', '╷\n│ ', '  with a.b,\n', 'not authorized to perform: ', 'sns:CreateTopic', '"'],
    ...[
      ' on resource: ',
      ' because no session policy allows',
      ' with an explicit deny in a ',
      'AccessDenied: ',
    ],
    ...['operation error S3: PutBucketTagging, ', '{"@level":"error","type":"diagnostic"', '\u001b[31m'],
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

test('Whatever is printed, what is reported is visible, small, and of actions that AWS has', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const calls = read('\nError: ', ...pieces);
      expect(calls.length).toBeLessThanOrEqual(20);
      expect(JSON.stringify(calls).length).toBeLessThan(20_000);
      for (const { action = 'sns:CreateTopic', resource = '', address = '' } of calls) {
        expect(action).toMatch(/^[a-z0-9-]+:[A-Za-z0-9]+$/);
        expect(resource + address).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }
    }),
  );
});

test('Output without end is read in bounded time and space', () => {
  const reader = diagnosticReader();
  const sentence = 'Error: not authorized to perform: sns:CreateTopic on resource: ';
  for (let count = 0; count < 5_000; count += 1) reader.read(`${sentence}${'x'.repeat(count % 100)}`);
  for (let count = 0; count < 20_000; count += 1) reader.read(`\n${sentence}arn:aws:sns:::${count}`);
  const diagnostics = reader.end();
  expect(diagnostics.length).toBe(200);
  expect(deniedCallsOf(diagnostics).length).toBe(20);
});
