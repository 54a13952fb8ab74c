import type { ReactNode } from 'react';
import { useText } from '../app/text.ts';
import { Icon } from '../parts/icon.tsx';
import { OutsideLink } from '../parts/outside-link.tsx';
import { More, Section } from '../parts/section.tsx';
import { Time } from '../parts/time.tsx';
import { messages } from './messages.ts';
import { Plain } from './plain.tsx';
import type { PlanSummary } from './queries.ts';
import styles from './waits.module.css';

/** What it waits for, for whom and why, in the policy's own words; and who has said what. */
export function Waits({ plan }: { readonly plan: PlanSummary }) {
  const say = useText();
  const { decision, refusal, waitsFor, approvals, heldBy } = plan;
  const isNothing = decision === undefined && refusal === undefined && approvals.length === 0;
  if (isNothing && heldBy === undefined) return null;
  return (
    <Section title={say(decision === undefined ? messages.decided : messages.waits)}>
      <div className={styles.box}>
        {waitsFor.length > 0 && (
          <p>
            {say(messages.waitsFor)}{' '}
            {waitsFor.map(({ person, teams }, index) => (
              <span key={person}>
                {index > 0 && ', '}
                <strong>{person}</strong>
                {teams.length > 0 && <span className={styles.soft}> ({teams.join(', ')})</span>}
              </span>
            ))}
          </p>
        )}
        {heldBy !== undefined && (
          <Why icon>
            {say(messages.heldBy, {
              ...{ repository: heldBy.repository.name, number: heldBy.pullRequest, whom: heldBy.byWhom },
            })}
          </Why>
        )}
        {refusal?.reasons.map(({ rule, message, remedy }) => (
          <Why key={rule} icon>
            <Plain words={message} /> <span className={styles.soft}>{remedy}</span>
          </Why>
        ))}
        {decision !== undefined && <Decision decision={decision} />}
        <Approvals approvals={approvals} />
      </div>
    </Section>
  );
}

function Why({ icon = false, children }: { readonly icon?: boolean; readonly children: ReactNode }) {
  return (
    <div className={styles.why}>
      {icon && <Icon name="refused" />}
      <p>{children}</p>
    </div>
  );
}

/** The policy's answer to “may it be applied now”, with everything that explains it. */
function Decision({ decision }: { readonly decision: NonNullable<PlanSummary['decision']> }) {
  const say = useText();
  const { allowed, policies, nearest, reasons, facts, wouldChange } = decision;
  return (
    <>
      {allowed ? (
        <div className={styles.why}>
          <Icon name="check" />
          <p>{say(messages.policyAllows)}</p>
        </div>
      ) : (
        reasons.map(({ rule, message, remedy }) => (
          <Why key={`${rule} ${message}`}>
            {message} <span className={styles.soft}>{remedy}</span>
          </Why>
        ))
      )}
      {wouldChange.length > 0 && (
        <div>
          <p className={styles.soft}>{say(messages.wouldChange)}</p>
          <ul className={styles.list}>
            {wouldChange.map(({ description }) => (
              <li key={description}>{description}</li>
            ))}
          </ul>
        </div>
      )}
      <More title={say(messages.whyPolicy)}>
        <ul className={styles.list}>
          {policies.map(({ id, effect, message, place }) => (
            <li key={id}>
              <code>{id}</code> ({say(messages[effect])}) {message} <Place {...place} />
            </li>
          ))}
          {nearest.map(({ id, message, unmet, place }) => (
            <li key={id}>
              <code>{id}</code> ({say(messages.nearly)}) {message} <Place {...place} />
              {unmet.map((words) => (
                <pre key={words} className={styles.cedar}>
                  {words}
                </pre>
              ))}
            </li>
          ))}
        </ul>
        <p className={styles.soft}>{say(messages.factsRead)}</p>
        <ul className={styles.facts}>
          {facts.map(({ name, value }) => (
            <li key={name}>
              <code>
                {name} = <Plain words={value} />
              </code>
            </li>
          ))}
        </ul>
      </More>
    </>
  );
}

const Place = ({ file, line }: { readonly file: string; readonly line?: number }) => (
  <code className={styles.soft}>{line === undefined ? file : `${file}:${line}`}</code>
);

const SAID = {
  approve: messages.hasApproved,
  reject: messages.hasRejected,
  'break-glass': messages.hasBrokenGlass,
} as const;
const BY = {
  signature: messages.bySignature,
  passkey: messages.byPasskey,
  review: messages.byReview,
} as const;

function Approvals({ approvals }: Pick<PlanSummary, 'approvals'>) {
  const say = useText();
  if (approvals.length === 0) return null;
  return (
    <ul className={styles.approvals} aria-label={say(messages.approvals)}>
      {approvals.map(({ approver, by, decision, givenAt, counts, why, review }) => (
        <li key={`${approver} ${givenAt} ${decision}`}>
          <Icon name={decision === 'reject' ? 'refused' : counts ? 'check' : 'warning'} />
          <div>
            <strong>
              <Plain words={approver} />
            </strong>{' '}
            {say(SAID[decision])} · <OutsideLink to={review?.url}>{say(BY[by])}</OutsideLink> ·{' '}
            <Time at={givenAt} />
            {!counts && (
              <p className={styles.soft}>
                {say(messages.countsNot)} {why}
              </p>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}
