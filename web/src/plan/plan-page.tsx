import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useText } from '../app/text.ts';
import { StateMark } from '../changes/plan-marks.tsx';
import { useTouches } from '../parts/environment.tsx';
import { Page } from '../parts/page.tsx';
import { Answered } from '../parts/states.tsx';
import { Again } from './again.tsx';
import { Budgets } from './budgets.tsx';
import { Decide } from './decide/decide.tsx';
import { Denials } from './denials.tsx';
import { Explorer } from './explorer/explorer.tsx';
import { Findings } from './findings.tsx';
import { Grants } from './grants.tsx';
import { Guide } from './guide/guide.tsx';
import { Head } from './head.tsx';
import { messages } from './messages.ts';
import { Outputs } from './outputs.tsx';
import { Permissions } from './permissions.tsx';
import styles from './plan-page.module.css';
import { type PlanSummary, summaryQuery } from './queries.ts';
import { StacksOfCommit } from './stacks-of-commit.tsx';
import { TimeLine } from './time-line.tsx';
import { Waits } from './waits.tsx';

const route = getRouteApi('/shell/changes/$plan');

/** One plan: what became of it, what it waits for, what it does; and to decide about it. */
export function PlanPage() {
  const { plan: id } = route.useParams();
  const say = useText();
  const plan = useQuery(summaryQuery(id));
  if (plan.data === undefined) {
    return (
      <Page title={say(messages.aChange)}>
        <Answered query={plan}>{() => null}</Answered>
      </Page>
    );
  }
  return (
    <Answered query={plan} heading="h1">
      {(summary) => <OnePlan key={summary.id} plan={summary} />}
    </Answered>
  );
}

function OnePlan({ plan }: { readonly plan: PlanSummary }) {
  // Filters come and go in the address; the guide stays until it is hidden.
  const { guide } = route.useSearch();
  const [guided] = useState(guide === true);
  useTouches(plan.environment);
  return (
    <Page title={plan.stack} aside={<StateMark state={plan.state} />}>
      {guided && <Guide plan={plan} />}
      <Head plan={plan} />
      <Again plan={plan} />
      <div className={styles.columns}>
        <div className={styles.column}>
          <Waits plan={plan} />
          <Budgets plan={plan} />
          <Denials denials={plan.denials ?? []} />
          <Findings plan={plan} />
          <Outputs outputs={plan.outputs} />
        </div>
        <div className={styles.column}>
          <TimeLine plan={plan} />
          <Grants plan={plan} />
          <StacksOfCommit plan={plan} />
          <Permissions plan={plan} />
        </div>
      </div>
      <Explorer plan={plan} />
      <Decide plan={plan} />
    </Page>
  );
}
