import { useText } from '../app/text.ts';
import { Section } from '../parts/section.tsx';
import styles from './findings.module.css';
import { messages } from './messages.ts';
import { Plain } from './plain.tsx';
import type { PlanSummary } from './queries.ts';

/** What AWS denied to the apply, why, and what to do about it. */
export function Denials({ denials }: { readonly denials: NonNullable<PlanSummary['denials']> }) {
  const say = useText();
  if (denials.length === 0) return null;
  return (
    <Section title={say(messages.denials)}>
      <ul className={styles.findings}>
        {denials.map(({ action, operation, resource, address, diagnosis, remedy }) => (
          <li key={`${action} ${operation} ${resource} ${address}`} className={styles.high}>
            <code>
              <Plain words={[action ?? operation ?? '', resource ?? ''].join(' ').trim()} />
            </code>
            {address !== undefined && (
              <code>
                <Plain words={address} />
              </code>
            )}
            <p>
              <Plain words={diagnosis} />
            </p>
            <p className={styles.remedy}>
              <Plain words={remedy} />
            </p>
          </li>
        ))}
      </ul>
    </Section>
  );
}
