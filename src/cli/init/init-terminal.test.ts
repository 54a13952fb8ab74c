import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Prompter } from './prompter.ts';
import {
  asked,
  github,
  HANAKO,
  init,
  newUserForEachTest,
  root,
  SERVER_ROLE,
  SOURCE,
  world,
  written,
  YUKI,
} from './testing/new-user.ts';

newUserForEachTest();

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
  'Write ': 'write',
};

describe('sekisho init, in a terminal', () => {
  it('asks fourteen questions and one for agreement, where GitHub tells the numbers', async () => {
    const { prompter, questions } = person(PRESS_RETURN);
    const said = await init([], { prompter, fetch: github });
    expect(said.err).toBe('');
    expect(questions.filter((words) => !words.startsWith('Write'))).toHaveLength(14);
    expect(readFileSync(join(root, 'sekisho/sekisho.yaml'), 'utf8')).toContain('id: "1003", login: yuki');
  });

  it('asks thirteen in a clone, which knows the default branch of its remote', async () => {
    const head = ['refs/remotes/origin/HEAD', 'refs/remotes/origin/main'];
    execFileSync('git', ['-C', root, 'symbolic-ref', ...head]);
    const { prompter, questions } = person(PRESS_RETURN);
    await init([], { prompter, fetch: github });
    expect(questions.filter((words) => !words.startsWith('Write'))).toHaveLength(13);
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
    await init([], { prompter: person({ 'Write ': 'leave' }).prompter });
    expect(written()).toEqual(['sekisho/.sekisho-init.json']);
  });

  it('shows new files in full before they are written, where that is wanted', async () => {
    let times = 0;
    const { prompter } = person(PRESS_RETURN);
    const said = await init([], {
      fetch: github,
      prompter: {
        ...prompter,
        select: async (question) => {
          if (!question.message.startsWith('Write ')) return prompter.select(question);
          times += 1;
          return times === 1 ? 'show' : 'write';
        },
      },
    });
    expect(said.out).toContain('+organization: { name: shop }');
    expect(times).toBe(2);
    expect(existsSync(join(root, 'sekisho/sekisho.yaml'))).toBe(true);
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
    const home = join(world, 'home');
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
