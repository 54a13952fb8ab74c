import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_POLICY_FOLDER, readPolicyFolder } from '#policy';
import type { StackAtShop } from '../src/changes/testing/shop.ts';
import type { Claims } from '../src/changes/testing/shop-room.ts';
import { type GitHubShop, openGitHubShop } from './github-shop.ts';

/** The shop on GitHub as its people live with it: what they do is told by webhooks, and what shows is read from the stand-in. */
export interface GitHubLife extends GitHubShop {
  /** Everything that waits is told and worked on. */
  told(): Promise<void>;
  /** Taro opens a pull request; answers its number. */
  opened(files: Readonly<Record<string, string | null>>, branch?: string): Promise<number>;
  /** Somebody comments a minute later, and it is worked on; answers what Sekisho answers. */
  says(number: number, author: string, words: string): Promise<string>;
  /** What the token of the pull request's own job says now. */
  pullJob(number: number): JobClaims;
  /** What the token of a job on the main branch says now. */
  mainJob(event?: string): JobClaims;
  /** What our App commented. */
  bot(number: number): readonly string[];
  /** How the newest check of a stack ended on the head, or on another commit, and its title. */
  check(number: number, stack: StackAtShop, commit?: string): string;
  head(number: number): string;
  /** From now on this policy is asked too. */
  addPolicy(words: string): Promise<void>;
}

export type JobClaims = Claims & { readonly sha: string; readonly run_id: string };

export async function openGitHubLife(): Promise<GitHubLife> {
  const here = await openGitHubShop();
  const { shop, github, repository } = here;
  shop.reconfigure(({ stacks }) => {
    for (const stack of stacks) {
      // As whoever configures nothing has it.
      delete stack.plan;
      Object.assign(stack, { approval: { team: 'shop', accept: ['signature', 'review'] } });
    }
  });
  let runs = 100;
  const run = () => {
    runs += 1;
    return { run_id: String(runs), run_number: String(runs) };
  };
  const told = async (): Promise<void> => {
    await github.deliver();
    await here.settle();
  };
  const head = (number: number): string => repository.pulls.get(number)?.head.sha ?? '';
  const bot = (number: number): readonly string[] =>
    [...repository.comments.values()]
      .filter(({ issue, app }) => issue === number && app !== undefined)
      .map(({ body }) => body);
  return {
    ...here,
    ...{ told, head, bot },
    opened: async (files, branch = 'change') => {
      const pull = github.openPullRequest({ repository, author: 'taro', branch, files });
      await told();
      return pull.issue.number;
    },
    says: async (number, author, words) => {
      await told();
      shop.clock.advance(60_000);
      github.comment(repository, number, author, words);
      await told();
      return bot(number).find((body) => body.startsWith('<!-- sekisho:answer -->')) ?? '';
    },
    pullJob: (number) => ({
      ...{ event_name: 'pull_request', ref: `refs/pull/${number}/merge`, ...run() },
      sha: repository.pulls.get(number)?.mergeCommit ?? '',
    }),
    mainJob: (event = 'push') => ({
      ...{ event_name: event, ref: 'refs/heads/main', ...run() },
      sha: repository.branches.get('main') ?? '',
    }),
    addPolicy: async (words) => {
      const set = await policiesWith(words);
      Object.assign(shop.room, { policySet: () => set });
    },
    check: (number, stack, commit = head(number)) =>
      [...repository.checkRuns.values()]
        .filter(({ suite, name }) => suite.sha === commit && name === `sekisho: ${stack}`)
        .map(({ conclusion, output }) => `${conclusion}: ${output.title}`)
        .at(-1) ?? 'none',
  };
}

async function policiesWith(words: string) {
  const folder = mkdtempSync(join(tmpdir(), 'sekisho-policies-'));
  cpSync(DEFAULT_POLICY_FOLDER, folder, { recursive: true });
  writeFileSync(join(folder, '90-own.cedar'), words);
  const set = await readPolicyFolder(folder);
  rmSync(folder, { recursive: true });
  if (!set.ok) throw new Error(JSON.stringify(set.error));
  return set.value;
}
