import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useText } from '../app/text.ts';
import { useTouches } from '../parts/environment.tsx';
import { Section } from '../parts/section.tsx';
import { Answered, State } from '../parts/states.tsx';
import { Answer } from './answer.tsx';
import { messages } from './messages.ts';
import styles from './playground.module.css';
import { explainQuery, type Known, useKnown } from './queries.ts';
import { type Asked, askedIn, type Question, questionOf } from './question.ts';
import { QuestionForm } from './question-form.tsx';

const route = getRouteApi('/shell/policy');

/** Could X do Y, and why not: the question lives in the address, so that an answer can be shown to others. */
export function Playground() {
  const say = useText();
  const asked = route.useSearch();
  const navigate = route.useNavigate();
  const known = useKnown();
  const question = questionOf(asked);
  useTouches(environmentOf(known, question));
  return (
    <Section title={say(messages.playground)}>
      <p className={styles.soft}>{say(messages.playgroundWhy)}</p>
      <div className={styles.sides}>
        <QuestionForm
          asked={asked}
          known={known}
          onSet={(name: keyof Asked, value: string) =>
            void navigate({
              search: (before) => askedIn({ ...before, [name]: value }),
              replace: true,
              resetScroll: false,
            })
          }
          onClear={() => void navigate({ search: {}, replace: true, resetScroll: false })}
        />
        <section className={styles.answer} aria-label={say(messages.answer)} aria-live="polite">
          {question === undefined ? (
            <State icon="gate" title={say(messages.askFirst)}>
              <p>{say(messages.askFirstWhy)}</p>
            </State>
          ) : (
            <Asking question={question} />
          )}
        </section>
      </div>
    </Section>
  );
}

function Asking({ question }: { readonly question: Question }) {
  const explained = useQuery(explainQuery(question));
  return <Answered query={explained}>{(answer) => <Answer explained={answer} />}</Answered>;
}

function environmentOf({ stacks, accounts }: Known, question: Question | undefined) {
  if (question === undefined || question.on.kind === 'organization') return undefined;
  const { kind, name } = question.on;
  return (kind === 'stack' ? stacks : accounts).find((one) => one.name === name)?.environment;
}
