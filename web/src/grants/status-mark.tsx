import { useText } from '../app/text.ts';
import styles from '../changes/plan-marks.module.css';
import { messages } from './messages.ts';
import type { Grant } from './queries.ts';

const LOOKS: Readonly<Record<Grant['status'], 'runs' | 'good' | 'bad' | 'over'>> = {
  issuing: 'runs',
  issued: 'runs',
  finished: 'good',
  failed: 'bad',
  abandoned: 'bad',
  revoked: 'bad',
  expired: 'over',
};

export function StatusMark({ status }: { readonly status: Grant['status'] }) {
  const say = useText();
  return <span className={`${styles.state} ${styles[LOOKS[status]]}`}>{say(messages[status])}</span>;
}
