import { Fragment } from 'react';
import { useText } from '../app/text.ts';
import { LongPlain, Plain } from '../plan/plain.tsx';
import styles from './evidence.module.css';
import { messages } from './messages.ts';

/** JSON as an outline: names as they were recorded, values only ever as text. */
export function Evidence({ evidence }: { readonly evidence: Readonly<Record<string, unknown>> }) {
  const say = useText();
  if (Object.keys(evidence).length === 0) return <p>{say(messages.noEvidence)}</p>;
  return (
    <div className={styles.frame}>
      <Value value={evidence} />
    </div>
  );
}

function Value({ value }: { readonly value: unknown }) {
  const say = useText();
  if (Array.isArray(value)) {
    if (value.length === 0) return <span className={styles.soft}>{say(messages.nothing)}</span>;
    return (
      <ul className={styles.list}>
        {value.map((item, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an entry never changes.
          <li key={at}>
            <Value value={item} />
          </li>
        ))}
      </ul>
    );
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value);
    if (members.length === 0) return <span className={styles.soft}>{say(messages.nothing)}</span>;
    return (
      <dl className={styles.members}>
        {members.map(([name, member]) => (
          <div key={name}>
            <dt>
              <Plain words={name} />
            </dt>
            <dd>
              <Value value={member} />
            </dd>
          </div>
        ))}
      </dl>
    );
  }
  // Signatures and statements have lines; every other character that nobody would see is written out.
  const lines = (typeof value === 'string' ? value : JSON.stringify(value)).split('\n');
  return (
    <code className={styles.value}>
      {lines.map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an entry never changes.
        <Fragment key={at}>
          {at > 0 && '\n'}
          <LongPlain words={line} />
        </Fragment>
      ))}
    </code>
  );
}
