import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadConfigurationFile } from '#accounts';
import type { CliContext } from '../context.ts';
import { runCommand, type Said } from '../testing.ts';
import { initWith } from './init.ts';
import type { Prompter } from './prompter.ts';

const CASE = join(import.meta.dirname, 'cases', 'three-stacks');
const HANAKO = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAII4DW8+Yy/V4bp7e856zzh6tX3xUM5M9v2cCvuwDcnvi hanako';
const YUKI = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP0bgLIGeJxpDmkwLPLB+ALQkzr7tEkN8EGx3/abDXnB yuki';
const SOURCE = 'shop/sekisho@0123456789abcdef0123456789abcdef01234567';
const SERVER_ROLE = 'arn:aws:iam::333333333333:role/sekisho-server';

const world = mkdtempSync(join(tmpdir(), 'sekisho-init-'));
afterAll(() => rmSync(world, { recursive: true }));
writeFileSync(join(world, 'hanako.pub'), `${HANAKO}\n`);
writeFileSync(join(world, 'yuki.pub'), `${YUKI}\n`);

let root = '';
let number = 0;
beforeEach(() => {
  number += 1;
  root = join(world, String(number));
  cpSync(join(CASE, 'repository'), root, { recursive: true });
  execFileSync('git', ['init', '-q', '-b', 'main', root]);
  execFileSync('git', ['-C', root, 'remote', 'add', 'origin', 'git@github.com:shop/infra.git']);
});

/** What GitHub tells of the shop. */
const IDS: Readonly<Record<string, unknown>> = {
  '/repos/shop/infra': { id: 700100, owner: { id: 900 } },
  '/users/hanako': { id: 1002 },
  '/users/yuki': { id: 1003 },
};
const asked: { url: string; authorization: string | null }[] = [];
const github: typeof fetch = async (input, init) => {
  const url = new URL(String(input));
  asked.push({ url: url.href, authorization: new Headers(init?.headers).get('authorization') });
  const found = IDS[url.pathname.replace('/api/v3', '')];
  return found === undefined ? new Response('', { status: 404 }) : Response.json(found);
};
const silent: typeof fetch = async () => new Response('', { status: 503 });

/** Answers questions by words in them; Ctrl-C at the one that it does not know. */
function person(answers: Readonly<Record<string, string>>): { prompter: Prompter; questions: string[] } {
  const questions: string[] = [];
  const say = (message: string, suggestion?: string): string | undefined => {
    questions.push(message);
    const found = Object.entries(answers).find(([words]) => message.includes(words))?.[1];
    return found === '' ? suggestion : found;
  };
  return {
    questions,
    prompter: {
      text: async ({ message, suggestion, fault }) => {
        const answer = say(message, suggestion);
        if (answer !== undefined) expect(fault(answer)).toBeUndefined();
        return answer;
      },
      select: async ({ message, suggestion }) => say(message, suggestion),
      confirm: async ({ message }) => {
        const answer = say(message);
        return answer === undefined ? undefined : answer === 'yes';
      },
    },
  };
}

const PRESS_RETURN = {
  'protected branch': '',
  'What is account': '',
  'organization called': '',
  'Under which address': 'https://sekisho.shop.example',
  'How does the server': '',
  'ARN of the server': SERVER_ROLE,
  'How do you want': '',
  'Must roles': '',
  'Where is your copy': SOURCE,
  'Who approves': 'hanako, yuki',
  'key with which hanako': HANAKO,
  'key with which yuki': '',
  'Name of their team': '',
  'Write ': 'yes',
};

interface Given {
  readonly prompter?: Prompter;
  readonly fetch?: typeof fetch;
  readonly env?: CliContext['env'];
  readonly language?: 'en' | 'ja';
}

const init = (
  argv: readonly string[],
  { prompter, fetch: ask = silent, env = {}, language = 'en' }: Given = {},
): Promise<Said> =>
  runCommand(
    initWith({
      fetch: ask,
      keyboard: () => {
        if (prompter === undefined) throw new Error('nobody is there');
        return prompter;
      },
    }),
    argv,
    {
      cwd: root,
      language,
      env: { PATH: process.env.PATH, ...env },
      ...(prompter !== undefined && { ask: async () => '' }),
    },
  );

const FLAGS = [
  ...['--yes', '--branch', 'main', '--repository-id', '700100', '--owner-id', '900'],
  ...['--server', 'https://sekisho.shop.example', '--server-role', SERVER_ROLE, '--source', SOURCE],
  ...['--person', 'hanako=1002', '--person', 'yuki=1003'],
  ...['--key', 'hanako=../hanako.pub', '--key', 'yuki=../yuki.pub'],
];

const written = (folder = root): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter(
      (path) => !path.startsWith('.git/') && !path.startsWith('stacks/') && !path.startsWith('modules/'),
    )
    .toSorted();

describe('sekisho init, by flags alone', () => {
  it('writes what the golden folder holds, which config check takes', async () => {
    const said = await init(FLAGS);
    expect(said.err).toBe('');
    expect(said.exit).toBe(0);
    const expected = join(CASE, 'expected');
    const golden = readdirSync(expected, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(golden.length).toBeGreaterThan(5);
    for (const entry of golden) {
      const path = join(entry.parentPath, entry.name).slice(expected.length + 1);
      expect([path, readFileSync(join(root, path), 'utf8')]).toEqual([
        path,
        readFileSync(join(expected, path), 'utf8'),
      ]);
    }
    const configuration = await loadConfigurationFile(join(root, 'sekisho/sekisho.yaml'));
    expect(configuration).toMatchObject({ ok: true });
  });

  it('says three next steps', async () => {
    const { out } = await init(FLAGS);
    expect(out.split('Next\n')[1]?.match(/^\d\. /gm)).toEqual(['1. ', '2. ', '3. ']);
  });

  it('names every answer that is missing, and the flag for it, and writes nothing', async () => {
    const said = await init([]);
    expect(said.exit).toBe(2);
    expect(said.err).toContain('Give --server URL');
    expect(said.err).toContain('Give --account 222222222222=NAME:ENVIRONMENT');
    expect(said.err.match(/init\.answer-missing/g)?.length).toBeGreaterThan(10);
    expect(written()).toEqual([]);
  });

  it('shows a file that is there and differs, and leaves it unless told to replace it', async () => {
    await init(FLAGS);
    const file = join(root, '.github/workflows/change.yml');
    writeFileSync(file, 'name: mine\n');
    const kept = await init(FLAGS);
    expect(kept.out).toContain('-name: mine\n+# Which stacks a change affects');
    expect(kept.out).toContain('change.yml was left as it is');
    expect(readFileSync(file, 'utf8')).toBe('name: mine\n');
    await init([...FLAGS, '--overwrite']);
    expect(readFileSync(file, 'utf8')).toContain('# Which stacks a change affects');
  });

  it('writes nothing with --dry-run, not even answers', async () => {
    const said = await init([...FLAGS, '--dry-run']);
    expect(said.out).toContain('+ sekisho/sekisho.yaml (new');
    expect(written()).toEqual([]);
  });

  it('without a terminal and without --yes agrees to nothing in anybody’s name', async () => {
    await init([...FLAGS, '--dry-run']);
    await init(FLAGS);
    rmSync(join(root, 'sekisho/sekisho.yaml'));
    const said = await init([]);
    expect(said.err).toContain('init.nobody-to-ask');
    expect(existsSync(join(root, 'sekisho/sekisho.yaml'))).toBe(false);
  });

  it.each([
    [
      'a stack that is not there',
      ['--stack', 'stacks/shop-stagin=111111111111:ap-northeast-1'],
      'init.answer-unknown',
    ],
    [
      'an account id of eleven digits',
      ['--stack', 'stacks/shop-staging=11111111111:ap-northeast-1'],
      'init.answer-refused',
    ],
    ['an unknown environment', ['--account', '111111111111=staging:stage'], 'init.answer-refused'],
    ['a role with a wildcard', ['--server-role', 'arn:aws:iam::333333333333:role/*'], 'init.answer-refused'],
    ['a source that is a branch', ['--source', 'shop/sekisho@main'], 'init.answer-refused'],
    ['a private key', ['--key', 'hanako=../private'], 'init.answer-refused'],
    ['a key file that is not there', ['--key', 'hanako=../nothing.pub'], 'init.no-key-file'],
    ['an output outside of the repository', ['--output', '../elsewhere'], 'init.flag-refused'],
    ['an API without TLS', ['--api-url', 'http://github.example/api/v3'], 'init.flag-refused'],
    ['an unknown guard', ['--without-guard', 'audits'], 'init.flag-refused'],
  ])('refuses %s, and writes nothing', async (_, flags, rule) => {
    writeFileSync(join(world, 'private'), '-----BEGIN OPENSSH PRIVATE KEY-----\nx\n');
    const said = await init([...FLAGS, ...flags]);
    expect([said.exit, said.err]).toEqual([2, expect.stringContaining(rule)]);
    expect(said.err).not.toContain('BEGIN OPENSSH');
    expect(written()).toEqual([]);
  });

  it('leaves a folder out that is no stack, and takes an account from the flag before the one that is written', async () => {
    const other = ['--skip', 'stacks/shop-network', '--stack', 'stacks/shop-staging=444444444444:us-east-1'];
    const said = await init([...FLAGS, ...other, '--account', '444444444444=sandbox:sandbox']);
    expect(said.err).toBe('');
    const yaml = readFileSync(join(root, 'sekisho/sekisho.yaml'), 'utf8');
    expect(yaml).not.toContain('shop-network');
    expect(yaml).toContain('id: "444444444444"\n    name: sandbox\n    environment: sandbox');
    expect(yaml).toContain('region: us-east-1');
  });

  it('leaves nothing of the published examples in what it writes for somebody else', async () => {
    execFileSync('git', ['-C', root, 'remote', 'set-url', 'origin', 'https://github.com/acme/cloud.git']);
    const own = [
      '--server',
      'https://gate.acme.example',
      '--source',
      `acme/gate@${'f'.repeat(40)}`,
      '--branch',
      'trunk',
    ];
    for (const more of [[], ['--ci', 'gitlab', '--repository', 'acme/cloud']]) {
      const said = await init([...FLAGS, ...own, ...more, '--overwrite']);
      expect(said.err).toBe('');
    }
    for (const path of [
      '.github/workflows/terraform.yml',
      '.github/workflows/change.yml',
      '.gitlab-ci.yml',
    ]) {
      const text = readFileSync(join(root, path), 'utf8');
      expect(text).not.toMatch(
        /shop\/infra|shop\.example|YOUR-|0123456789abcdef|refs\/heads\/main|@main|\[main\]|Copy to/,
      );
      expect(text).toContain('https://gate.acme.example');
      expect(text).toContain('f'.repeat(40));
      expect(() => parse(text)).not.toThrow();
    }
    const pipeline = z
      .record(z.string(), z.unknown())
      .parse(parse(readFileSync(join(root, '.gitlab-ci.yml'), 'utf8')));
    expect(Object.keys(pipeline).filter((name) => name.startsWith('apply '))).toHaveLength(3);
  });

  it('writes for GitLab its pipeline, and trusts its one file', async () => {
    execFileSync('git', [
      '-C',
      root,
      'remote',
      'set-url',
      'origin',
      'https://gitlab.com/shop/platform/infra.git',
    ]);
    const said = await init(FLAGS);
    expect(said.err).toBe('');
    const yaml = readFileSync(join(root, 'sekisho/sekisho.yaml'), 'utf8');
    expect(yaml).toContain('workflow: gitlab.com/shop/platform/infra//.gitlab-ci.yml@refs/heads/main');
    expect(yaml).toContain('{ name: gitlab, kind: gitlab, url: https://gitlab.com }');
    expect(written()).toContain('.gitlab-ci.yml');
    expect(existsSync(join(root, '.github'))).toBe(false);
  });

  it('writes for web identity and CloudFormation no server role, and the issuer into sekisho.yaml', async () => {
    const said = await init([...FLAGS, '--access', 'web-identity', '--module', 'cloudformation']);
    expect(said.err).toBe('');
    expect(written()).toEqual([
      '.github/workflows/change.yml',
      '.github/workflows/terraform.yml',
      'sekisho/.sekisho-init.json',
      'sekisho/sekisho-account.cloudformation.yaml',
      'sekisho/sekisho.yaml',
    ]);
    expect(readFileSync(join(root, 'sekisho/sekisho.yaml'), 'utf8')).toContain(
      'aws: { access: web-identity }',
    );
    expect(await loadConfigurationFile(join(root, 'sekisho/sekisho.yaml'))).toMatchObject({
      value: {
        organization: {
          accounts: [{ identityProvider: expect.stringContaining('/sekisho.shop.example') }, {}],
        },
      },
    });
  });

  it('says so where there is nothing of Terraform, or no folder', async () => {
    rmSync(join(root, 'stacks'), { recursive: true });
    expect((await init(FLAGS)).err).toContain('init.no-stacks');
    expect((await init(['nowhere', ...FLAGS])).err).toContain('init.no-folder');
  });
});

describe('sekisho init, in a terminal', () => {
  it('asks fourteen questions and one for agreement, where GitHub tells the numbers', async () => {
    const { prompter, questions } = person(PRESS_RETURN);
    const said = await init([], { prompter, fetch: github });
    expect(said.err).toBe('');
    expect(questions.filter((words) => !words.startsWith('Write'))).toHaveLength(14);
    expect(readFileSync(join(root, 'sekisho/sekisho.yaml'), 'utf8')).toContain('id: "1003", login: yuki');
  });

  it('goes on where it was interrupted, and asks nothing twice', async () => {
    const { 'Who approves': _, ...until } = PRESS_RETURN;
    const first = person(until);
    const said = await init([], { prompter: first.prompter, fetch: github });
    expect([said.exit, said.err]).toEqual([130, expect.stringContaining('goes on with the question')]);
    expect(written()).toEqual(['sekisho/.sekisho-init.json']);
    const second = person(PRESS_RETURN);
    await init([], { prompter: second.prompter, fetch: github });
    expect(second.questions[0]).toContain('Who approves');
    const again = person({});
    await init([], { prompter: again.prompter, fetch: github });
    expect(again.questions).toEqual([]);
  });

  it('writes nothing when interrupted at the last question, or when nobody agrees', async () => {
    const { 'Write ': _, ...until } = PRESS_RETURN;
    expect((await init([], { prompter: person(until).prompter, fetch: github })).exit).toBe(130);
    expect(written()).toEqual(['sekisho/.sekisho-init.json']);
    await init([], { prompter: person({ 'Write ': 'no' }).prompter });
    expect(written()).toEqual(['sekisho/.sekisho-init.json']);
  });

  it('asks for the numbers where GitHub does not answer, naming the command that tells them', async () => {
    const { prompter, questions } = person(PRESS_RETURN);
    await init([], { prompter });
    expect(questions.at(-1)).toContain('gh api repos/shop/infra --jq .id');
  });

  it('asks in Japanese', async () => {
    const { prompter, questions } = person({});
    const said = await init([], { prompter, language: 'ja' });
    expect(questions).toEqual(['適用元となる保護ブランチは?']);
    expect(said.err).toContain('続きから再開します');
  });

  it('sends the token to the API and nowhere else, and keeps it in no file', async () => {
    asked.length = 0;
    const env = { GITHUB_TOKEN: 'ghp_secret' };
    const { prompter } = person(PRESS_RETURN);
    await init(['--api-url', 'https://github.shop.example/api/v3/'], { prompter, fetch: github, env });
    expect(new Set(asked.map(({ url }) => new URL(url).origin))).toEqual(
      new Set(['https://github.shop.example']),
    );
    expect(asked.every(({ authorization }) => authorization === 'Bearer ghp_secret')).toBe(true);
    for (const path of written()) expect(readFileSync(join(root, path), 'utf8')).not.toContain('ghp_secret');
  });

  it('offers the own public key, one in hardware first', async () => {
    const home = join(world, `home-${number}`);
    mkdirSync(join(home, '.ssh'), { recursive: true });
    writeFileSync(join(home, '.ssh/id_ed25519.pub'), `${YUKI}\n`);
    const sk =
      'sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAINo7TN3lnJgSGFSkzo6GSZlkXIpYqTUdQyrPxMZ5FDBzAAAABHNzaDo= hanako';
    writeFileSync(join(home, '.ssh/id_ed25519_sk.pub'), `${sk}\n`);
    const { prompter } = person({ ...PRESS_RETURN, 'key with which hanako': '' });
    await init([], { prompter, fetch: github, env: { HOME: home } });
    expect(readFileSync(join(root, 'sekisho/.sekisho-init.json'), 'utf8')).toContain(sk);
  });
});
