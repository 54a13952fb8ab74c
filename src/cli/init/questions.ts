import { orderQuestions } from './order-questions.ts';
import { peopleQuestions } from './people-questions.ts';
import { accountQuestions, stackQuestions } from './place-questions.ts';
import type { Known, Question } from './question.ts';
import { repositoryQuestions } from './repository-questions.ts';
import { serverQuestions } from './server-questions.ts';

/** In the order in which they are asked; those about stacks, accounts and people follow from the answers so far. */
export const questionsFor = (known: Known): readonly Question[] => [
  ...repositoryQuestions(known),
  ...stackQuestions(known),
  ...accountQuestions(known),
  ...orderQuestions(known),
  ...serverQuestions(known),
  ...peopleQuestions(known),
];
