import { Link } from '@tanstack/react-router';
import type { Read } from '../api/answers.ts';
import { useText } from '../app/text.ts';
import { StateMark } from '../changes/plan-marks.tsx';
import { Icon } from '../parts/icon.tsx';
import { Time } from '../parts/time.tsx';
import { messages } from './messages.ts';
import styles from './standing.module.css';

export type Account = Read<'/v1/accounts'>['accounts'][number];
export type Stack = Account['stacks'][number];

/** The newest plan: what it came to, and when it was made. */
export function LastPlan({ stack: { lastPlan, waiting } }: { readonly stack: Stack }) {
  const say = useText();
  if (lastPlan === undefined) return <span className={styles.soft}>{say(messages.neverPlanned)}</span>;
  const { id, state, uploadedAt } = lastPlan;
  return (
    <div className={styles.lines}>
      <StateMark state={state} />
      <Link to="/changes/$plan" params={{ plan: id }}>
        <Time at={uploadedAt} />
      </Link>
      {waiting > 0 && state !== 'awaiting-approval' && (
        <span>{say(messages.waiting, { count: waiting })}</span>
      )}
    </div>
  );
}

/** Which state of Terraform is the newest that a granted job reported. */
export function KnownState({ stack: { knownState } }: { readonly stack: Stack }) {
  const say = useText();
  if (knownState === undefined) return <span className={styles.soft}>{say(messages.stateUnknown)}</span>;
  return (
    <div className={styles.lines}>
      <span>{say(messages.serial, { serial: knownState.serial })}</span>
      <span className={styles.soft}>
        <Time at={knownState.reportedAt} />
      </span>
    </div>
  );
}

const VERDICTS = {
  none: messages.asPlanned,
  drifted: messages.drifted,
  unknown: messages.driftUnknown,
} as const;

/** Whether AWS still is as Terraform left it, and which plan says so. */
export function Drift({ stack: { drift } }: { readonly stack: Stack }) {
  const say = useText();
  const { verdict, plan } = drift;
  const words = (
    <span className={verdict === 'drifted' ? styles.drifted : styles.soft}>
      {verdict !== 'unknown' && <Icon name={verdict === 'drifted' ? 'warning' : 'check'} />}{' '}
      {say(VERDICTS[verdict])}
    </span>
  );
  if (plan === undefined || verdict !== 'drifted') return words;
  return (
    <div className={styles.lines}>
      {words}
      <Link to="/changes/$plan" params={{ plan }}>
        {say(messages.whatDrifted)}
      </Link>
    </div>
  );
}

/** Who holds the stack: a pull request, or a plan for which credentials may be out. */
export function Lock({ stack: { lock, inFlight } }: { readonly stack: Stack }) {
  const say = useText();
  if (lock === undefined && inFlight === undefined)
    return <span className={styles.soft}>{say(messages.free)}</span>;
  return (
    <div className={styles.lines}>
      {inFlight !== undefined && (
        <Link to="/changes/$plan" params={{ plan: inFlight }}>
          {say(messages.beingApplied)}
        </Link>
      )}
      {lock !== undefined && <span>{`${lock.repository.name} #${lock.pullRequest}`}</span>}
    </div>
  );
}
