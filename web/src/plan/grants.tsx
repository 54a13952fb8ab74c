import { Link } from '@tanstack/react-router';
import { useText } from '../app/text.ts';
import { StatusMark } from '../grants/status-mark.tsx';
import { Section } from '../parts/section.tsx';
import { Time } from '../parts/time.tsx';
import { messages } from './messages.ts';
import type { PlanSummary } from './queries.ts';
import styles from './stacks-of-commit.module.css';

/** What was given out for the plan: where it is taken back, and where it says what was called. */
export function Grants({ plan: { grants } }: { readonly plan: PlanSummary }) {
  const say = useText();
  if (grants.length === 0) return null;
  return (
    <Section title={say(messages.grants)}>
      <ul className={styles.stacks}>
        {grants.map(({ id, status, requestedAt }) => (
          <li key={id}>
            <Link to="/grants/$grant" params={{ grant: id }}>
              <Time at={requestedAt} />
            </Link>
            <StatusMark status={status} />
          </li>
        ))}
      </ul>
    </Section>
  );
}
