import { Link } from '@tanstack/react-router';
import { useText } from '../../app/text.ts';
import { type Column, Table } from '../../parts/table.tsx';
import { Sparkline } from '../charts/sparkline.tsx';
import { useFigures } from '../figures.ts';
import { AlertMark, BudgetMeter, DataMark } from '../marks.tsx';
import type { Objective, Slo } from '../queries.ts';
import { INCIDENT_STATES, INDICATORS, useBurnWords, useObjectiveWords } from '../words.ts';
import { messages } from './messages.ts';
import styles from './slo-table.module.css';

/** An SLO with one of its objectives; most have one. Before anything was counted, none is known. */
interface Row {
  readonly slo: Slo;
  readonly objective?: Objective;
  readonly place: number;
}

const rowsOf = (slos: readonly Slo[]): readonly Row[] =>
  slos.flatMap((slo): readonly Row[] =>
    slo.objectives.length === 0
      ? [{ slo, place: 0 }]
      : slo.objectives.map((objective, place) => ({ slo, objective, place })),
  );

const NOTHING = '–';

export function SloTable({ label, slos }: { readonly label: string; readonly slos: readonly Slo[] }) {
  const say = useText();
  const words = useObjectiveWords();
  const { percent } = useFigures();
  const columns: readonly Column<Row>[] = [
    { id: 'slo', header: say(messages.slo), place: 'title', cell: (row) => <Name {...row} /> },
    {
      id: 'alert',
      header: say(messages.alert),
      place: 'corner',
      cell: ({ slo }) => <Firing slo={slo} />,
    },
    {
      id: 'objective',
      header: say(messages.objective),
      cell: ({ objective }) =>
        objective === undefined ? (
          NOTHING
        ) : (
          <div>
            <div>{words(objective)}</div>
            {objective.sli.ppm !== undefined && (
              <div className={styles.soft}>
                {say(messages.reached, { share: percent(objective.sli.ppm) })}
              </div>
            )}
          </div>
        ),
    },
    {
      id: 'budget',
      header: say(messages.budget),
      cell: ({ objective }) =>
        objective === undefined ? (
          <span className={styles.soft}>{say(messages.nothingCounted)}</span>
        ) : (
          <BudgetMeter budget={objective.budget} />
        ),
    },
    {
      id: 'trend',
      header: say(messages.trend),
      cell: ({ objective }) =>
        objective === undefined ? NOTHING : <Sparkline values={objective.sparkline.remainingPpm} />,
    },
    {
      id: 'burn',
      header: say(messages.burn),
      cell: ({ objective }) => (objective === undefined ? NOTHING : <Burns objective={objective} />),
    },
  ];
  return (
    <Table
      label={label}
      columns={columns}
      rows={rowsOf(slos)}
      keyOf={({ slo, place }) => `${slo.name} ${place}`}
    />
  );
}

function Name({ slo, objective }: Row) {
  const say = useText();
  const { name, displayName, indicator, data, objectives } = slo;
  return (
    <div className={styles.name}>
      <Link to="/slos/$slo" params={{ slo: name }}>
        {displayName ?? name}
      </Link>
      {objectives.length > 1 && objective?.displayName !== undefined && <span>{objective.displayName}</span>}
      <span className={styles.soft}>
        {indicator.screen === undefined ? (
          say(INDICATORS[indicator.kind])
        ) : (
          <Link to="/screens/$screen" params={{ screen: indicator.screen }}>
            {say(messages.screenOf, { screen: indicator.screen })}
          </Link>
        )}
        {indicator.system !== undefined && ` · ${indicator.system}`}
      </span>
      <DataMark data={data} />
    </div>
  );
}

function Firing({ slo: { burning, incident } }: { readonly slo: Slo }) {
  const say = useText();
  if (incident !== undefined) {
    return (
      <div className={styles.name}>
        <AlertMark severity={incident.severity} />
        <span className={styles.soft}>{say(INCIDENT_STATES[incident.state])}</span>
      </div>
    );
  }
  return burning ? <AlertMark severity="page" /> : <span className={styles.soft}>{say(messages.quiet)}</span>;
}

/** Over the shortest and the longest window of its alerts. */
function Burns({ objective: { burns } }: { readonly objective: Objective }) {
  const say = useText();
  const words = useBurnWords();
  const { minutes } = useFigures();
  const ends = [burns[0], burns.length > 1 ? burns.at(-1) : undefined].filter((one) => one !== undefined);
  if (ends.length === 0) return <span className={styles.soft}>{say(messages.noAlerts)}</span>;
  return (
    <ul className={styles.burns}>
      {ends.map((one) => (
        <li key={one.minutes}>
          <strong>{words(one.burn)}</strong>{' '}
          <span className={styles.soft}>{say(messages.inLast, { window: minutes(one.minutes) })}</span>
        </li>
      ))}
    </ul>
  );
}
