import { useText } from '../app/text.ts';
import { messages } from './messages.ts';
import type { Severity } from './search.ts';
import styles from './severity.module.css';

export function SeverityMark({ severity }: { readonly severity: Severity }) {
  const say = useText();
  return <span className={`${styles.mark} ${styles[severity]}`}>{say(messages[severity])}</span>;
}
