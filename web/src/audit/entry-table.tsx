import { Link } from '@tanstack/react-router';
import type { Environment } from '../api/answers.ts';
import { useText } from '../app/text.ts';
import { EnvironmentMark } from '../parts/environment.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Time, useTimeZoneName } from '../parts/time.tsx';
import { Plain } from '../plan/plain.tsx';
import styles from './entry-table.module.css';
import { kindWords } from './kinds/kind-words.ts';
import { OutcomeMark } from './marks.tsx';
import { messages } from './messages.ts';
import type { Entry } from './queries.ts';
import { RecordedReason } from './recorded-reason.tsx';

interface EntryTableProps {
  readonly entries: readonly Entry[];
  readonly environmentOf: (stack: string | undefined) => Environment | undefined;
}

/** Entries in short, each with what happened first. */
export function EntryTable({ entries, environmentOf }: EntryTableProps) {
  const say = useText();
  const zone = useTimeZoneName();
  const columns: readonly Column<Entry>[] = [
    {
      id: 'kind',
      header: say(messages.happened),
      place: 'title',
      cell: ({ position, kind }) => (
        <div className={styles.kind}>
          <Link to="/audit/$entry" params={{ entry: String(position) }}>
            {kindWords(say, kind)}
          </Link>
          <span className={styles.soft}>
            #{position} <code>{kind}</code>
          </span>
        </div>
      ),
    },
    {
      id: 'outcome',
      header: say(messages.outcome),
      place: 'corner',
      cell: ({ outcome }) => <OutcomeMark outcome={outcome} />,
    },
    {
      id: 'about',
      header: say(messages.about),
      place: 'line',
      cell: ({ subject }) => <About subject={subject} environment={environmentOf(subject.stack)} />,
    },
    {
      id: 'why',
      header: say(messages.why),
      place: 'line',
      cell: ({ reasons: [first, ...others] }) =>
        first !== undefined && (
          <span className={styles.why}>
            <RecordedReason reason={first} />
            {others.length > 0 && ` (+${others.length})`}
          </span>
        ),
    },
    {
      id: 'actor',
      header: say(messages.actor),
      place: 'small',
      cell: ({ actor }) => <Plain words={actor.name} />,
    },
    {
      id: 'at',
      header: say(messages.when, { zone }),
      place: 'small',
      cell: ({ at }) => <Time at={at} />,
    },
  ];
  return (
    <Table
      label={say(messages.title)}
      columns={columns}
      rows={entries}
      keyOf={({ position }) => String(position)}
      isProduction={({ subject }) => environmentOf(subject.stack) === 'production'}
    />
  );
}

interface AboutProps {
  readonly subject: Entry['subject'];
  readonly environment: Environment | undefined;
}

/** What people know it by: the stack where there is one, else the nearest name. */
function About({ subject, environment }: AboutProps) {
  const { stack, person, account, other } = subject;
  const name = stack ?? person ?? other ?? account;
  if (name === undefined) return null;
  return (
    <span className={styles.about}>
      <Plain words={name} />
      {environment !== undefined && <EnvironmentMark environment={environment} />}
    </span>
  );
}
