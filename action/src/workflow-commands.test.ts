import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commandIn } from '../../demo/stand-ins/github-runner/commands.ts';
import { harmless, masks, workflowCommand } from './workflow-commands.ts';

const words = fc.string({ unit: 'binary', maxLength: 60 });

test('What the runner reads of a command is what was said, whatever is in it', () => {
  fc.assert(
    fc.property(words, words, words, (data, title, file) => {
      const line = workflowCommand('error', data, { title, file, line: 3, none: undefined });
      expect(line.slice(0, -1)).not.toMatch(/[\r\n]/);
      expect(commandIn(line.slice(0, -1))).toMatchObject({
        name: 'error',
        data,
        properties: { title, file, line: '3' },
      });
    }),
  );
});

const piece = fc.constantFrom(
  '::',
  ':',
  '##[',
  '##',
  '[',
  ']',
  'error',
  'add-mask',
  'stop-commands',
  ' ',
  '\t',
  '\u3000',
  '\u0085',
  '│',
  'x',
  '#',
);

test('No line of somebody else’s is a command', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      expect(commandIn(harmless(pieces.join('')))).toBeUndefined();
    }),
    { numRuns: 3_000 },
  );
});

test('Words that are no command stay as they are', () => {
  for (const line of ['arn:aws:s3:::bucket', 'a::b', '# [x]', 'Plan: 1 to add'])
    expect(harmless(line)).toBe(line);
});

test('A secret of several lines is masked as a whole and line by line', () => {
  const lines = masks('one%\r\ntwo\n\n').trimEnd().split('\n');
  expect(lines.map((line) => commandIn(line)?.data)).toEqual(['one%\r\ntwo\n\n', 'one%', 'two']);
});
