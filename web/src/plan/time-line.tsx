import { type Message, useText } from '../app/text.ts';
import { Section } from '../parts/section.tsx';
import { Time, useTimeZoneName } from '../parts/time.tsx';
import { messages } from './messages.ts';
import { Plain } from './plain.tsx';
import type { PlanSummary } from './queries.ts';
import styles from './time-line.module.css';

/** What became of the plan, and what lies ahead if all goes well. */
export function TimeLine({ plan: { timeline, state } }: { readonly plan: PlanSummary }) {
  const say = useText();
  const zone = useTimeZoneName();
  return (
    <Section title={say(messages.timeLine)} aside={<span className={styles.soft}>{zone}</span>}>
      <ol className={styles.line}>
        {timeline.passed.map((step, index) => (
          <li
            key={`${step.at} ${step.event}`}
            className={styles.passed}
            aria-current={index === timeline.passed.length - 1 ? 'step' : undefined}
          >
            <Step step={step} />
          </li>
        ))}
        {timeline.ahead.map((ahead) => (
          <li key={ahead.state} className={styles.ahead}>
            <span className="for-readers-only">{say(messages.ahead)}</span> {ahead.words}
          </li>
        ))}
      </ol>
      {timeline.ahead.length === 0 && state !== 'applied' && (
        <p className={styles.soft}>{say(messages.nothingAhead)}</p>
      )}
    </Section>
  );
}

function Step({ step }: { readonly step: PlanSummary['timeline']['passed'][number] }) {
  const say = useText();
  const { at, words, stateWords, byWhom, reason } = step;
  const said = saidIn(step);
  return (
    <>
      <div className={styles.what}>
        <strong>{said === undefined ? words : say(said)}</strong>
        <Time at={at} />
      </div>
      <div className={styles.soft}>
        {stateWords} · <Plain words={byWhom} />
      </div>
      {reason !== undefined && (
        <blockquote className={styles.reason}>
          <Plain words={reason} />
        </blockquote>
      )}
    </>
  );
}

/** The policy is asked whenever somebody says something: then what they said is what happened. */
function saidIn({ event, decision }: PlanSummary['timeline']['passed'][number]): Message | undefined {
  if (event !== 'decided') return undefined;
  return decision !== undefined && Object.hasOwn(SAID, decision)
    ? SAID[decision as keyof typeof SAID]
    : undefined;
}

const SAID = {
  approve: messages.stepApproved,
  'break-glass': messages.stepBrokeGlass,
  repair: messages.stepMarked,
  'agree-repair': messages.stepAgreed,
  'withdraw-repair': messages.stepWithdrew,
} as const;
