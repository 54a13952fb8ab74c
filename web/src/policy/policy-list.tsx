import { useText } from '../app/text.ts';
import { Quoted } from '../parts/quoted.tsx';
import { Section } from '../parts/section.tsx';
import { State } from '../parts/states.tsx';
import { Plain } from '../plan/plain.tsx';
import { Place } from './answer.tsx';
import { messages } from './messages.ts';
import styles from './policy-list.module.css';
import type { Policy } from './queries.ts';

/** Every policy in words; its Cedar behind them, as it stands in its file. */
export function PolicyList({ policies }: { readonly policies: readonly Policy[] }) {
  const say = useText();
  return (
    <Section title={say(messages.inForce)}>
      {policies.length === 0 ? (
        <State icon="empty" title={say(messages.noPolicies)}>
          <p>{say(messages.noPoliciesWhy)}</p>
        </State>
      ) : (
        <ul className={styles.policies}>
          {policies.map((policy) => (
            <li key={policy.id}>
              <OnePolicy policy={policy} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function OnePolicy({ policy }: { readonly policy: Policy }) {
  const say = useText();
  const { id, effect, message, remedy, place, source, reads } = policy;
  return (
    <details className={styles.policy}>
      <summary>
        <span className={`${styles.effect} ${styles[effect]}`}>{say(messages[effect])}</span>
        <span className={styles.words}>{message}</span>
        <span className={styles.soft}>
          <code>{id}</code> <Place place={place} />
        </span>
      </summary>
      <div className={styles.inside}>
        <h3>{say(messages.source, { file: place.file })}</h3>
        <Source source={source} firstLine={place.line ?? 1} />
        {reads.length > 0 && (
          <>
            <h3>{say(messages.reads)}</h3>
            <p>
              {reads.map((fact) => (
                <code key={fact} className={styles.read}>
                  {fact}
                </code>
              ))}
            </p>
          </>
        )}
        {remedy !== undefined && (
          <>
            <h3>{say(messages.remedy)}</h3>
            <p>
              <Quoted words={remedy} />
            </p>
          </>
        )}
      </div>
    </details>
  );
}

/** Lines with their numbers, which nobody copies along. */
function Source({ source, firstLine }: { readonly source: string; readonly firstLine: number }) {
  return (
    <code className={styles.source}>
      {source.split(/\r?\n/).map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of one text, which change together.
        <span key={index} data-line={firstLine + index}>
          <Plain words={line} />
          {'\n'}
        </span>
      ))}
    </code>
  );
}
