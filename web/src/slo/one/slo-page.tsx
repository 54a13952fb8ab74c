import { getRouteApi, Link } from '@tanstack/react-router';
import { useText } from '../../app/text.ts';
import { Choice } from '../../parts/field.tsx';
import { Page } from '../../parts/page.tsx';
import { type Fact, Facts, More, Section } from '../../parts/section.tsx';
import { Answered, Nothing } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { AlertMark, DataMark } from '../marks.tsx';
import { type SloDetail, useSlo } from '../queries.ts';
import { SPANS, spanOf } from '../span.ts';
import { INDICATORS } from '../words.ts';
import { Corrections } from './corrections.tsx';
import { Course } from './course.tsx';
import { Customers } from './customers.tsx';
import { Incidents } from './incidents.tsx';
import { messages } from './messages.ts';
import { OneObjective } from './objective.tsx';
import styles from './slo-page.module.css';
import { WhatHappened } from './what-happened.tsx';

const route = getRouteApi('/shell/slos/$slo');

/** One SLO: how it stands, how it came to that, for whom, and what to do about it. */
export function SloPage() {
  const { slo: name } = route.useParams();
  const { span } = route.useSearch();
  const slo = useSlo(name, span);
  return (
    <Answered query={slo} heading="h1">
      {(detail) => <OneSlo key={detail.slo.name} detail={detail} />}
    </Answered>
  );
}

function OneSlo({ detail }: { readonly detail: SloDetail }) {
  const say = useText();
  const { slo, objectives, customers, moreCustomers, definition } = detail;
  return (
    <Page title={slo.displayName ?? slo.name} aside={<Marks detail={detail} />}>
      {slo.description !== undefined && <p className={styles.soft}>{slo.description}</p>}
      <About detail={detail} />
      {objectives.map((objective, place) => (
        <OneObjective
          // biome-ignore lint/suspicious/noArrayIndexKey: objectives have no names, and a fixed order.
          key={place}
          objective={objective}
          only={objectives.length === 1}
        />
      ))}
      {objectives.length === 0 && <Nothing>{say(messages.notYet)}</Nothing>}
      <Section title={say(messages.course)} aside={<SpanChoice />}>
        {objectives.map((objective, place) => (
          <Course
            // biome-ignore lint/suspicious/noArrayIndexKey: see above.
            key={place}
            objective={objective}
            only={objectives.length === 1}
            detail={detail}
          />
        ))}
        <WhatHappened detail={detail} />
      </Section>
      <Incidents slo={slo.name} />
      <Corrections slo={slo} />
      <Customers customers={customers} more={moreCustomers} />
      <Section title={say(messages.definition)}>
        <More title={say(messages.showDefinition)}>
          <pre className={styles.definition}>
            <code>{definition}</code>
          </pre>
        </More>
      </Section>
    </Page>
  );
}

function Marks({ detail: { slo } }: { readonly detail: SloDetail }) {
  return (
    <span className={styles.marks}>
      {slo.burning && <AlertMark severity={slo.incident?.severity ?? 'page'} />}
      <DataMark data={slo.data} />
    </span>
  );
}

function SpanChoice() {
  const say = useText();
  const { span } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Choice
      label={say(messages.span)}
      value={span ?? 'window'}
      choices={[
        { value: 'window', label: say(messages.window) },
        ...SPANS.toReversed().map((value) => ({ value, label: say(messages[value]) })),
      ]}
      onChoose={(chosen) => void navigate({ search: spanOf({ span: chosen }), replace: true })}
    />
  );
}

function About({ detail: { slo } }: { readonly detail: SloDetail }) {
  const say = useText();
  const { indicator, service, name, data } = slo;
  const facts: readonly Fact[] = [
    [
      say(messages.service),
      <Link key="service" to="/slos" search={{ service }}>
        {service}
      </Link>,
    ],
    [say(messages.name), <code key="name">{name}</code>],
    [
      say(messages.indicator),
      indicator.screen === undefined ? (
        [say(INDICATORS[indicator.kind]), indicator.system, indicator.dataset].filter(Boolean).join(' · ')
      ) : (
        <Link key="screen" to="/screens/$screen" params={{ screen: indicator.screen }}>
          {say(messages.screenOf, { screen: indicator.screen })}
        </Link>
      ),
    ],
    [
      say(messages.routes),
      indicator.routes === undefined ? undefined : indicator.routes.length === 0 ? (
        say(messages.allRequests)
      ) : (
        <ul key="routes" className={styles.routes}>
          {indicator.routes.map((one) => (
            <li key={one}>
              <code>{one}</code>
            </li>
          ))}
        </ul>
      ),
    ],
    [say(messages.upTo), data.upTo === undefined ? undefined : <Time key="upTo" at={data.upTo} zoned />],
  ];
  return <Facts facts={facts} />;
}
