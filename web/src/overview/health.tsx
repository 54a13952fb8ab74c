import { useQuery } from '@tanstack/react-query';
import type { Read } from '../api/answers.ts';
import { answerOf, api } from '../api/client.ts';
import { useText } from '../app/text.ts';
import { Icon } from '../parts/icon.tsx';
import { Section } from '../parts/section.tsx';
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
  const wrong = data?.checks.filter(({ ok }) => !ok) ?? [];
  if (wrong.length === 0) return null;
  return (
    <Section title={say(messages.wrong)}>
      <ul className={styles.wrongs}>
        {wrong.map(({ name, words, remedy }) => (
          <li key={name}>
            <Icon name="warning" />
            <div>
              <strong>{words}</strong> {remedy}
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** What is checked, each with how it is. */
export function Health({ status: { data, isError } }: { readonly status: Status }) {
  const say = useText();
  return (
    <Section title={say(messages.health)}>
      {data === undefined && (
        <p className={styles.soft}>{say(isError ? messages.healthUnread : messages.healthBeingRead)}</p>
      )}
      {data !== undefined && (
        <ul className={styles.checks}>
          {data.checks.map((check) => (
            <CheckMark key={check.name} check={check} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function CheckMark({ check: { name, ok } }: { readonly check: Check }) {
  const say = useText();
  return (
    <li className={ok ? styles.well : styles.ill}>
      <Icon name={ok ? 'check' : 'warning'} />
      <span>
        {say(messages[name])}: {say(ok ? messages.isWell : messages.isIll)}
      </span>
    </li>
  );
}
