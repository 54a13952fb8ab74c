import { Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { epochMs, type Language, text } from '#core-values';
import { failUnexpectedly } from './bug.ts';
import type { CliCommandEntry } from './command.ts';
import type { CliContext } from './context.ts';
import { chosenLanguage } from './language.ts';
import { wholeNumber } from './option-values.ts';
import { runProgram } from './program.ts';

/** A context that keeps what is said and how it ends. */
function recorder(language: Language, env: CliContext['env'] = {}) {
  const said = { out: '', err: '', code: 0 };
  const output = (to: 'out' | 'err') => ({
    write: (words: string) => {
      said[to] += words;
    },
    isTerminal: false,
    columns: 80,
  });
  const context: CliContext = {
    env,
    cwd: '/nowhere',
    language,
    stdout: output('out'),
    stderr: output('err'),
    clock: { now: () => epochMs(0) },
    exitWith: (code) => {
      said.code = code;
    },
  };
  return { context, said };
}

const ENTRIES: readonly CliCommandEntry[] = [
  {
    path: ['show'],
    examples: ['sekisho show pln_1'],
    summary: text('Show a plan', 'プランを表示する'),
    load: async () => ({
      configure: (command, context) => {
        command
          .argument('<plan>', 'a plan')
          .option('--limit <n>', 'how many', wholeNumber(context.language, 1, 200), '50')
          .addOption(new Option('--state <state>', 'state').choices(['approved', 'applied']))
          .addOption(new Option('--all', 'all').conflicts('state'))
          .requiredOption('--stack <name>', 'stack')
          .action((plan: string) => context.stdout.write(`shown ${plan}`));
      },
    }),
  },
  {
    path: ['audit', 'verify'],
    summary: text('Verify the log', 'ログを検証する'),
    load: async () => ({ configure: () => undefined }),
  },
];

async function run(words: string, language: Language = 'en') {
  const { context, said } = recorder(language);
  await runProgram(words === '' ? [] : words.split(' '), ENTRIES, context, '1.2.3');
  return said;
}

describe('what commander refuses is said again in the user’s language, with a remedy and exit code 2', () => {
  it.each([
    ['nope', 'usage.unknown-command', '「nope」というコマンドはありません'],
    ['audit verfy', 'usage.unknown-command', '`sekisho audit verify` のことでしょうか'],
    ['show p --stack s --limt 3', 'usage.unknown-option', '--limit のことでしょうか'],
    ['show --stack s', 'usage.missing-argument', '<plan> が必要です'],
    ['show p --stack', 'usage.missing-value', '値が必要です'],
    ['show p', 'usage.missing-option', '--stack <name> の指定が必要です'],
    ['show a b --stack s', 'usage.too-many-arguments', '2 個指定されました: a, b'],
    ['show p --state aproved', 'usage.bad-value', 'approved のことでしょうか'],
    ['show p --stack s --all --state applied', 'usage.conflicting-options', '同時に指定できません'],
    ['show p --limit abc', 'usage.bad-value', '1 から 200 までの整数'],
    ['show p --limit 0', 'usage.bad-value', '1 から 200 までの整数'],
    ['show p --limit -1', 'usage.bad-value', '1 から 200 までの整数'],
    ['show p --limit 1.5', 'usage.bad-value', '1 から 200 までの整数'],
    ['show p --limit 201', 'usage.bad-value', '1 から 200 までの整数'],
  ])('sekisho %s: %s', async (words, rule, japanese) => {
    const english = await run(words, 'en');
    expect(english).toMatchObject({ code: 2, out: '' });
    expect(english.err).toContain(`[${rule}]`);
    expect(english.err).toMatch(/→ .*`sekisho.* --help` tells what it takes/);
    const said = await run(words, 'ja');
    expect(said.err).toContain(`[${rule}]`);
    expect(said.err).toContain(japanese);
    expect(said.err).not.toMatch(/error:|unknown (?:option|command)|missing |invalid/);
  });

  it('shows nothing of what was typed that could steer the terminal', async () => {
    const said = await run('sh\u001b[31mow');
    expect(said.err).not.toContain('\u001b');
    expect(said.err).toContain('\\x1b');
  });
});

describe('help', () => {
  it('of the whole tells exit codes and environment, in both languages', async () => {
    const [english, japanese] = [await run('--help'), await run('--help', 'ja')];
    for (const { out, code } of [english, japanese]) {
      expect(code).toBe(0);
      for (const name of ['SEKISHO_URL', 'SEKISHO_SSH_KEY', 'SEKISHO_LANG', '--lang', ' 130 ']) {
        expect(out).toContain(name);
      }
    }
    expect(english.out).toContain('Exit codes:');
    expect(japanese.out).toContain('終了コード:');
    expect(japanese.out).not.toMatch(/Usage|Options|options|default/);
  });

  it('of a group without a command ends with exit code 2, as nothing was done', async () => {
    const said = await run('audit');
    expect(said.code).toBe(2);
    expect(said.err).toContain('sekisho audit [options] [command]');
  });

  it('ends with examples where a command has some', async () => {
    const [english, japanese] = [await run('show --help'), await run('show --help', 'ja')];
    expect(english.out).toContain('Examples:\n  $ sekisho show pln_1\n');
    expect(japanese.out).toContain('例:\n  $ sekisho show pln_1\n');
  });

  it.each(['help show', 'show --help'])('is found by `%s`', async (words) => {
    expect(await run(words)).toMatchObject({ code: 0, out: expect.stringContaining('sekisho show') });
  });

  it.each(['help nope', 'nope --help', 'audit nope -h'])(
    'of what does not exist is refused: `%s`',
    async (words) => {
      const said = await run(words);
      expect(said.code).toBe(2);
      expect(said.err).toContain('[usage.unknown-command]');
    },
  );
});

describe('the language', () => {
  it.each([
    [['--lang', 'ja', 'plans'], {}, 'ja', ['plans']],
    [['plans', '--lang=ja'], { SEKISHO_LANG: 'en' }, 'ja', ['plans']],
    [['plans'], { SEKISHO_LANG: 'ja', LANG: 'en_US.UTF-8' }, 'ja', ['plans']],
    [['plans'], { LANG: 'ja_JP.UTF-8' }, 'ja', ['plans']],
    [['plans'], { LC_ALL: 'C', LANG: 'ja_JP.UTF-8' }, 'en', ['plans']],
    [['plans'], { LC_ALL: '', LANG: 'ja_JP.UTF-8' }, 'ja', ['plans']],
    [['exec', '--', 'tool', '--lang', 'fr'], {}, 'en', ['exec', '--', 'tool', '--lang', 'fr']],
  ])('of %j with %j is %s', (argv, env, language, rest) => {
    expect(chosenLanguage(argv, env)).toEqual({ ok: true, value: { language, rest } });
  });

  it.each([[['--lang', 'fr']], [['--lang']], [['--lang=']], [['--lang', '--', 'ja']]])(
    'is refused when asked for and not spoken: %j',
    (argv) => {
      const chosen = chosenLanguage(argv, {});
      expect(chosen.ok ? undefined : chosen.error.reasons[0].rule).toBe('usage.unknown-language');
    },
  );
});

describe('an error that nobody expected', () => {
  const token = `ghp_${'a'.repeat(36)}`;
  const error = new Error(`broke with ${token}\nsecond line`);

  it('is told in a line, without its trace and without secrets, and ends with 4', async () => {
    const { context, said } = recorder('ja');
    await failUnexpectedly(context, error, '1.2.3');
    expect(said.code).toBe(4);
    expect(said.err).toContain('Sekisho 1.2.3 で想定外のエラーが発生しました');
    expect(said.err).not.toMatch(/\n\s+at |second line/);
    expect(said.err).not.toContain(token);
  });

  it('shows its trace, masked, when asked to', async () => {
    const { context, said } = recorder('en', { SEKISHO_DEBUG: '1' });
    await failUnexpectedly(context, error, '1.2.3');
    expect(said.err).toMatch(/\n\s+at /);
    expect(said.err).not.toContain(token);
  });
});
