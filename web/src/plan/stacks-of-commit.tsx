import { Link } from '@tanstack/react-router';
import { useText } from '../app/text.ts';
import { StateMark } from '../changes/plan-marks.tsx';
import { EnvironmentMark } from '../parts/environment.tsx';
import { Section } from '../parts/section.tsx';
import { messages } from './messages.ts';
import type { PlanSummary } from './queries.ts';
import styles from './stacks-of-commit.module.css';

/** What else the same commit changes, in the order in which it is applied. */
export function StacksOfCommit({ plan: { id, stacks } }: { readonly plan: PlanSummary }) {
  const say = useText();
  if (stacks.length < 2) return null;
  return (
    <Section title={say(messages.stacks)}>
      <ol className={styles.stacks}>
        {stacks.map(({ stack, environment, dependsOn, plan }) => (
          <li key={stack} aria-current={plan.id === id ? 'true' : undefined}>
            <div className={styles.name}>
              {plan.id === id ? (
                <strong>{stack}</strong>
              ) : (
                <Link to="/changes/$plan" params={{ plan: plan.id }}>
                  {stack}
                </Link>
              )}
              <EnvironmentMark environment={environment} />
              {dependsOn.length > 0 && (
                <span className={styles.soft}>{say(messages.after, { stacks: dependsOn.join(', ') })}</span>
              )}
            </div>
            <StateMark state={plan.state} />
          </li>
        ))}
      </ol>
    </Section>
  );
}
