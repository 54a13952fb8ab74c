import { useText } from '../app/text.ts';
import { Time } from '../parts/time.tsx';
import styles from './accounts-page.module.css';
import { messages } from './messages.ts';
import type { Account } from './standing.tsx';

/** In which nothing is applied to an account now. */
export function Freezes({ freezes }: Pick<Account, 'freezes'>) {
  const say = useText();
  return freezes.map(({ name, reason, to }) => (
    <p key={name} className={styles.freeze}>
      <strong>{say(messages.frozen, { name })}</strong> <bdi>{reason}</bdi> · {say(messages.frozenUntil)}{' '}
      <Time at={to} />
    </p>
  ));
}
