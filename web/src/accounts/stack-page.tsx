import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { answerOf, api } from '../api/client.ts';
import { useText } from '../app/text.ts';
import { PlanTable } from '../changes/plan-table.tsx';
import { GrantTable } from '../grants/grant-table.tsx';
import { useAccounts } from '../grants/queries.ts';
import { EnvironmentMark, useTouches } from '../parts/environment.tsx';
import { Page } from '../parts/page.tsx';
import { type Fact, Facts, Section } from '../parts/section.tsx';
import { Answered, NotFound } from '../parts/states.tsx';
import { Time, useTimeZoneName } from '../parts/time.tsx';
import { Freezes } from './freezes.tsx';
import { messages } from './messages.ts';
import { Needs } from './needs.tsx';
import styles from './stack-page.module.css';
import { type Account, Drift, KnownState, LastPlan, type Stack } from './standing.tsx';
import { Unlock } from './unlock.tsx';

const route = getRouteApi('/shell/stacks/$stack');

/** One stack: how it stands, who holds it, and what happened to it. */
export function StackPage() {
  const { stack: name } = route.useParams();
  const accounts = useAccounts();
  return (
    <Answered query={accounts} heading="h1">
      {({ accounts: all }) => {
        const account = all.find(({ stacks }) => stacks.some((stack) => stack.name === name));
        const stack = account?.stacks.find((one) => one.name === name);
        if (account === undefined || stack === undefined) return <NotFound heading="h1" />;
        return <OneStack key={name} account={account} stack={stack} />;
      }}
    </Answered>
  );
}

interface OneStackProps {
  readonly account: Account;
  readonly stack: Stack;
}

function OneStack({ account, stack }: OneStackProps) {
  useTouches(account.environment);
  return (
    <Page title={stack.name} aside={<EnvironmentMark environment={account.environment} />}>
      <Freezes freezes={account.freezes} />
      {stack.lock !== undefined && (
        <Unlock stack={stack.name} environment={account.environment} lock={stack.lock} />
      )}
      <Standing account={account} stack={stack} />
      <Plans stack={stack.name} />
      <Needs stack={stack.name} environment={account.environment} />
      <Grants stack={stack.name} account={account} />
    </Page>
  );
}

function Standing({ account, stack }: OneStackProps) {
  const say = useText();
  const zone = useTimeZoneName();
  const { lastApplied, inFlight, knownState, dependsOn } = stack;
  const facts: readonly Fact[] = [
    [say(messages.lastPlan, { zone }), <LastPlan key="plan" stack={stack} />],
    [
      say(messages.lastApplied, { zone }),
      lastApplied === undefined ? (
        say(messages.never)
      ) : (
        <PlanLink key="applied" plan={lastApplied.plan}>
          <Time at={lastApplied.at} />
        </PlanLink>
      ),
    ],
    [
      say(messages.running),
      inFlight === undefined ? undefined : (
        <PlanLink key="running" plan={inFlight}>
          {say(messages.beingApplied)}
        </PlanLink>
      ),
    ],
    [say(messages.state), <KnownState key="state" stack={stack} />],
    [say(messages.lineage), knownState && <code key="lineage">{knownState.lineage}</code>],
    [say(messages.drift), <Drift key="drift" stack={stack} />],
    [say(messages.lock), stack.lock === undefined ? say(messages.free) : undefined],
    [say(messages.team), stack.team],
    [say(messages.account), `${account.name} (${account.id})`],
    [say(messages.region), <code key="region">{stack.region}</code>],
    [say(messages.folder), `${stack.repository.name} ${stack.path}`],
    [say(messages.applies), say(messages[stack.applies])],
    [
      say(messages.dependsOn),
      dependsOn.length === 0 ? undefined : (
        <ul key="depends" className={styles.names}>
          {dependsOn.map((name) => (
            <li key={name}>
              <Link to="/stacks/$stack" params={{ stack: name }}>
                {name}
              </Link>
            </li>
          ))}
        </ul>
      ),
    ],
  ];
  return (
    <Section title={say(messages.standing)}>
      <Facts facts={facts} />
    </Section>
  );
}

function PlanLink({ plan, children }: { readonly plan: string; readonly children: ReactNode }) {
  return (
    <Link to="/changes/$plan" params={{ plan }}>
      {children}
    </Link>
  );
}

const SHOWN = 10;

function Plans({ stack }: { readonly stack: string }) {
  const say = useText();
  const plans = useQuery({
    queryKey: ['plans', { stack, limit: SHOWN }],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/v1/plans', { params: { query: { stack, limit: SHOWN } }, signal })),
  });
  return (
    <Section
      title={say(messages.plans)}
      aside={
        <Link to="/changes" search={{ stack }}>
          {say(messages.allPlans)}
        </Link>
      }
    >
      <Answered query={plans}>
        {({ plans: all }) =>
          all.length === 0 ? (
            <p className={styles.soft}>{say(messages.noPlans)}</p>
          ) : (
            <PlanTable label={say(messages.plans)} plans={all} />
          )
        }
      </Answered>
    </Section>
  );
}

function Grants({ stack, account }: { readonly stack: string; readonly account: Account }) {
  const say = useText();
  const grants = useQuery({
    queryKey: ['grants', { stack, limit: SHOWN }],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/v1/grants', { params: { query: { stack, limit: SHOWN } }, signal })),
  });
  return (
    <Section
      title={say(messages.grants)}
      aside={
        <Link to="/grants" search={{ stack }}>
          {say(messages.allGrants)}
        </Link>
      }
    >
      <Answered query={grants}>
        {({ grants: all }) =>
          all.length === 0 ? (
            <p className={styles.soft}>{say(messages.noGrants)}</p>
          ) : (
            <GrantTable label={say(messages.grants)} grants={all} accounts={[account]} />
          )
        }
      </Answered>
    </Section>
  );
}
