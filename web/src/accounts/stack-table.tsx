import { Link } from '@tanstack/react-router';
import { useText } from '../app/text.ts';
import { type Column, Table } from '../parts/table.tsx';
import { Time, useTimeZoneName } from '../parts/time.tsx';
import { messages } from './messages.ts';
import styles from './stack-table.module.css';
import { type Account, Drift, KnownState, LastPlan, Lock, type Stack } from './standing.tsx';

/** The stacks of an account, what others depend on first. */
export function StackTable({ label, account }: { readonly label: string; readonly account: Account }) {
  const say = useText();
  const zone = useTimeZoneName();
  const columns: readonly Column<Stack>[] = [
    {
      id: 'stack',
      header: say(messages.stack),
      place: 'title',
      cell: ({ name, team }) => (
        <div className={styles.stack}>
          <Link to="/stacks/$stack" params={{ stack: name }}>
            {name}
          </Link>
          <span>{team}</span>
        </div>
      ),
    },
    { id: 'plan', header: say(messages.lastPlan, { zone }), cell: (stack) => <LastPlan stack={stack} /> },
    {
      id: 'applied',
      header: say(messages.lastApplied, { zone }),
      cell: ({ lastApplied }) =>
        lastApplied === undefined ? say(messages.never) : <Time at={lastApplied.at} />,
    },
    { id: 'state', header: say(messages.state), cell: (stack) => <KnownState stack={stack} /> },
    { id: 'drift', header: say(messages.drift), cell: (stack) => <Drift stack={stack} /> },
    { id: 'lock', header: say(messages.lock), cell: (stack) => <Lock stack={stack} /> },
  ];
  return (
    <Table
      label={label}
      columns={columns}
      rows={account.stacks}
      keyOf={({ name }) => name}
      isProduction={() => account.environment === 'production'}
    />
  );
}
