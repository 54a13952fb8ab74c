import { Link } from '@tanstack/react-router';
import type { Plan } from '../api/answers.ts';
import { useText } from '../app/text.ts';
import { EnvironmentMark } from '../parts/environment.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Time, useTimeZoneName } from '../parts/time.tsx';
import { messages } from './messages.ts';
import { originOf, shortCommit } from './origin.ts';
import { ChangeCounts, FindingCounts, StateMark } from './plan-marks.tsx';
import styles from './plan-table.module.css';

/** Plans in short, each with what it touches first. */
export function PlanTable({ label, plans }: { readonly label: string; readonly plans: readonly Plan[] }) {
  const say = useText();
  const zone = useTimeZoneName();
  const columns: readonly Column<Plan>[] = [
    {
      id: 'stack',
      header: say(messages.stack),
      place: 'title',
      cell: ({ id, stack, environment }) => (
        <div className={styles.stack}>
          <Link to="/changes/$plan" params={{ plan: id }} className={styles.link}>
            {stack}
          </Link>
          <EnvironmentMark environment={environment} />
        </div>
      ),
    },
    {
      id: 'state',
      header: say(messages.state),
      place: 'corner',
      cell: ({ state }) => <StateMark state={state} />,
    },
    {
      id: 'changes',
      header: say(messages.whatChanges),
      place: 'line',
      cell: ({ changes }) => <ChangeCounts changes={changes} />,
    },
    {
      id: 'findings',
      header: say(messages.findings),
      cell: ({ findings }) => <FindingCounts findings={findings} />,
    },
    { id: 'from', header: say(messages.from), place: 'small', cell: (plan) => <Origin plan={plan} /> },
    {
      id: 'author',
      header: say(messages.author),
      place: 'small',
      cell: ({ author }) => author.person ?? author.name,
    },
    {
      id: 'uploaded',
      header: say(messages.uploaded, { zone }),
      place: 'small',
      cell: ({ uploadedAt }) => <Time at={uploadedAt} />,
    },
  ];
  return (
    <Table
      label={label}
      columns={columns}
      rows={plans}
      keyOf={({ id }) => id}
      isProduction={({ environment }) => environment === 'production'}
    />
  );
}

/** The pull request, or the branch, and the commit. */
const Origin = ({ plan }: { readonly plan: Plan }) => (
  <div className={styles.origin}>
    <span>{originOf(plan)}</span>
    <code title={plan.commit}>{shortCommit(plan.commit)}</code>
  </div>
);
