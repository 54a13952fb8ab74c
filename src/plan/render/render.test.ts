import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plain } from '../core/markdown-text.ts';
import { type CompactPlan, planOf } from '../core/review/compact-plan.ts';
import { review } from '../core/review/review.ts';
import { cutTo, visible, widthOf, wrap } from '../core/visible-text.ts';
import { renderJson } from './json.ts';
import { renderMarkdown } from './markdown.ts';
import { renderText } from './text.ts';

const text = (compact: CompactPlan, options = {}): string => {
  const plan = planOf(compact);
  return renderText(plan, review(plan, {}), { language: 'en', width: 100, ...options });
};
const markdown = (compact: CompactPlan, options = {}): string => {
  const plan = planOf(compact);
  return renderMarkdown(plan, review(plan, {}), { language: 'en', ...options });
};
const updated = (before: unknown, after: unknown, more = {}): CompactPlan => ({
  changes: [{ address: 'aws_x.a', action: 'update', before, after, ...more }],
});

describe('text', () => {
  it('tells first how bad it is and how much changes', () => {
    const shown = text({
      changes: [{ address: 'aws_db_instance.main', action: 'delete', before: { id: 'a' } }],
    });
    expect(shown.split('\n').slice(0, 2)).toEqual([
      '✗ Dangerous: understand every critical finding before this is applied',
      '  1 to delete  ·  1 critical',
    ]);
    expect(shown).toContain('aws_db_instance.main  aws_db_instance is deleted, with what it holds');
    expect(shown).toContain('→ Make sure a backup exists');
  });

  it('says so when there is nothing to do', () => {
    expect(text({})).toContain('✓ Nothing to do');
    expect(text({}, { language: 'ja' })).toContain('変更はありません');
  });

  it('aligns what changes, and marks what forces a replacement', () => {
    const shown = text({
      changes: [
        {
          address: 'aws_lambda_function.f',
          action: 'replace',
          replaceOrder: 'delete-first',
          before: { function_name: 'a', memory_size: 128 },
          after: { function_name: 'b', memory_size: 256 },
          replacePaths: ['/function_name'],
        },
      ],
    });
    expect(shown).toContain('± aws_lambda_function.f  (destroy, then create)');
    expect(shown).toContain('~ function_name  "a" → "b"  ← forces replacement');
    expect(shown).toContain('~ memory_size    128 → 256\n');
  });

  it('compares policies by structure, not by their spelling', () => {
    const shown = text(
      updated(
        { policy: '{"Statement":[{"Effect":"Allow","Action":["a","b"]}]}' },
        { policy: '{ "Statement": [ { "Action": ["b", "c"], "Effect": "Allow" } ] }' },
      ),
    );
    expect(shown).toContain('- policy » Statement[0].Action[]  "a"');
    expect(shown).toContain('+ policy » Statement[0].Action[]  "c"');
    expect(shown).not.toContain('Effect');
  });

  it('shows of long texts only the lines that change', () => {
    const script = (word: string): string => ['#!/bin/sh', 'set -e', `echo ${word}`, 'exit'].join('\n');
    const shown = text(updated({ user_data: script('one') }, { user_data: script('two') }));
    expect(shown).toContain('- user_data:3  echo one');
    expect(shown).toContain('+ user_data:3  echo two');
    expect(shown).not.toContain('set -e');
  });

  it('tells that a sensitive value changes, and nothing else of it', () => {
    const shown = text(
      updated({ password: 'canary-a' }, { password: 'canary-b' }, { sensitive: ['/password'] }),
    );
    expect(shown).toContain('~ password  (sensitive value) → (sensitive value, changed)');
    expect(shown).not.toContain('canary');
    const same = text(
      updated({ password: 'canary-a', x: 1 }, { password: 'canary-a', x: 2 }, { sensitive: ['/password'] }),
    );
    expect(same).not.toContain('password');
  });

  it('tells of each hidden value that changes by its own path, beside what may be seen', () => {
    const environment = (secret: string, level: string) => ({
      environment: [{ variables: { TOKEN: secret, LEVEL: level } }],
    });
    const plan = updated(environment('canary-a', 'info'), environment('canary-b', 'debug'), {
      sensitive: ['/environment/0/variables/TOKEN'],
    });
    const shown = text(plan);
    expect(shown).toContain('environment[0].variables.LEVEL');
    expect(shown).toContain('environment[0].variables.TOKEN');
    expect(shown).toContain('(sensitive value, changed)');
    const json = JSON.parse(renderJson(planOf(plan), [], 'en'));
    expect(json.changes[0].changedSensitivePaths).toEqual(['/environment/0/variables/TOKEN']);
    expect(JSON.stringify(json)).not.toContain('canary');
    const same = updated(environment('canary-a', 'info'), environment('canary-a', 'debug'), {
      sensitive: ['/environment/0/variables/TOKEN'],
    });
    expect(JSON.parse(renderJson(planOf(same), [], 'en')).changes[0]).not.toHaveProperty(
      'changedSensitivePaths',
    );
  });

  it('tells which object goes away', () => {
    const shown = text({
      changes: [
        {
          address: 'aws_sqs_queue.q',
          action: 'delete',
          before: { id: 'https://sqs/q', name: 'q', delay_seconds: 3 },
        },
      ],
    });
    expect(shown).toContain('- id    "https://sqs/q"');
    expect(shown).toContain('- name  "q"');
    expect(shown).not.toContain('delay_seconds');
  });

  it('elides long lists and says how many, unless all are asked for', () => {
    const changes = Array.from({ length: 5_000 }, (_, index) => ({
      address: `aws_sqs_queue.q[${index}]`,
      action: 'create' as const,
      after: { name: `q${index}` },
    }));
    const short = text({ changes });
    expect(short.split('\n').length).toBeLessThan(80);
    expect(short).toContain('… and 4988 more (--all shows them)');
    expect(short.indexOf('q[2]')).toBeLessThan(short.indexOf('q[10]'));
    expect(text({ changes }, { all: true })).toContain('aws_sqs_queue.q[4999]');
  });

  it('colours only when asked to', () => {
    const plan: CompactPlan = { changes: [{ address: 'aws_db_instance.a', action: 'delete', before: {} }] };
    expect(text(plan)).not.toContain('\u001b');
    expect(text(plan, { colors: true })).toContain('\u001b[31m');
  });

  it('says that plan JSON is only a description', () => {
    expect(text({ kind: 'plan-json' }, { width: 160 })).toContain('never be approved or granted');
    expect(text({ kind: 'plan-json' }, { language: 'ja', width: 160 })).toContain(
      '承認やグラントの発行には使えません',
    );
    expect(markdown({ kind: 'plan-json' })).toContain('never be approved or granted');
  });
});

/** Places in a plan where somebody else's words are. */
const hostile = (words: string): CompactPlan => ({
  terraform: { version: words, targets: [words] },
  changes: [
    {
      address: `aws_x.a["${words}"]`,
      previousAddress: words,
      action: 'update',
      before: { [words]: 'x', b: 'y' },
      after: { [words]: words, b: words },
    },
    { address: 'aws_x.b', action: 'delete', before: {}, reason: words, deposed: words },
    {
      address: 'aws_iam_role_policy_attachment.c',
      action: 'create',
      after: { policy_arn: words },
      importing: { id: words },
    },
  ],
  drift: [{ address: 'aws_x.d', action: 'update', before: { a: words }, after: { a: `${words}2` } }],
  outputs: [{ name: words, action: 'create', sensitive: false, after: words }],
  checks: [{ address: words, kind: 'check', status: 'fail', messages: [words] }],
});

describe('values written by somebody else', () => {
  it('cannot write on the terminal', () => {
    const ranges = [
      [0, 0x1f],
      [0x7f, 0x9f],
      [0x61c, 0x61c],
      [0x200b, 0x200f],
      [0x2028, 0x202e],
      [0x2066, 0x2069],
    ] as const;
    const character = fc
      .oneof(...ranges.map(([min, max]) => fc.integer({ min, max })))
      .map((code) => String.fromCodePoint(code));
    const evil = fc
      .array(character, { minLength: 1, maxLength: 12 })
      .map((characters) => characters.join('a'));
    fc.assert(
      fc.property(evil, (words) => {
        expect(text(hostile(words))).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\u2028\u2029]/u);
        expect(markdown(hostile(words))).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\u2028\u2029]/u);
      }),
      { numRuns: 60 },
    );
  });

  it('are written out, so that a reader sees what is there', () => {
    expect(visible('a\u001b[31m\u202Eb\n\u{E0041}')).toBe('a\\x1b[31m\\u{202e}b\\n\\u{e0041}');
    expect(visible('日本語 🗻 é')).toBe('日本語 🗻 é');
  });

  it('cannot end a code block of Markdown', () => {
    const shown = markdown(hostile('x\n```\n# out\n````` </details>'));
    for (const block of shown.split('\n').filter((line) => /^`{3,}$/.test(line)))
      expect(block.length).toBeGreaterThan(5);
    expect(shown).not.toMatch(/^# out/m);
  });

  it('cannot mention, link or add HTML outside of code', () => {
    const shown = plain(
      '@team <img src=x> [a](https://evil.example) #12 GH-12 www.evil.example **b** `c` | ![i](u)',
    );
    expect(shown).not.toMatch(/@\w/);
    expect(shown).not.toMatch(/#\d/);
    expect(shown).not.toContain('<img');
    expect(shown).not.toContain('://');
    expect(shown).not.toMatch(/www\./);
    expect(shown).not.toMatch(/(?<!\\)[[\]`*|()]/);
    expect(shown).not.toMatch(/GH\\?-\d/);
  });

  it('addresses with backticks stay within their code span', () => {
    const shown = markdown({
      changes: [{ address: 'aws_sqs_queue.a["``x` @team"]', action: 'delete', before: {} }],
    });
    expect(shown).toContain('```aws_sqs_queue.a["``x` @team"]```');
  });
});

describe('markdown', () => {
  const many: CompactPlan = {
    changes: Array.from({ length: 400 }, (_, index) => ({
      address: `aws_db_instance.d[${index}]`,
      action: 'delete' as const,
      before: { id: 'x' },
    })),
  };

  it.each([1_500, 4_000, 20_000, 65_536])(
    'is never longer than %i characters, and says what was cut',
    (maxLength) => {
      const shown = markdown(many, { maxLength });
      expect(shown.length).toBeLessThanOrEqual(maxLength);
      const cut = /\*\*Cut for length:\*\* (\d+) findings and (\d+) changes/.exec(shown);
      const plan = planOf(many);
      const kept = shown.match(/^- /gm)?.length ?? 0;
      expect(kept + Number(cut?.[1] ?? 0)).toBe(review(plan, {}).length);
      expect(shown.match(/<details>/g)?.length).toBe(shown.match(/<\/details>/g)?.length);
    },
  );

  it('cuts nothing that fits', () => {
    expect(
      markdown({ changes: [{ address: 'aws_sqs_queue.a', action: 'create', after: { name: 'a' } }] }),
    ).toContain('```diff\n+ name = "a"\n```');
  });
});

describe('no renderer shows a sensitive value', () => {
  const canaries: CompactPlan = {
    changes: ['create', 'update', 'replace', 'delete', 'forget'].map((action, index) => ({
      address: `aws_x.a${index}`,
      action:
        action === 'create' || action === 'update' || action === 'replace' || action === 'delete'
          ? action
          : 'forget',
      before:
        action === 'create' ? null : { deep: [{ secret: 'canary-before' }], json: '{"a":"canary-before"}' },
      after:
        action === 'delete' ? null : { deep: [{ secret: 'canary-after' }], json: '{"a":"canary-after"}' },
      sensitive: ['/deep/0/secret', '/json'],
    })),
    drift: [
      {
        address: 'aws_x.d',
        action: 'update',
        before: { p: 'canary-b' },
        after: { p: 'canary-c' },
        sensitive: ['/p'],
      },
    ],
    outputs: [{ name: 'o', action: 'create', sensitive: true, after: 'canary-output' }],
    variables: { token: 'canary-variable' },
    backend: { type: 's3', config: { secret_key: 'canary-backend' } },
  };

  it('as text, Markdown or JSON', () => {
    const plan = planOf(canaries);
    const findings = review(plan, {});
    for (const language of ['en', 'ja'] as const) {
      expect(renderText(plan, findings, { language, all: true, width: 160 })).not.toContain('canary');
      expect(renderMarkdown(plan, findings, { language })).not.toContain('canary');
      expect(renderJson(plan, findings, language)).not.toContain('canary');
    }
  });
});

describe('widths', () => {
  it('Japanese takes two columns a character', () => {
    expect(widthOf('日本a')).toBe(5);
    expect(widthOf(cutTo('日本語日本語', 6))).toBeLessThanOrEqual(6);
  });

  it('wrapped lines fit and lose nothing but spaces', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z 日本語、。]{0,80}$/),
        fc.integer({ min: 12, max: 60 }),
        (words, width) => {
          const lines = wrap(words, width);
          expect(lines.join('').replaceAll(' ', '')).toBe(words.replaceAll(' ', ''));
        },
      ),
    );
  });
});
