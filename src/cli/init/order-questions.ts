import { text } from '#core-values';
import { visible } from '#plan';
import { placesOf } from './place-questions.ts';
import { type Known, oneOf, type Question, YES_NO } from './question.ts';
import type { StateDependency } from './state-dependencies.ts';
import type { FoundStack } from './survey.ts';

const MOST_SHOWN = 5;

/** Whether what reads a state of another stack waits for it; asked once, where there is such a thing. */
export function orderQuestions(known: Known): readonly Question[] {
  const reads = placesOf(known).flatMap(({ stack }) =>
    stateReads(known, stack)
      .filter(({ closesCircle }) => !closesCircle)
      .map((one) => `${visible(stack.name)} → ${visible(one.name)} (${whereRead(one)})`),
  );
  if (reads.length === 0) return [];
  const shown = reads.slice(0, MOST_SHOWN).join('; ');
  const more = reads.length - MOST_SHOWN;
  return [
    {
      key: 'depends-on',
      flag: '--depends-on yes|no',
      ask: text(
        `Shall stacks be applied after those whose state they read? ${shown}${more > 0 ? `; and ${more} more` : ''}`,
        `state を参照しているスタックを、参照先より後に適用しますか? ${shown}${more > 0 ? ` ほか ${more} 件` : ''}`,
      ),
      suggestion: 'yes',
      choices: YES_NO,
      fault: oneOf(YES_NO),
    },
  ];
}

/** The stacks that one reads the state of, without those that were left out. */
export function stateReads(known: Pick<Known, 'answers' | 'survey'>, { readsStateOf }: FoundStack) {
  const names = new Map(placesOf(known).map(({ stack }) => [stack.path, stack.name]));
  return readsStateOf.flatMap((one) => {
    const name = names.get(one.path);
    return name === undefined ? [] : [{ ...one, name }];
  });
}

/** In one line, whatever the file is called. */
export const whereRead = ({ data, file, line }: StateDependency): string =>
  visible(`${data}, ${file}${line === undefined ? '' : `:${line}`}`);
