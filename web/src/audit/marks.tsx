import { useText } from '../app/text.ts';
import type { Outcome } from './filter.ts';
import styles from './marks.module.css';
import { messages } from './messages.ts';

/** Word, colour and sign of an outcome. */
export function OutcomeMark({ outcome }: { readonly outcome: Outcome }) {
  const say = useText();
  return <span className={`${styles.mark} ${styles[outcome]}`}>{say(messages[outcome])}</span>;
}
