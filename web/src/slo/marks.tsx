import { useText } from '../app/text.ts';
import { Icon } from '../parts/icon.tsx';
import { useTimeZoneName } from '../parts/time.tsx';
import { useFigures } from './figures.ts';
import { lookOf } from './looks.ts';
import styles from './marks.module.css';
import { messages } from './messages.ts';
import type { Budget, DataState, Incident } from './queries.ts';

/** Whether somebody is called because of it. */
export function AlertMark({ severity }: Pick<Incident, 'severity'>) {
  const say = useText();
  return (
    <span className={`${styles.mark} ${styles[severity]}`}>
      <Icon name="warning" size={13} /> {say(messages[severity])}
    </span>
  );
}

/** Says so where figures are missing or old; nothing where they are as they should be. */
export function DataMark({ data: { state, upTo } }: { readonly data: DataState }) {
  const say = useText();
  const { moment } = useFigures();
  const zone = useTimeZoneName();
  if (state === 'ok') return null;
  return (
    <span className={`${styles.mark} ${styles.late}`}>
      {state === 'none' || upTo === undefined
        ? say(messages.dataNone)
        : say(messages.dataLate, { at: `${moment(Date.parse(upTo))} ${zone}` })}
    </span>
  );
}

const WHOLE = 1_000_000;

/** What is left of an error budget: its share and, below, a bar; to the left of its middle line when overspent. */
export function BudgetMeter({ budget }: { readonly budget: Budget }) {
  const say = useText();
  const { budget: share, count } = useFigures();
  const { remainingPpm, remaining, allowed, unit, verdict } = budget;
  if (verdict === 'no-data') return <span className={styles.soft}>{say(messages.noData)}</span>;
  const look = lookOf(budget);
  const isEvents = unit === 'events';
  const filled = Math.min(WHOLE, Math.abs(remainingPpm ?? 0)) / WHOLE;
  return (
    <div className={`${styles.meter} ${styles[look]}`}>
      <strong>
        {remainingPpm === undefined ? say(messages.nothingAllowed) : share(remainingPpm)}
        {look === 'spent' && ` ${say(messages.spent)}`}
      </strong>
      <span className={styles.bar} aria-hidden="true">
        <i style={{ inlineSize: `${filled * 100}%` }} />
      </span>
      <span className={styles.soft}>
        {remaining < 0
          ? say(isEvents ? messages.overEvents : messages.overMinutes, {
              over: count(-remaining),
              allowed: count(allowed),
            })
          : say(isEvents ? messages.leftOfEvents : messages.leftOfMinutes, {
              remaining: count(remaining),
              allowed: count(allowed),
            })}
      </span>
    </div>
  );
}
