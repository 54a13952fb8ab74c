import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readComment, VERBS } from './command.ts';

const ruleOf = (body: string): string => {
  const read = readComment(body);
  return read.kind === 'refused' ? read.reason.rule : read.kind;
};
const commandOf = (body: string) => {
  const read = readComment(body);
  return read.kind === 'command' ? read.command : read;
};

test('every verb is read with a stack, with all, and with neither', () => {
  for (const verb of VERBS.filter((one) => one !== 'help')) {
    expect(commandOf(`/sekisho ${verb}`)).toEqual({ verb });
    expect(commandOf(`/sekisho ${verb} all`)).toEqual({ verb, target: 'all' });
    expect(commandOf(`/sekisho  ${verb}\tshop-production  `)).toEqual({ verb, target: 'shop-production' });
  }
  expect(commandOf('/sekisho')).toEqual({ verb: 'help' });
  expect(commandOf('/sekisho help')).toEqual({ verb: 'help' });
});

test('a reason stands in quotation marks, also those that a telephone writes', () => {
  expect(commandOf('/sekisho unlock shop --reason "the release waits"')).toEqual({
    verb: 'unlock',
    target: 'shop',
    reason: 'the release waits',
  });
  expect(commandOf('/sekisho reject shop --reason “急ぎのため”')).toMatchObject({ reason: '急ぎのため' });
  expect(commandOf('/sekisho reject --reason "no" shop')).toMatchObject({ target: 'shop', reason: 'no' });
});

test('words after the first line belong to people', () => {
  expect(commandOf('/sekisho plan shop\n\nbecause the image changed')).toEqual({
    verb: 'plan',
    target: 'shop',
  });
  expect(commandOf('/sekisho plan shop\r\nbecause')).toEqual({ verb: 'plan', target: 'shop' });
});

test('what is quoted, in code or merely talked about is no command', () => {
  for (const body of [
    '',
    'Use `/sekisho apply` when ready',
    '> /sekisho apply',
    '> > /sekisho apply all',
    '```\n/sekisho apply\n```',
    '~~~sh\n/sekisho apply\n~~~\nfine',
    '````\n```\n/sekisho apply\n```\n````',
    '```\n/sekisho apply',
    '    /sekisho apply',
    '\t/sekisho apply',
    '- /sekisho apply',
    '/sekishow apply',
    'x /sekisho apply',
  ])
    expect(readComment(body), body).toEqual({ kind: 'none' });
});

test('what is no command exactly is refused with what to write', () => {
  expect(ruleOf('/sekisho aply shop')).toBe('command.unknown');
  expect(ruleOf('/sekisho Apply shop')).toBe('command.unknown');
  expect(ruleOf('/sekisho apply shop stage')).toBe('command.target');
  expect(ruleOf('/sekisho apply Shop')).toBe('command.target');
  expect(ruleOf('/sekisho help shop')).toBe('command.target');
  expect(ruleOf('/sekisho apply "shop"')).toBe('command.target');
  expect(ruleOf('/sekisho apply --force')).toBe('command.option');
  expect(ruleOf('/sekisho plan shop --reason "x"')).toBe('command.reason-not-taken');
  expect(ruleOf('/sekisho unlock shop --reason x')).toBe('command.reason');
  expect(ruleOf('/sekisho unlock shop --reason "  "')).toBe('command.reason');
  expect(ruleOf('/sekisho unlock shop --reason "a" --reason "b"')).toBe('command.reason');
  expect(ruleOf('/sekisho unlock shop --reason "a')).toBe('command.quotes');
  expect(ruleOf('/sekisho unlock shop --reason="a"')).toBe('command.quotes');
});

test('a slip of the finger gets the word that was probably meant', () => {
  for (const [typed, word] of [
    ['aply', 'apply'],
    ['aprove', 'approve'],
    ['Plan', 'plan'],
    ['explian', 'explain'],
  ] as const) {
    const read = readComment(`/sekisho ${typed}`);
    expect(read.kind === 'refused' && read.reason.remedy.en).toContain(`Did you mean ${word}?`);
  }
});

test('several commands in one comment are refused, and so is one that does not come first', () => {
  expect(ruleOf('/sekisho plan a\n/sekisho plan b')).toBe('command.several');
  expect(ruleOf('/sekisho plan a\ntext\n```\n/sekisho apply\n```')).toBe('command');
  expect(ruleOf('LGTM\n/sekisho apply')).toBe('command.not-first');
  expect(ruleOf('\n/sekisho apply')).toBe('command.not-first');
});

test('whatever anybody writes is read without a fault, and only the grammar gives a command', () => {
  const bodies = fc.oneof(
    fc.string(),
    fc
      .array(
        fc.constantFrom(
          '/sekisho',
          ' ',
          '\n',
          'apply',
          'all',
          'shop',
          '--reason',
          '"x"',
          '"',
          '```',
          '>',
          '-',
          '\t',
          '“y”',
        ),
        { maxLength: 10 },
      )
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(bodies, (body) => {
      const read = readComment(body);
      if (read.kind !== 'command') return;
      expect(body).toMatch(/^ {0,3}\/sekisho(?:\s|$)/);
      expect(VERBS).toContain(read.command.verb);
      if (read.command.target !== undefined) expect(body).toContain(read.command.target);
    }),
    { numRuns: 2_000 },
  );
});

test('every command written by the grammar is read back as it was meant', () => {
  const names = fc.stringMatching(/^[a-z][a-z0-9]{0,10}$/);
  fc.assert(
    fc.property(
      fc.constantFrom('approve', 'reject', 'apply', 'cancel', 'unlock'),
      names,
      fc.stringMatching(/^[^"“”\p{Cc}\s][^"“”\p{Cc}]{0,40}$/u),
      (verb, target, reason) => {
        expect(commandOf(`/sekisho ${verb} ${target} --reason "${reason}"`)).toEqual({
          verb,
          target,
          reason: reason.trim(),
        });
      },
    ),
  );
});
