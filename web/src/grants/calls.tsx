import { useText } from '../app/text.ts';
import { MoreButton } from '../parts/list-end.tsx';
import { Section } from '../parts/section.tsx';
import { Answered } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Time, useTimeZoneName } from '../parts/time.tsx';
import styles from './calls.module.css';
import { messages } from './messages.ts';
import { type GrantCalls, type GrantDetail, useCalls } from './queries.ts';
import { MoreWords } from './words.tsx';

interface CallsProps {
  readonly grant: GrantDetail;
  readonly mayRead: boolean;
}

/** What was called with it, by CloudTrail. For the owning team and administrators: calls name resources. */
export function Calls({ grant: { id }, mayRead }: CallsProps) {
  const say = useText();
  const calls = useCalls(id, mayRead);
  return (
    <Section title={say(messages.called)}>
      {!mayRead && <p className={styles.soft}>{say(messages.callsOfOthers)}</p>}
      {mayRead && (
        <Answered query={calls}>
          {({ pages }) => {
            const [first] = pages;
            if (first === undefined) return null;
            return (
              <>
                <Compared calls={first} />
                <Findings findings={first.findings} />
                {first.total > 0 && (
                  <CallTable calls={pages.flatMap((page) => page.calls)} actions={first.actions} />
                )}
                <MoreButton query={calls} label={say(messages.moreCalls)} />
                {(first.compared || first.total > 0) && (
                  <MoreWords
                    title={say(messages.neverUsed, { count: first.neverUsed.length })}
                    words={first.neverUsed}
                  />
                )}
              </>
            );
          }}
        </Answered>
      )}
    </Section>
  );
}

/** What the list below is worth. */
function Compared({ calls: { compared, readUntil, total } }: { readonly calls: GrantCalls }) {
  const say = useText();
  if (!compared && total === 0) return <p className={styles.soft}>{say(messages.notCompared)}</p>;
  return (
    <p className={styles.soft}>
      {say(total === 0 ? messages.noCalls : messages.callsRead, { count: total })}{' '}
      {readUntil !== undefined && (
        <>
          {say(messages.readUntil)} <Time at={readUntil} />
        </>
      )}
    </p>
  );
}

function Findings({ findings }: Pick<GrantCalls, 'findings'>) {
  return (
    <ul className={styles.findings}>
      {findings.map(({ rule, foundAt, message, remedy }) => (
        <li key={`${rule} ${foundAt} ${message}`}>
          <strong>
            <bdi>{message}</bdi>
          </strong>{' '}
          {remedy}
        </li>
      ))}
    </ul>
  );
}

type Call = GrantCalls['calls'][number];

function CallTable({ calls, actions }: { readonly calls: readonly Call[] } & Pick<GrantCalls, 'actions'>) {
  const say = useText();
  const zone = useTimeZoneName();
  const columns: readonly Column<Call>[] = [
    { id: 'action', header: say(messages.call), place: 'title', cell: ({ action }) => <code>{action}</code> },
    {
      id: 'result',
      header: say(messages.result),
      place: 'corner',
      cell: (call) => <Result call={call} />,
    },
    {
      id: 'resource',
      header: say(messages.resource),
      place: 'line',
      cell: ({ resource }) => resource !== undefined && <code className={styles.resource}>{resource}</code>,
    },
    { id: 'region', header: say(messages.region), place: 'small', cell: ({ region }) => region },
    {
      id: 'at',
      header: say(messages.calledIn, { zone }),
      place: 'small',
      cell: ({ at }) => <Time at={at} />,
    },
  ];
  return (
    <>
      <ul className={styles.actions}>
        {actions.map(({ action, calls: count, failed }) => (
          <li key={action}>
            <code>{action}</code> {say(messages.times, { count })}
            {failed > 0 && ` ${say(messages.ofWhichFailed, { count: failed })}`}
          </li>
        ))}
      </ul>
      <Table label={say(messages.called)} columns={columns} rows={calls} keyOf={({ event }) => event} />
    </>
  );
}

function Result({ call: { error, rule } }: { readonly call: Call }) {
  const say = useText();
  if (error === undefined && rule === undefined)
    return <span className={styles.soft}>{say(messages.worked)}</span>;
  return (
    <span className={styles.wrong}>
      {error ?? say(messages.found)} {rule !== undefined && <code>{rule}</code>}
    </span>
  );
}
