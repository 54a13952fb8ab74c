import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Environment, Overview } from '../api/answers.ts';
import { answerOf, api } from '../api/client.ts';
import { environmentOf, useStacks } from '../api/stacks.ts';
import { useText } from '../app/text.ts';
import { PlanTable } from '../changes/plan-table.tsx';
import { EnvironmentMark } from '../parts/environment.tsx';
import { Icon } from '../parts/icon.tsx';
import { Page } from '../parts/page.tsx';
import { Section } from '../parts/section.tsx';
import { Answered } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Time, useTimeZoneName } from '../parts/time.tsx';
import { Health, useStatus, Wrongs } from './health.tsx';
import { messages } from './messages.ts';
import styles from './overview-page.module.css';

/** What waits for me, what runs, what went wrong lately, the accounts in short, and how Sekisho itself does. */
export function OverviewPage() {
  const say = useText();
  const overview = useQuery({
    queryKey: ['overview'],
    queryFn: ({ signal }) => answerOf(api.GET('/v1/overview', { signal })),
  });
  const status = useStatus();
  return (
    <Page title={say(messages.title)}>
      <Answered query={overview}>
        {({ waitsForMe, waiting, running, recent, accounts }) => (
          <>
            <Wrongs status={status} />
            <WaitsForMe waitsForMe={waitsForMe} waiting={waiting} />
            <Part
              title={say(messages.running)}
              aside={
                <Link to="/grants" search={{ show: 'live' }}>
                  {say(messages.liveGrants)}
                </Link>
              }
              empty={running.length === 0 && say(messages.nothingRuns)}
            >
              <PlanTable label={say(messages.running)} plans={running} />
            </Part>
            <Part title={say(messages.recent)} empty={recent.length === 0 && say(messages.nothingRecent)}>
              <RecentTable recent={recent} />
            </Part>
            <Part
              title={say(messages.accounts)}
              aside={<Link to="/accounts">{say(messages.stacksOfAll)}</Link>}
            >
              <ul className={styles.accounts}>
                {accounts.map((account) => (
                  <Account key={account.id} account={account} />
                ))}
              </ul>
            </Part>
            <Health status={status} />
          </>
        )}
      </Answered>
    </Page>
  );
}

interface PartProps {
  readonly title: string;
  readonly aside?: ReactNode;
  /** Instead of the content, where there is none. */
  readonly empty?: ReactNode;
  readonly children: ReactNode;
}

function Part({ title, aside, empty, children }: PartProps) {
  const isEmpty = empty !== undefined && empty !== false;
  return (
    <Section title={title} aside={aside}>
      {isEmpty ? <p className={styles.empty}>{empty}</p> : children}
    </Section>
  );
}

function WaitsForMe({ waitsForMe: { plans, more }, waiting }: Pick<Overview, 'waitsForMe' | 'waiting'>) {
  const say = useText();
  const ofOthers = waiting - plans.length;
  const nothing = (
    <>
      <Icon name="check" /> {say(messages.nothingWaits)}{' '}
      {ofOthers > 0 && (
        <Link to="/changes" search={{ state: 'awaiting-approval' }}>
          {say(messages.waitsForOthers, { count: ofOthers })}
        </Link>
      )}
    </>
  );
  return (
    <Part title={say(messages.waitsForMe)} empty={plans.length === 0 && nothing}>
      <PlanTable label={say(messages.waitsForMe)} plans={plans} />
      {more && (
        <Link to="/changes" search={{ waitingFor: 'me' }}>
          {say(messages.seeAll)}
        </Link>
      )}
    </Part>
  );
}

type Recent = Overview['recent'][number];

function RecentTable({ recent }: Pick<Overview, 'recent'>) {
  const say = useText();
  const zone = useTimeZoneName();
  const stacks = useStacks();
  const columns: readonly Column<Recent>[] = [
    {
      id: 'what',
      header: say(messages.what),
      place: 'title',
      cell: ({ what, auditEntry }) =>
        auditEntry === undefined ? (
          <strong className={styles[what]}>{say(messages[what])}</strong>
        ) : (
          <Link to="/audit/$entry" params={{ entry: auditEntry }} className={styles[what]}>
            {say(messages[what])}
          </Link>
        ),
    },
    { id: 'why', header: say(messages.why), place: 'line', cell: ({ words }) => words },
    {
      id: 'stack',
      header: say(messages.stack),
      place: 'small',
      cell: ({ stack, plan }) => (
        <About stack={stack} plan={plan} environment={environmentOf(stacks, stack)} />
      ),
    },
    { id: 'who', header: say(messages.who), place: 'small', cell: ({ byWhom }) => byWhom },
    {
      id: 'when',
      header: say(messages.when, { zone }),
      place: 'small',
      cell: ({ at }) => <Time at={at} />,
    },
  ];
  const keyOf = ({ at, plan = '', auditEntry = '' }: Recent): string => `${at} ${plan} ${auditEntry}`;
  return (
    <Table
      label={say(messages.recent)}
      columns={columns}
      rows={recent}
      keyOf={keyOf}
      isProduction={({ stack }) => environmentOf(stacks, stack) === 'production'}
    />
  );
}

interface AboutProps {
  readonly stack: string | undefined;
  readonly plan: string | undefined;
  readonly environment: Environment | undefined;
}

function About({ stack, plan, environment }: AboutProps) {
  return (
    <span className={styles.about}>
      {plan === undefined ? (
        stack
      ) : (
        <Link to="/changes/$plan" params={{ plan }}>
          {stack ?? plan}
        </Link>
      )}
      {environment !== undefined && <EnvironmentMark environment={environment} />}
    </span>
  );
}

function Account({ account }: { readonly account: Overview['accounts'][number] }) {
  const say = useText();
  const { id, name, environment, frozen, stacks, waiting, running, drifted } = account;
  const counts = [
    say(messages.stacks, { count: stacks }),
    ...(waiting > 0 ? [say(messages.waiting, { count: waiting })] : []),
    ...(running > 0 ? [say(messages.applying, { count: running })] : []),
    ...(drifted > 0 ? [say(messages.drifted, { count: drifted })] : []),
  ];
  return (
    <li className={`${styles.account} ${environment === 'production' ? styles.production : ''}`}>
      <div className={styles.name}>
        <strong>{name}</strong>
        <EnvironmentMark environment={environment} />
      </div>
      <code>{id}</code>
      <p>{counts.join(' · ')}</p>
      {frozen && <p className={styles.frozen}>{say(messages.frozen)}</p>}
    </li>
  );
}
