import { useQuery } from '@tanstack/react-query';
import type { Read } from '../api/answers.ts';
import { answerOf, api } from '../api/client.ts';
import { useText } from '../app/text.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { Quoted } from '../parts/quoted.tsx';
import { Section } from '../parts/section.tsx';
import { Answered } from '../parts/states.tsx';
import styles from './health.module.css';
import { messages } from './messages.ts';

type Check = Read<'/v1/status'>['checks'][number];

const EVERY_MS = 60_000;

/** How Sekisho itself does. No event tells of it, so it is asked for every minute while somebody looks. */
export const useStatus = () =>
  useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => answerOf(api.GET('/v1/status', { signal })),
    refetchInterval: EVERY_MS,
  });

export type Status = ReturnType<typeof useStatus>;

/** Before everything else: what is wrong, and what to do about it. Nothing while nothing is. */
export function Wrongs({ status: { data } }: { readonly status: Status }) {
  const say = useText();
  const wrong = data?.checks.filter(({ state }) => state === 'wrong') ?? [];
  if (wrong.length === 0) return null;
  return (
    <Section title={say(messages.attention)}>
      <ul className={styles.wrongs}>
        {wrong.map(({ name, words, remedy }) => (
          <li key={name}>
            <Icon name="warning" />
            <div>
              <strong>
                <Quoted words={words} />
              </strong>{' '}
              <Quoted words={remedy} />
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** What is checked, each with how it is; of what nobody looks after, how to change that. */
export function Health({ status }: { readonly status: Status }) {
  const say = useText();
  return (
    <Section title={say(messages.health)}>
      {status.isError && <p className={styles.soft}>{say(messages.healthUnread)}</p>}
      {!status.isError && (
        <Answered query={status}>
          {({ checks }) => (
            <ul className={styles.checks}>
              {checks.map((check) => (
                <OneCheck key={check.name} check={check} />
              ))}
            </ul>
          )}
        </Answered>
      )}
    </Section>
  );
}

const ICONS: Readonly<Record<Check['state'], IconName>> = {
  fine: 'check',
  wrong: 'warning',
  'not-configured': 'empty',
  'not-yet': 'empty',
};

function OneCheck({ check: { title, state, words, remedy } }: { readonly check: Check }) {
  const say = useText();
  return (
    <li className={styles[state]}>
      <Icon name={ICONS[state]} />
      <div>
        {title}: {say(messages[state])}
        {(state === 'not-configured' || state === 'not-yet') && (
          <p className={styles.small}>
            <Quoted words={words} /> <Quoted words={remedy} />
          </p>
        )}
      </div>
    </li>
  );
}
