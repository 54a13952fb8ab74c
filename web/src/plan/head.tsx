import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useText } from '../app/text.ts';
import { originOf, shortCommit } from '../changes/origin.ts';
import { ChangeCounts } from '../changes/plan-marks.tsx';
import { buttonClass } from '../parts/button.tsx';
import { EnvironmentMark } from '../parts/environment.tsx';
import { Icon } from '../parts/icon.tsx';
import { OutsideLink } from '../parts/outside-link.tsx';
import { Time, useTimeZoneName } from '../parts/time.tsx';
import styles from './head.module.css';
import { messages } from './messages.ts';
import { Plain } from './plain.tsx';
import type { PlanSummary } from './queries.ts';

/** Where it would be done, who made it, from what; and whether another took its place. */
export function Head({ plan }: { readonly plan: PlanSummary }) {
  const say = useText();
  const zone = useTimeZoneName();
  const { account, accountName, region, team, commit, author, terraform } = plan;
  return (
    <>
      {plan.newer !== undefined && <Replaced newer={plan.newer} />}
      {terraform.mode !== 'normal' && (
        <p className={styles.notice}>
          <Icon name="warning" /> {say(messages[terraform.mode])}
        </p>
      )}
      <dl className={styles.facts}>
        <Fact name={say(messages.environment)}>
          <EnvironmentMark environment={plan.environment} />
        </Fact>
        <Fact name={say(messages.account)}>
          {accountName ?? ''} <code>{account}</code> {region ?? ''}
        </Fact>
        <Fact name={say(messages.whatChanges)}>
          <a href="#changes">
            <ChangeCounts changes={plan.changes} />
          </a>
        </Fact>
        <Fact name={say(messages.from)}>
          <OutsideLink to={plan.pullRequestUrl}>
            <Plain words={originOf(plan)} />
          </OutsideLink>{' '}
          <code title={commit}>{shortCommit(commit)}</code>
        </Fact>
        <Fact name={say(messages.author)}>
          <Plain words={author.person ?? author.name} />
        </Fact>
        {team !== undefined && <Fact name={say(messages.owner)}>{team}</Fact>}
        <Fact name={say(messages.uploaded, { zone })}>
          <Time at={plan.uploadedAt} />
        </Fact>
        <Fact name={say(messages.goodUntil)}>
          <Time at={plan.expiresAt} />
        </Fact>
        <Fact name={say(messages.fingerprint)}>
          <code title={plan.fingerprint}>{plan.fingerprint.slice(0, SHORT_FINGERPRINT)}</code>
        </Fact>
        <Fact name={say(messages.terraform)}>{terraform.version}</Fact>
      </dl>
    </>
  );
}

export const SHORT_FINGERPRINT = 12;

export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A newer plan took its place; the way on. */
function Replaced({ newer }: { readonly newer: string }) {
  const say = useText();
  return (
    <div role="status" className={styles.replaced}>
      <Icon name="warning" size={20} />
      <p>
        <strong>{say(messages.replaced)}</strong> {say(messages.replacedWhy)}
      </p>
      <Link to="/changes/$plan" params={{ plan: newer }} className={buttonClass()}>
        {say(messages.toNewer)}
      </Link>
    </div>
  );
}
