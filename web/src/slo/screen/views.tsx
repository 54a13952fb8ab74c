import { useText } from '../../app/text.ts';
import { type Fact, Facts, Section } from '../../parts/section.tsx';
import { Nothing } from '../../parts/states.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Plain } from '../../plan/plain.tsx';
import { IntervalBar } from '../charts/interval-bar.tsx';
import { stepsOf } from '../charts/steps.ts';
import { TimeChart } from '../charts/time-chart.tsx';
import { useFigures } from '../figures.ts';
import type { ScreenDetail } from '../queries.ts';
import { shareOf } from '../share.ts';
import { messages } from './messages.ts';
import styles from './screen-page.module.css';

type Screen = ScreenDetail['screen'];

/** The surest first. */
const WAYS = ['page-view-id', 'trace', 'referer', 'client', 'alone'] as const;
const WHOLE = 1_000_000;

/** How requests were put together to views, and so how much the figures can be trusted; and what was not judged. */
export function ViewsByWay({ screen: { views, confidence } }: { readonly screen: Screen }) {
  const say = useText();
  const { count, budget } = useFigures();
  const share = (part: number): string => {
    const ppm = shareOf(part, views.total);
    return ppm === undefined ? count(part) : `${count(part)} (${budget(ppm)})`;
  };
  const facts: readonly Fact[] = [
    [say(messages.sure), share(confidence.sure)],
    [say(messages.incomplete), share(confidence.incomplete)],
    [say(messages.untimed), share(confidence.unmeasured)],
    [say(messages.abandoned), count(views.abandoned)],
    [say(messages.bots), count(views.bots)],
  ];
  return (
    <Section title={say(messages.trust)}>
      <ul className={styles.ways}>
        {WAYS.map((way) => (
          <li key={way}>
            <span>{say(messages[way])}</span>
            <span className={styles.bar} aria-hidden="true">
              <i
                style={{
                  inlineSize: `${(shareOf(confidence.ways[way], views.total) ?? 0) / (WHOLE / 100)}%`,
                }}
              />
            </span>
            <span className={styles.figure}>{share(confidence.ways[way])}</span>
          </li>
        ))}
      </ul>
      <Facts facts={facts} />
    </Section>
  );
}

export function ViewsOverTime({ detail: { hours, from, to } }: { readonly detail: ScreenDetail }) {
  const say = useText();
  const { percent, count } = useFigures();
  const highest = Math.max(1, ...hours.total);
  return (
    <Section title={say(messages.overTime)}>
      <TimeChart
        title={say(messages.overTime)}
        from={Date.parse(from)}
        to={Date.parse(to)}
        panels={[
          {
            ...{ id: 'bad', title: say(messages.badViews), look: 'bars', ...stepsOf(hours) },
            values: hours.total.map((total, step) =>
              total === 0 ? null : Math.floor(((total - (hours.good[step] ?? 0)) * WHOLE) / total),
            ),
            ...{ top: 10_000, say: percent },
          },
          {
            ...{ id: 'all', title: say(messages.viewsJudged), look: 'line', ...stepsOf(hours) },
            ...{ values: hours.total, top: highest, say: count },
          },
        ]}
      />
    </Section>
  );
}

type Customer = ScreenDetail['customers'][number];

export function ViewsByCustomer({
  customers,
  more,
}: {
  readonly customers: readonly Customer[];
  readonly more: number;
}) {
  const say = useText();
  const { percent, count } = useFigures();
  const least = customers.reduce((low, { interval }) => Math.min(low, interval.lowPpm), WHOLE);
  const columns: readonly Column<Customer>[] = [
    {
      id: 'customer',
      header: say(messages.customer),
      place: 'title',
      cell: ({ customer }) => <Plain words={customer} />,
    },
    {
      id: 'good',
      header: say(messages.goodViews),
      place: 'corner',
      cell: ({ ppm }) => (ppm === undefined ? say(messages.noViews) : percent(ppm)),
    },
    {
      id: 'interval',
      header: say(messages.between),
      place: 'line',
      cell: ({ interval }) => (
        <>
          <IntervalBar interval={interval} from={least} />
          {percent(interval.lowPpm)} – {percent(interval.highPpm)}
        </>
      ),
    },
    {
      id: 'bad',
      header: say(messages.badOf),
      cell: ({ good, total }) => `${count(total - good)} / ${count(total)}`,
    },
  ];
  return (
    <Section title={say(messages.customers)}>
      {customers.length === 0 ? (
        <Nothing>{say(messages.noCustomers)}</Nothing>
      ) : (
        <Table
          label={say(messages.customers)}
          columns={columns}
          rows={customers}
          keyOf={({ customer }) => customer}
        />
      )}
      {more > 0 && <p className={styles.soft}>{say(messages.moreCustomers, { count: more })}</p>}
    </Section>
  );
}
