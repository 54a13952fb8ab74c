import { describe, expect, it } from 'vitest';
import { parsePathGlob } from './path-glob.ts';

describe('a glob of files', () => {
  it.each([
    ...['shared/**', 'environments/*.tfvars', '**/*.rego', '.terraform-version', '*', '**', 'a*b*/c'],
    ...['modules/queue', '共有/ポリシー.json', 'with space/x'],
  ])('is %s', (glob) => {
    expect(parsePathGlob(glob)).toBe(glob);
  });

  it.each([
    ...[
      '',
      '/shared',
      'shared/',
      'a//b',
      '../shared',
      'a/../b',
      './a',
      '.',
      'a**',
      '**a',
      'a/***',
      'a?',
      '[ab]',
      '{a,b}',
    ],
    ...['!a', 'a\\b', 'a\nb', 'a'.repeat(256), '\u0024{x}'],
  ])('is not %j', (glob) => {
    expect(parsePathGlob(glob)).toBeUndefined();
  });

  it('is told from another in no time, however many wildcards it has', () => {
    expect(parsePathGlob(`${'a*'.repeat(100)}\u0000`)).toBeUndefined();
  });
});
