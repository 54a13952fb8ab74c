import { expect, test } from 'vitest';
import { terraformErrors } from './terraform-errors.ts';

function read(output: string, directory = '/w/stacks/shop') {
  const errors = terraformErrors({ workspace: '/w', directory });
  for (const line of output.split('\n')) errors.hear(line);
  return errors.end();
}

test('An error stands at its file and line, plain or framed, and warnings are none', () => {
  const plain =
    'Warning: Old\n\n  on main.tf line 1:\n\nError: New\n\n  with a.b,\n  on ../../modules/queue/main.tf line 7, in resource "a" "b":\n   7: x\n\nBecause.\n';
  const framed = plain
    .split('\n')
    .map((line) => `│ ${line}`)
    .join('\n');
  const expected = { title: 'Error: New', file: 'modules/queue/main.tf', line: 7 };
  expect(read(plain)).toEqual([{ ...expected, message: expect.stringContaining('Because.') }]);
  expect(read(`╷\n${framed}\n╵\nApply failed`)).toEqual([
    { ...expected, message: expect.not.stringContaining('Apply failed') },
  ]);
});

test.each([
  ['a module that was fetched', 'on .terraform/modules/x/main.tf line 3:'],
  ['a file outside of the checkout', 'on ../../../etc/passwd line 3:'],
  ['no file', 'with aws_sns_topic.a,'],
])('An error in %s has no place', (_, place) => {
  expect(read(`Error: No\n\n  ${place}\n`)).toEqual([
    { title: 'Error: No', message: expect.stringContaining(place) },
  ]);
});

test('There are never more than GitHub shows, and none without end', () => {
  const many = Array.from({ length: 50 }, (_, at) => `Error: ${at}\n${'x\n'.repeat(500)}`).join('');
  const errors = read(many);
  expect(errors).toHaveLength(9);
  for (const { message } of errors) expect(message.length).toBeLessThanOrEqual(2_000);
});
