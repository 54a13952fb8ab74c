import { Link } from '@tanstack/react-router';
import { useText } from '../app/text.ts';
import { EnvironmentMark } from '../parts/environment.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Time, useTimeZoneName } from '../parts/time.tsx';
import styles from './grant-table.module.css';
import { messages } from './messages.ts';
import { type Accounts, type Grant, isLive, placeOf } from './queries.ts';
import { StatusMark } from './status-mark.tsx';

interface GrantTableProps {
  readonly label: string;
  readonly grants: readonly Grant[];
  readonly accounts: Accounts;
}

/** Grants in short, each with where it reaches first. */
export function GrantTable({ label, grants, accounts }: GrantTableProps) {
  const say = useText();
  const zone = useTimeZoneName();
  const environmentOf = (grant: Grant) => placeOf(accounts, grant).environment;
  const columns: readonly Column<Grant>[] = [
    {
      id: 'grant',
      header: say(messages.grant),
      place: 'title',
      cell: (grant) => {
        const environment = environmentOf(grant);
        return (
          <div className={styles.grant}>
            <Link to="/grants/$grant" params={{ grant: grant.id }}>
              {say(PURPOSE_OF_STACK[grant.purpose], { stack: grant.stack })}
            </Link>
            {environment !== undefined && <EnvironmentMark environment={environment} />}
          </div>
        );
      },
    },
    {
      id: 'status',
      header: say(messages.status),
      place: 'corner',
      cell: ({ status }) => <StatusMark status={status} />,
    },
    {
      id: 'account',
      header: say(messages.account),
      cell: (grant) => placeOf(accounts, grant).accountName ?? grant.account,
    },
    {
      id: 'approvers',
      header: say(messages.approvers),
      cell: ({ approvers }) => (approvers.length === 0 ? say(messages.nobody) : approvers.join(', ')),
    },
    { id: 'end', header: say(messages.end), cell: (grant) => <End grant={grant} /> },
    {
      id: 'job',
      header: say(messages.job),
      place: 'small',
      cell: ({ actor, repository }) => (
        <>
          {actor.name} · {repository.name}
        </>
      ),
    },
    {
      id: 'asked',
      header: say(messages.requestedIn, { zone }),
      place: 'small',
      cell: ({ requestedAt }) => <Time at={requestedAt} />,
    },
  ];
  return (
    <Table
      label={label}
      columns={columns}
      rows={grants}
      keyOf={({ id }) => id}
      isProduction={(grant) => environmentOf(grant) === 'production'}
    />
  );
}

/** When it ended, or when it will. */
function End({ grant }: { readonly grant: Grant }) {
  const say = useText();
  if (isLive(grant)) {
    if (grant.expiresAt === undefined) return say(messages.notIssuedYet);
    return (
      <>
        {say(messages.until)} <Time at={grant.expiresAt} />
      </>
    );
  }
  return grant.endedAt === undefined ? say(messages.unknown) : <Time at={grant.endedAt} />;
}

export const PURPOSE_OF_STACK = {
  plan: messages.planOf,
  apply: messages.applyOf,
  operate: messages.operateOf,
} as const;
