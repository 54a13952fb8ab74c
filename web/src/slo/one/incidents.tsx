import { useText } from '../../app/text.ts';
import { Section } from '../../parts/section.tsx';
import { Answered, Nothing } from '../../parts/states.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Time, useTimeZoneName } from '../../parts/time.tsx';
import { Plain } from '../../plan/plain.tsx';
import { AlertMark } from '../marks.tsx';
import { type Incident, useIncidents } from '../queries.ts';
import { INCIDENT_STATES, useBurnWords } from '../words.ts';
import { Acknowledge, Resolve, Silence } from './incident-acts.tsx';
import { messages } from './messages.ts';
import styles from './slo-page.module.css';

/** What alerts led to, and what people did about it. */
export function Incidents({ slo }: { readonly slo: string }) {
  const say = useText();
  const incidents = useIncidents(slo);
  return (
    <Section title={say(messages.incidents)}>
      <Answered query={incidents}>
        {({ incidents: all, mayAct }) =>
          all.length === 0 ? (
            <Nothing>{say(messages.noIncidents)}</Nothing>
          ) : (
            <>
              <IncidentTable incidents={all} mayAct={mayAct} />
              {!mayAct && all.some(isOpen) && <p className={styles.soft}>{say(messages.mayNotAct)}</p>}
            </>
          )
        }
      </Answered>
    </Section>
  );
}

const isOpen = ({ resolved }: Incident): boolean => resolved === undefined;

interface IncidentTableProps {
  readonly incidents: readonly Incident[];
  readonly mayAct: boolean;
}

function IncidentTable({ incidents, mayAct }: IncidentTableProps) {
  const say = useText();
  const zone = useTimeZoneName();
  const burn = useBurnWords();
  const columns: readonly Column<Incident>[] = [
    {
      id: 'severity',
      header: say(messages.incident),
      place: 'title',
      cell: ({ severity }) => <AlertMark severity={severity} />,
    },
    {
      id: 'state',
      header: say(messages.state),
      place: 'corner',
      cell: ({ state, firing }) => (
        <>
          {say(INCIDENT_STATES[state])}
          {!firing && state !== 'resolved' && <div className={styles.soft}>{say(messages.quietNow)}</div>}
        </>
      ),
    },
    {
      id: 'opened',
      header: say(messages.openedIn, { zone }),
      cell: ({ openedAt }) => <Time at={openedAt} />,
    },
    { id: 'burn', header: say(messages.burnThen), cell: (incident) => burn(incident.burn) },
    {
      id: 'done',
      header: say(messages.done),
      place: 'line',
      cell: (incident) => <Done incident={incident} />,
    },
    ...(mayAct && incidents.some(isOpen)
      ? [{ id: 'acts', header: say(messages.acts), place: 'line', cell: Acts } as const]
      : []),
  ];
  return <Table label={say(messages.incidents)} columns={columns} rows={incidents} keyOf={({ id }) => id} />;
}

/** Who did what about it, in the order in which it is done. */
function Done({ incident: { acknowledged, silenced, resolved } }: { readonly incident: Incident }) {
  const say = useText();
  return (
    <ul className={styles.done}>
      {acknowledged !== undefined && (
        <li>
          {say(messages.acknowledgedBy, { whom: acknowledged.byWhom })} <Time at={acknowledged.at} />
        </li>
      )}
      {silenced !== undefined && (
        <li>
          {say(messages.silencedBy, { whom: silenced.byWhom })} <Time at={silenced.until} />{' '}
          <Reason reason={silenced.reason} />
        </li>
      )}
      {resolved !== undefined && (
        <li>
          {resolved.byWhom === undefined
            ? say(messages.resolvedItself)
            : say(messages.resolvedBy, { whom: resolved.byWhom })}{' '}
          <Time at={resolved.at} /> {resolved.reason !== undefined && <Reason reason={resolved.reason} />}
        </li>
      )}
    </ul>
  );
}

const Reason = ({ reason }: { readonly reason: string }) => (
  <span className={styles.soft}>
    <Plain words={reason} />
  </span>
);

function Acts(incident: Incident) {
  if (!isOpen(incident)) return null;
  return (
    <div className={styles.acts}>
      {incident.acknowledged === undefined && <Acknowledge incident={incident} />}
      <Silence incident={incident} />
      <Resolve incident={incident} />
    </div>
  );
}
