import type { ReactNode } from 'react';
import { useText } from '../app/text.ts';
import { Icon } from '../parts/icon.tsx';
import { Quoted } from '../parts/quoted.tsx';
import { More } from '../parts/section.tsx';
import styles from './answer.module.css';
import { messages } from './messages.ts';
import type { Decision, Explained } from './queries.ts';

/** Yes or no first; then why, by which policies, on which facts, and what would change it. */
export function Answer({ explained: { decision, asked } }: { readonly explained: Explained }) {
  const say = useText();
  return (
    <div className={styles.answer}>
      <h3 className={decision.allowed ? styles.yes : styles.no}>
        <Icon name={decision.allowed ? 'check' : 'refused'} size={22} />
        {say(messages[decision.kind])}
      </h3>
      <Explanation decision={decision} />
      <FactTable title={say(messages.facts)} facts={decision.facts} />
      <FactTable title={say(messages.askedFacts)} facts={asked} />
    </div>
  );
}

/** Of a decision, whatever asked for it. */
export function Explanation({ decision }: { readonly decision: Decision }) {
  const say = useText();
  const { allowed, policies, nearest, reasons, wouldChange } = decision;
  return (
    <>
      {reasons.length > 0 && (
        <Part title={say(messages.why)}>
          {reasons.map(({ rule, message, remedy }) => (
            <li key={`${rule} ${message}`}>
              <Quoted words={message} />{' '}
              <span className={styles.soft}>
                <Quoted words={remedy} />
              </span>
            </li>
          ))}
        </Part>
      )}
      {!allowed && (
        <Part title={say(messages.wouldChange)}>
          {wouldChange.map(({ changes, description }) => (
            <li key={changes.join(' ')}>{description}</li>
          ))}
          {wouldChange.length === 0 && <li>{say(messages.noWouldChange)}</li>}
        </Part>
      )}
      {policies.length > 0 && (
        <Part title={say(messages.deciding)}>
          {policies.map(({ id, effect, message, place }) => (
            <li key={id}>
              <strong>{say(messages[effect])}</strong> <code>{id}</code> <Place place={place} />
              <div>{message}</div>
            </li>
          ))}
        </Part>
      )}
      {nearest.length > 0 && (
        <Part title={say(messages.nearest)}>
          {nearest.map(({ id, message, place, unmet }) => (
            <li key={id}>
              <code>{id}</code> <Place place={place} />
              <div>{message}</div>
              {unmet.length > 0 && <div className={styles.soft}>{say(messages.unmet)}</div>}
              {unmet.map((condition) => (
                <code key={condition} className={styles.cedar}>
                  {condition}
                </code>
              ))}
            </li>
          ))}
        </Part>
      )}
    </>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className={styles.part}>
      <h4>{title}</h4>
      <ul>{children}</ul>
    </div>
  );
}

/** File and line. */
export function Place({ place: { file, line } }: Pick<Decision['policies'][number], 'place'>) {
  return <span className={styles.soft}>{line === undefined ? file : `${file}:${line}`}</span>;
}

function FactTable({ title, facts }: { readonly title: string; readonly facts: Explained['asked'] }) {
  const say = useText();
  if (facts.length === 0) return null;
  return (
    <More title={title}>
      <table className={styles.facts}>
        <thead>
          <tr>
            <th scope="col">{say(messages.fact)}</th>
            <th scope="col">{say(messages.value)}</th>
          </tr>
        </thead>
        <tbody>
          {facts.map(({ name, value }) => (
            <tr key={name}>
              <td>
                <code>{name}</code>
              </td>
              <td>
                <code>{value}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </More>
  );
}
