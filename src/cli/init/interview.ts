import { err, type Language, ok, type Problem, problem, type Reason, type Result, text } from '#core-values';
import type { Answers } from './answers.ts';
import type { HostingApi } from './hosting.ts';
import { peopleOf, personKey } from './people-questions.ts';
import type { Prompter } from './prompter.ts';
import type { Known, Question } from './question.ts';
import { questionsFor } from './questions.ts';

export interface Interview {
  readonly known: Known;
  /** Absent where nobody is there to be asked. */
  readonly prompter?: Prompter;
  /** Takes suggestions without asking. */
  readonly takesSuggestions: boolean;
  readonly api: HostingApi;
  readonly language: Language;
  /** After each answer that somebody gave, and at the end. */
  readonly keep: (answers: Answers) => Promise<void>;
}

export interface Interviewed {
  readonly answers: Answers;
  /** How many questions a person was asked. */
  readonly asked: number;
}

/**
 * Asks what is missing, and only that: what was answered, found in the repository or told by the API is not asked. `bad-input` with every answer that is
 * missing where nobody can be asked; `init.interrupted` after Ctrl-C.
 */
export async function interview(with_: Interview): Promise<Result<Interviewed, Problem>> {
  const { prompter, takesSuggestions, language, keep } = with_;
  let known = with_.known;
  let asked = 0;
  const missing: Reason[] = [];
  const skipped = new Set<string>();
  const answer = (key: string, value: string): void => {
    known = { ...known, answers: { ...known.answers, [key]: value } };
  };
  for (;;) {
    const question = questionsFor(known).find(
      ({ key }) => known.answers[key] === undefined && !skipped.has(key),
    );
    if (question === undefined) break;
    const found = question.found ?? (await lookedUp(question, known.answers, with_.api));
    const given = found ?? (takesSuggestions ? question.suggestion : undefined);
    if (given !== undefined && question.fault(given) === undefined) {
      answer(question.key, given);
    } else if (prompter === undefined || takesSuggestions) {
      skipped.add(question.key);
      missing.push(missingAnswer(question));
    } else {
      asked += 1;
      const said = await ask(question, prompter, language);
      if (said === undefined) return err(INTERRUPTED);
      answer(question.key, said);
      await keep(known.answers);
    }
  }
  const [first, ...more] = missing;
  if (first !== undefined) return err(problem('bad-input', first, ...more));
  await keep(known.answers);
  return ok({ answers: known.answers, asked });
}

/** Ids that GitHub tells. */
async function lookedUp({ key }: Question, answers: Answers, api: HostingApi): Promise<string | undefined> {
  if (key === 'repository-id' || key === 'owner-id') {
    const found = await api.repository(answers.repository ?? '');
    return key === 'owner-id' ? found?.ownerId : found?.id;
  }
  const login = peopleOf(answers).find((one) => personKey(one) === key);
  return login === undefined ? undefined : api.person(login);
}

function ask(question: Question, prompter: Prompter, language: Language): Promise<string | undefined> {
  const { choices, fault, suggestion } = question;
  const asked = { message: question.ask[language], ...(suggestion !== undefined && { suggestion }) };
  return choices === undefined
    ? prompter.text({ ...asked, fault: (answer) => fault(answer)?.[language] })
    : prompter.select({ ...asked, choices });
}

/** Answers from the command line, each held to its question's form. */
export function givenAnswers(known: Known): readonly Reason[] {
  return questionsFor(known).flatMap((question) => {
    const value = known.answers[question.key];
    const fault = value === undefined ? undefined : question.fault(value);
    if (fault === undefined) return [];
    // Somebody may have named a private key.
    const shown = question.key.endsWith(' key') ? '' : ` (${JSON.stringify(value)})`;
    return [
      {
        rule: 'init.answer-refused',
        message: text(
          `This does not answer “${question.ask.en}”${shown}.`,
          `「${question.ask.ja}」の回答${shown}が正しくありません。`,
        ),
        remedy: text(`${fault.en} (${question.flag})`, `${fault.ja}(${question.flag})`),
      },
    ];
  });
}

const missingAnswer = ({ ask: question, flag }: Question): Reason => ({
  rule: 'init.answer-missing',
  message: text(`Not answered: ${question.en}`, `未回答: ${question.ja}`),
  remedy: text(`Give ${flag}, or run it in a terminal.`, `${flag} を指定するか、端末で実行してください。`),
});

const INTERRUPTED: Problem = problem('bad-input', {
  rule: 'init.interrupted',
  message: text(
    'Interrupted: no file was written but the answers so far.',
    '中断しました。これまでの回答以外は書き込んでいません。',
  ),
  remedy: text(
    'Run `sekisho init` again: it goes on with the question that was open.',
    'もう一度 `sekisho init` を実行すると、続きから再開します。',
  ),
});
