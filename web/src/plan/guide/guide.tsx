import { Link } from '@tanstack/react-router';
import { useId, useState } from 'react';
import { useText } from '../../app/text.ts';
import { Button } from '../../parts/button.tsx';
import { Icon } from '../../parts/icon.tsx';
import type { PlanSummary } from '../queries.ts';
import styles from './guide.module.css';
import { messages } from './messages.ts';
import { progressOf } from './progress.ts';

const STEPS = [
  { name: messages.read, why: messages.readWhy, place: '#findings' },
  { name: messages.look, why: messages.lookWhy, place: '#changes' },
  { name: messages.decide, why: messages.decideWhy, place: undefined },
  { name: messages.watch, why: messages.watchWhy, place: undefined },
] as const;

/** Leads through a first approval, where the address asks for it (`?guide=true`); knows nothing that the page does not say too. */
export function Guide({ plan: { state } }: { readonly plan: PlanSummary }) {
  const say = useText();
  const title = useId();
  const [shown, setShown] = useState(true);
  if (!shown) return null;
  const { done, end } = progressOf(state);
  return (
    <section className={styles.guide} aria-labelledby={title}>
      <div className={styles.header}>
        <h2 id={title}>{say(messages.title)}</h2>
        <Button look="quiet" aria-label={say(messages.hide)} onClick={() => setShown(false)}>
          <Icon name="close" />
        </Button>
      </div>
      <ol className={styles.steps}>
        {STEPS.map(({ name, why, place }, index) => (
          <li
            key={name.en}
            className={
              index < done ? styles.done : index === done && end === undefined ? styles.next : undefined
            }
            aria-current={index === done && end === undefined ? 'step' : undefined}
          >
            <span className={styles.number} aria-hidden="true">
              {index < done ? <Icon name="check" /> : index + 1}
            </span>
            <div>
              <strong>{place === undefined ? say(name) : <a href={place}>{say(name)}</a>}</strong>
              <p>{say(why)}</p>
            </div>
          </li>
        ))}
      </ol>
      <div role="status" className={styles.end}>
        {end !== undefined && <p>{say(messages[end])}</p>}
        {end === 'applied' && (
          <p>
            <Link to="/grants">{say(messages.toGrants)}</Link> ·{' '}
            <Link to="/audit">{say(messages.toAudit)}</Link>
          </p>
        )}
      </div>
    </section>
  );
}
