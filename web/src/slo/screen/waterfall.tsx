import { useText } from '../../app/text.ts';
import { Section } from '../../parts/section.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { placeIn } from '../charts/scale.ts';
import { useFigures } from '../figures.ts';
import type { ScreenRequest } from '../queries.ts';
import { criticalPath } from './critical-path.ts';
import { messages } from './messages.ts';
import styles from './waterfall.module.css';

interface WaterfallProps {
  readonly requests: readonly ScreenRequest[];
  readonly thresholdMs: number;
}

interface Row {
  readonly request: ScreenRequest;
  readonly place: number;
  readonly isCritical: boolean;
}

/** The requests of the screen as they follow on each other, each with what is expected of it. The table says what the bars show. */
export function Waterfall({ requests, thresholdMs }: WaterfallProps) {
  const say = useText();
  const { ms } = useFigures();
  const path = criticalPath(requests);
  const rows = requests.map((request, place): Row => ({ request, place, isCritical: path.has(place) }));
  const mostMs = Math.max(
    thresholdMs,
    ...requests.map(({ times }) => (times === undefined ? 0 : times.startsMs + times.p95Ms)),
  );
  const columns: readonly Column<Row>[] = [
    { id: 'request', header: say(messages.request), place: 'title', cell: Name },
    {
      id: 'weight',
      header: say(messages.weight),
      place: 'corner',
      cell: ({ request: { weight, required } }) => (
        <>
          {say(messages.weighs, { weight })}
          <div className={styles.soft}>{say(required ? messages.required : messages.optional)}</div>
        </>
      ),
    },
    {
      id: 'bar',
      header: say(messages.course, { most: ms(mostMs) }),
      place: 'line',
      cell: (row) => <Bar {...row} mostMs={mostMs} thresholdMs={thresholdMs} />,
    },
    {
      id: 'times',
      header: say(messages.typical),
      cell: ({ request: { times } }) =>
        times === undefined ? (
          <span className={styles.soft}>{say(messages.unmeasured)}</span>
        ) : (
          say(messages.halfAndMost, { half: ms(times.p50Ms), most: ms(times.p95Ms) })
        ),
    },
    {
      id: 'threshold',
      header: say(messages.threshold),
      cell: ({ request }) => ms(request.thresholdMs),
    },
    {
      id: 'failed',
      header: say(messages.failed),
      cell: ({ request }) => say(messages.failedOf, { failed: request.failed, all: request.requests }),
    },
  ];
  return (
    <Section title={say(messages.requests)}>
      <Table
        label={say(messages.requests)}
        columns={columns}
        rows={rows}
        keyOf={({ place }) => String(place)}
      />
      <Legend />
    </Section>
  );
}

function Name({ request: { routes, document, after, failedStatus }, place, isCritical }: Row) {
  const say = useText();
  return (
    <div className={styles.name}>
      {routes.map((one) => (
        <code key={one}>{one}</code>
      ))}
      <span className={styles.soft}>
        {[
          say(messages.number, { number: place + 1 }),
          ...(document ? [say(messages.document)] : []),
          ...(after === undefined ? [] : [say(messages.after, { number: after + 1 })]),
          ...(isCritical ? [say(messages.critical)] : []),
          say(messages.failsAt, { status: failedStatus.join(', ') }),
        ].join(' · ')}
      </span>
    </div>
  );
}

interface BarProps extends Row {
  readonly mostMs: number;
  readonly thresholdMs: number;
}

function Bar({ request: { times, thresholdMs: own, required }, isCritical, mostMs, thresholdMs }: BarProps) {
  const left = (ms: number): string => `${Math.min(1, placeIn(ms, 0, mostMs)) * 100}%`;
  return (
    <span className={styles.row} aria-hidden="true">
      <i className={styles.whole} style={{ insetInlineStart: left(thresholdMs) }} />
      {times !== undefined && (
        <>
          <i
            className={styles.most}
            style={{
              insetInlineStart: left(times.startsMs),
              insetInlineEnd: `calc(100% - ${left(times.startsMs + times.p95Ms)})`,
            }}
          />
          <i
            className={`${styles.half} ${isCritical ? styles.critical : ''} ${required ? '' : styles.optional}`}
            style={{
              insetInlineStart: left(times.startsMs),
              insetInlineEnd: `calc(100% - ${left(times.startsMs + times.p50Ms)})`,
            }}
          />
          {times.startsMs + own <= mostMs && (
            <i className={styles.own} style={{ insetInlineStart: left(times.startsMs + own) }} />
          )}
        </>
      )}
    </span>
  );
}

function Legend() {
  const say = useText();
  return (
    <ul className={styles.legend}>
      <li>
        <i className={`${styles.swatch} ${styles.critical}`} /> {say(messages.legendCritical)}
      </li>
      <li>
        <i className={styles.swatch} /> {say(messages.legendHalf)}
      </li>
      <li>
        <i className={`${styles.swatch} ${styles.pale}`} /> {say(messages.legendMost)}
      </li>
      <li>
        <i className={styles.ownMark} /> {say(messages.legendOwn)}
      </li>
      <li>
        <i className={styles.wholeMark} /> {say(messages.legendWhole)}
      </li>
    </ul>
  );
}
