import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { err, type Language, ok, type Problem, problem, type Reason, type Result, text } from '#core-values';
import { GUARD_NAMES } from '#credentials/core';
import type { CliCommand } from '../command.ts';
import type { CliContext } from '../context.ts';
import { failWith } from '../problem-text.ts';
import { ANSWERS_FILE, type Answers, readAnswers, writeAnswers } from './answers.ts';
import { addFlags, type Flags, flagAnswers } from './flags.ts';
import { githubApi, type HostingApi, noApi } from './hosting.ts';
import { foundText, nextStepsText, noteText } from './init-text.ts';
import { givenAnswers, interview } from './interview.ts';
import { leadsOut, linkOut } from './links-out.ts';
import { INTERRUPTED_EXIT, offerFiles } from './offer-files.ts';
import { accountNameKey } from './place-questions.ts';
import type { Prompter } from './prompter.ts';
import { type Proposal, proposalFor } from './proposal.ts';
import type { Known } from './question.ts';
import { questionsFor } from './questions.ts';
import { gitFacts } from './remote.ts';
import { settingsOf } from './settings.ts';
import { surveyOf } from './survey.ts';

/** What the command takes from outside besides its context. */
export interface InitOptions {
  /** Used where there is a terminal. */
  readonly keyboard: (language: Language) => Prompter;
  readonly fetch?: typeof fetch;
}

/** `sekisho init [FOLDER]`: from a repository to a configuration, workflows and roles, each shown before it is written. */
export const initWith = (options: InitOptions): CliCommand => ({
  configure: (command, context) => {
    addFlags(command, context.language);
    command.action(async (folder: string | undefined, flags: Flags) => {
      const outcome = await run(folder ?? '.', flags, context, options);
      if (outcome.ok) return;
      const [{ rule, message, remedy }] = outcome.error.reasons;
      if (rule !== 'init.interrupted') return failWith(context, outcome.error);
      context.stderr.write(`${message[context.language]}\n→ ${remedy[context.language]}\n`);
      context.exitWith(INTERRUPTED_EXIT);
    });
  },
});

async function run(
  folder: string,
  flags: Flags,
  context: CliContext,
  options: InitOptions,
): Promise<Result<void, Problem>> {
  const start = await begin(folder, flags, context);
  if (!start.ok) return start;
  const { root, answersFile, known } = start.value;
  context.stdout.write(foundText(known, context));
  const prompter = context.ask === undefined || flags.yes ? undefined : options.keyboard(context.language);
  const spoken = await interview({
    ...{ known, api: apiFor(known, flags, context, options), language: context.language },
    ...(prompter !== undefined && { prompter }),
    takesSuggestions: flags.yes === true,
    keep: async (answers) => {
      if (flags.dryRun !== true) await writeAnswers(answersFile, answers);
    },
  });
  if (!spoken.ok) return spoken;
  const settings = settingsOf(
    { ...known, answers: spoken.value.answers },
    {
      withoutGuards: flags.withoutGuard,
      ...(flags.issuerUrl !== undefined && { issuerUrl: flags.issuerUrl }),
      ...(flags.organizationId !== undefined && { organizationId: flags.organizationId }),
    },
  );
  const proposal = proposalFor(settings, flags.output);
  if (!proposal.ok) return proposal;
  for (const note of proposal.value.notes) context.stdout.write(noteText(note, context));
  return finish(root, proposal.value, {
    flags,
    context,
    settings,
    ...(prompter !== undefined && { prompter }),
  });
}

interface Ending {
  readonly flags: Flags;
  readonly context: CliContext;
  readonly settings: ReturnType<typeof settingsOf>;
  readonly prompter?: Prompter;
}

async function finish(root: string, proposal: Proposal, ending: Ending): Promise<Result<void, Problem>> {
  const { flags, context, settings, prompter } = ending;
  const offered = await offerFiles(root, proposal.files, {
    ...{ context, isDryRun: flags.dryRun === true },
    ...{ overwrites: flags.overwrite === true, writesNew: flags.yes === true },
    ...(prompter !== undefined && { prompter }),
  });
  if (!offered.ok) return offered;
  context.stdout.write(nextStepsText(settings, flags.output, context));
  return ok(undefined);
}

interface Beginning {
  readonly root: string;
  readonly answersFile: string;
  readonly known: Known;
}

/** Looks at the repository, and takes what was answered before and on the command line. */
async function begin(folder: string, flags: Flags, context: CliContext): Promise<Result<Beginning, Problem>> {
  const fault = flagFault(flags);
  if (fault !== undefined) return err(problem('bad-input', fault));
  const given = resolve(context.cwd, folder);
  const git = await gitFacts(given, context.env);
  const root = git.root ?? given;
  const output = relative(root, resolve(root, flags.output)).replaceAll('\\', '/');
  const link = await linkOut(root, `${output}/${ANSWERS_FILE}`).catch(() => undefined);
  if (link !== undefined) return err(problem('bad-input', leadsOut(link)));
  const survey = await surveyOf(root, [output]).catch(() => undefined);
  if (survey === undefined) return err(problem('not-found', noFolder(folder)));
  if (!survey.ok) return survey;
  const answersFile = join(root, flags.output, ANSWERS_FILE);
  const kept = await readAnswers(answersFile);
  if (!kept.ok) return kept;
  const home = context.env.HOME;
  const from = await flagAnswers(flags, (file) =>
    readFile(resolve(context.cwd, file.replace(/^~(?=\/)/, home ?? '~')), 'utf8'),
  ).catch((error: NodeJS.ErrnoException) => error.path ?? 'a key');
  if (typeof from === 'string') return err(problem('not-found', noKeyFile(from)));
  const known: Known = {
    ...{ survey: survey.value, git, answers: { ...kept.value, ...from } },
    ownKeys: await publicKeys(home),
  };
  const [first, ...more] = [...givenAnswers(known), ...unknownAnswers(known, from)];
  return first === undefined ? ok({ root, answersFile, known }) : err(problem('bad-input', first, ...more));
}

function flagFault({ output, withoutGuard, apiUrl }: Flags): Reason | undefined {
  if (!/^[A-Za-z0-9_][\w.-]*(?:\/[A-Za-z0-9_][\w.-]*)*$/.test(output))
    return badFlag('--output', output, 'sekisho');
  const unknown = withoutGuard.find((name) => !GUARD_NAMES.some((guard) => guard === name));
  if (unknown !== undefined) return badFlag('--without-guard', unknown, GUARD_NAMES.join(', '));
  if (apiUrl !== undefined && !/^https:\/\/|^http:\/\/127\.0\.0\.1[:/]/.test(apiUrl))
    return badFlag('--api-url', apiUrl, 'https://github.example.com/api/v3');
  return undefined;
}

/** Of places that the repository does not have: a misspelt `--stack` must not be lost. */
function unknownAnswers(known: Known, given: Answers): readonly Reason[] {
  const asked = new Set(questionsFor(known).map(({ key }) => key));
  const isAsked = (key: string): boolean => {
    const account = /^account (.+) name$/.exec(key)?.[1];
    return (
      asked.has(key) ||
      (account !== undefined &&
        asked.has(key.replace(/ name$/, ' environment')) &&
        key === accountNameKey(account))
    );
  };
  const isPlace = (key: string): boolean => /^(?:stack|account|person) /.test(key);
  return Object.keys(given)
    .filter((key) => isPlace(key) && !isAsked(key))
    .map((key) => {
      const [, kind = '', what = ''] = /^(\S+) (.+) \S+$/.exec(key) ?? [];
      return {
        rule: 'init.answer-unknown',
        message: text(`There is no ${kind} ${what} here.`, `${what} は見つかりません(--${kind})。`),
        remedy: text(
          `Found: ${known.survey.stacks.map(({ path }) => path).join(', ')}. Correct or remove the flag.`,
          `見つかったスタック: ${known.survey.stacks.map(({ path }) => path).join('、')}。フラグを直すか削除してください。`,
        ),
      };
    });
}

function apiFor({ git }: Known, flags: Flags, { env }: CliContext, { fetch: ask }: InitOptions): HostingApi {
  const host = git.remote?.host;
  if (flags.ci === 'gitlab' || (flags.apiUrl === undefined && host !== undefined && /gitlab/.test(host)))
    return noApi;
  const url =
    flags.apiUrl ??
    (host === undefined || host === 'github.com' ? 'https://api.github.com' : `https://${host}/api/v3`);
  return githubApi({
    url: url.replace(/\/$/, ''),
    token: env.GITHUB_TOKEN ?? env.GH_TOKEN,
    ...(ask !== undefined && { fetch: ask }),
  });
}

/** Public keys only; those in hardware first. */
async function publicKeys(home: string | undefined): Promise<readonly string[]> {
  if (home === undefined) return [];
  try {
    const names = (await readdir(join(home, '.ssh'))).filter((name) => /^id_.*\.pub$/.test(name));
    const sorted = names.toSorted((a, b) => Number(b.includes('_sk')) - Number(a.includes('_sk')));
    return await Promise.all(
      sorted.map(async (name) => (await readFile(join(home, '.ssh', name), 'utf8')).trim()),
    );
  } catch {
    return [];
  }
}

const badFlag = (flag: string, value: string, example: string): Reason => ({
  rule: 'init.flag-refused',
  message: text(
    `${flag} does not take ${JSON.stringify(value)}.`,
    `${flag} に ${JSON.stringify(value)} は指定できません。`,
  ),
  remedy: text(`For example: ${example}.`, `例: ${example}`),
});

const noFolder = (folder: string): Reason => ({
  rule: 'init.no-folder',
  message: text(
    `${folder} is no folder that can be read.`,
    `${folder} を読み取れないか、フォルダーではありません。`,
  ),
  remedy: text('Name the repository’s folder.', 'リポジトリのフォルダーを指定してください。'),
});

const noKeyFile = (file: string): Reason => ({
  rule: 'init.no-key-file',
  message: text(`${file} cannot be read.`, `${file} を読み取れません。`),
  remedy: text(
    'Give a public key’s file: --key hanako=~/.ssh/id_ed25519.pub',
    '公開鍵のファイルを指定してください: --key hanako=~/.ssh/id_ed25519.pub',
  ),
  place: { file },
});
