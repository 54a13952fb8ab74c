import { type Message, useText } from '../../app/text.ts';
import { type Fact, Facts, Section } from '../../parts/section.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Time } from '../../parts/time.tsx';
import { useFigures } from '../figures.ts';
import { AlertMark, BudgetMeter } from '../marks.tsx';
import type { ObjectiveDetail } from '../queries.ts';
import { useBurnWords, useObjectiveWords } from '../words.ts';
import { messages } from './messages.ts';
import { PROOFS } from './proofs.ts';
import styles from './slo-page.module.css';

interface OneObjectiveProps {
  readonly objective: ObjectiveDetail;
  readonly only: boolean;
}

/** What is promised, what was reached, how sure that is, what is left, and which alerts watch it. */
export function OneObjective({ objective, only }: OneObjectiveProps) {
  const say = useText();
  const words = useObjectiveWords();
  const title = objective.displayName ?? words(objective);
  return (
    <Section title={only ? say(messages.standing) : title}>
      <Facts facts={useFacts(objective)} />
      {objective.alerts.length > 0 && (
        <Alerts objective={objective} label={`${say(messages.alerts)}: ${title}`} />
      )}
      {objective.alerts.length === 0 && <p className={styles.soft}>{say(messages.noAlerts)}</p>}
    </Section>
  );
}

function useFacts(objective: ObjectiveDetail): readonly Fact[] {
  const say = useText();
  const { percent, count, minutes } = useFigures();
  const words = useObjectiveWords();
  const { sli, budget, window, slices, eventsToProve, compared } = objective;
  const { interval, proof, ppm, good, total } = sli;
  const unit = budget.unit === 'events' ? messages.goodEvents : messages.goodMinutes;
  return [
    [say(messages.objective), words(objective)],
    [
      say(messages.windowNow),
      <span key="window">
        <Time at={window.from} /> – <Time at={window.to} zoned />
        {window.timeZone !== undefined && ` (${window.timeZone})`}
      </span>,
    ],
    [say(messages.compared), compared === undefined ? undefined : `${SIGNS[compared.op]} ${compared.value}`],
    [
      say(messages.reached),
      ppm === undefined ? (
        say(messages.nothingYet)
      ) : (
        <span key="sli">
          <strong>{percent(ppm)}</strong>{' '}
          <span className={styles.soft}>{say(unit, { good: count(good), total: count(total) })}</span>
        </span>
      ),
    ],
    [say(messages.left), <BudgetMeter key="left" budget={budget} />],
    [
      say(messages.sure),
      ppm === undefined ? undefined : (
        <span key="sure">
          {say(PROOFS[proof])}{' '}
          <span className={styles.soft}>
            {say(messages.between, { low: percent(interval.lowPpm), high: percent(interval.highPpm) })}
            {eventsToProve !== undefined &&
              proof !== 'kept' &&
              ` ${say(messages.toProve, { count: eventsToProve })}`}
          </span>
        </span>
      ),
    ],
    [
      say(messages.slices),
      slices === undefined
        ? undefined
        : say(messages.slicesOf, {
            ...{ minutes: minutes(slices.minutes), target: percent(slices.targetPpm) },
            empty: say(EMPTY[slices.empty]),
          }),
    ],
    [
      say(messages.judged),
      slices?.numbers === undefined ? undefined : say(messages.numbers, { ...slices.numbers }),
    ],
  ];
}

const EMPTY = { good: messages.good, bad: messages.bad, 'not-judged': messages.notJudged } as const;

const CONDITIONS = {
  quiet: messages.quiet,
  unproven: messages.unproven,
  burning: messages.burning,
} as const satisfies Record<ObjectiveDetail['alerts'][number]['condition'], Message>;

const SIGNS = { lte: '≤', gte: '≥', lt: '<', gt: '>' } as const;

type Alert = ObjectiveDetail['alerts'][number];

function Alerts({
  objective: { alerts, burns },
  label,
}: {
  readonly objective: ObjectiveDetail;
  readonly label: string;
}) {
  const say = useText();
  const { minutes, rate } = useFigures();
  const burnWords = useBurnWords();
  const burnOf = (length: number): string => {
    const found = burns.find((one) => one.minutes === length);
    return found === undefined ? say(messages.nothingYet) : burnWords(found.burn);
  };
  const corrected = (length: number): string => {
    const found = burns.find((one) => one.minutes === length);
    return found === undefined ? say(messages.nothingYet) : burnWords(found.corrected);
  };
  const columns: readonly Column<Alert>[] = [
    {
      id: 'severity',
      header: say(messages.alert),
      place: 'title',
      cell: ({ severity }) => <AlertMark severity={severity} />,
    },
    {
      id: 'state',
      header: say(messages.state),
      place: 'corner',
      cell: ({ firing, condition }) => (
        <strong className={styles[firing ? 'fires' : condition]}>
          {say(firing ? messages.fires : CONDITIONS[condition])}
        </strong>
      ),
    },
    { id: 'factor', header: say(messages.firesAbove), cell: ({ factor }) => rate(factor) },
    {
      id: 'long',
      header: say(messages.longWindow),
      cell: ({ longMinutes }) => `${burnOf(longMinutes)} (${minutes(longMinutes)})`,
    },
    {
      id: 'short',
      header: say(messages.shortWindow),
      cell: ({ shortMinutes }) => `${burnOf(shortMinutes)} (${minutes(shortMinutes)})`,
    },
    {
      id: 'corrected',
      header: say(messages.evenTraffic),
      cell: ({ longMinutes }) => corrected(longMinutes),
    },
    {
      id: 'for',
      header: say(messages.forAtLeast),
      cell: ({ forMinutes }) => (forMinutes === 0 ? say(messages.atOnce) : minutes(forMinutes)),
    },
  ];
  return (
    <Table
      label={label}
      columns={columns}
      rows={alerts}
      keyOf={({ severity, factor, longMinutes }) => `${severity} ${factor} ${longMinutes}`}
    />
  );
}
