import { getRouteApi, Link } from '@tanstack/react-router';
import { useText } from '../../app/text.ts';
import { Page } from '../../parts/page.tsx';
import { type Fact, Facts } from '../../parts/section.tsx';
import { Answered } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { useFigures } from '../figures.ts';
import { BudgetMeter, DataMark } from '../marks.tsx';
import { type ScreenDetail, useScreen } from '../queries.ts';
import { Blame } from './blame.tsx';
import { Distribution } from './distribution.tsx';
import { messages } from './messages.ts';
import styles from './screen-page.module.css';
import { ViewsByCustomer, ViewsByWay, ViewsOverTime } from './views.tsx';
import { Waterfall } from './waterfall.tsx';

const route = getRouteApi('/shell/screens/$screen');

/** One screen: its requests, who of them spoils it, and how sure that is. */
export function ScreenPage() {
  const { screen: name } = route.useParams();
  const screen = useScreen(name);
  return (
    <Answered query={screen} heading="h1">
      {(detail) => <OneScreen key={detail.screen.name} detail={detail} />}
    </Answered>
  );
}

function OneScreen({ detail }: { readonly detail: ScreenDetail }) {
  const { screen, data } = detail;
  return (
    <Page title={screen.displayName ?? screen.name} aside={<DataMark data={data} />}>
      <About detail={detail} />
      <Waterfall requests={detail.requests} thresholdMs={screen.thresholdMs} />
      <Blame detail={detail} />
      <Distribution requests={detail.requests} />
      <ViewsByWay screen={screen} />
      <ViewsOverTime detail={detail} />
      <ViewsByCustomer customers={detail.customers} more={detail.moreCustomers} />
    </Page>
  );
}

function About({ detail: { screen, objective, from, to } }: { readonly detail: ScreenDetail }) {
  const say = useText();
  const { percent, count, ms } = useFigures();
  const { views, barPpm, thresholdMs, slos, service } = screen;
  const facts: readonly Fact[] = [
    [
      say(messages.goodViews),
      views.ppm === undefined ? (
        say(messages.noViews)
      ) : (
        <span key="good">
          <strong>{percent(views.ppm)}</strong>{' '}
          <span className={styles.soft}>
            {say(messages.ofViews, { good: count(views.good), total: count(views.total) })}
          </span>
        </span>
      ),
    ],
    [
      say(messages.budget),
      objective === undefined ? undefined : <BudgetMeter key="budget" budget={objective.budget} />,
    ],
    [
      say(messages.slos),
      slos.length === 0 ? (
        say(messages.noSlo)
      ) : (
        <ul key="slos" className={styles.list}>
          {slos.map((slo) => (
            <li key={slo}>
              <Link to="/slos/$slo" params={{ slo }}>
                {slo}
              </Link>
            </li>
          ))}
        </ul>
      ),
    ],
    [say(messages.goodFrom), say(messages.score, { bar: percent(barPpm) })],
    [say(messages.wholeScreen), say(messages.within, { time: ms(thresholdMs) })],
    [
      say(messages.service),
      <Link key="service" to="/slos" search={{ service }}>
        {service}
      </Link>,
    ],
    [
      say(messages.time),
      <span key="time">
        <Time at={from} /> – <Time at={to} zoned />
      </span>,
    ],
  ];
  return <Facts facts={facts} />;
}
