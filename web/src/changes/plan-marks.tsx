import type { Plan, PlanState } from '../api/answers.ts';
import { type Message, useText } from '../app/text.ts';
import { messages } from './messages.ts';
import styles from './plan-marks.module.css';

const LOOKS: Readonly<Record<PlanState, 'waits' | 'runs' | 'good' | 'bad' | 'over'>> = {
  planned: 'runs',
  reviewed: 'runs',
  'awaiting-approval': 'waits',
  approved: 'good',
  granted: 'runs',
  applying: 'runs',
  applied: 'good',
  failed: 'bad',
  refused: 'bad',
  'no-changes': 'over',
  superseded: 'over',
  expired: 'over',
  cancelled: 'over',
};

export function StateMark({ state }: { readonly state: PlanState }) {
  const say = useText();
  return <span className={`${styles.state} ${styles[LOOKS[state]]}`}>{say(messages[state])}</span>;
}

interface Count {
  readonly kind: string;
  readonly count: number;
  readonly message: Message & { readonly en: `{count} ${string}` };
  readonly sign?: string;
}

/** What a plan does, dangerous things last, where eyes stop. */
export function ChangeCounts({ changes }: { readonly changes: Plan['changes'] }) {
  const { create = 0, update = 0, replace = 0, delete: remove = 0 } = changes;
  return (
    <Counts
      none={messages.nothing}
      counts={[
        { kind: 'create', sign: '+', count: create, message: messages.creates },
        { kind: 'update', sign: '~', count: update, message: messages.updates },
        { kind: 'replace', sign: '±', count: replace, message: messages.replaces },
        { kind: 'delete', sign: '−', count: remove, message: messages.deletes },
      ]}
    />
  );
}

export function FindingCounts({ findings }: { readonly findings: Plan['findings'] }) {
  const { critical, high, medium, low } = findings;
  return (
    <Counts
      none={messages.noFindings}
      counts={[
        { kind: 'critical', count: critical, message: messages.critical },
        { kind: 'high', count: high, message: messages.high },
        { kind: 'medium', count: medium, message: messages.medium },
        { kind: 'low', count: low, message: messages.low },
      ]}
    />
  );
}

function Counts({ counts, none }: { readonly counts: readonly Count[]; readonly none: Message }) {
  const say = useText();
  const there = counts.filter(({ count }) => count > 0);
  if (there.length === 0) return <span className={styles.none}>{say(none)}</span>;
  return (
    <ul className={styles.counts}>
      {there.map(({ kind, sign, count, message }) => (
        <li key={kind} className={styles[kind]}>
          {sign !== undefined && (
            <span aria-hidden="true" className={styles.sign}>
              {sign}
            </span>
          )}
          {say(message, { count })}
        </li>
      ))}
    </ul>
  );
}
