import { type PointerEvent, useState } from 'react';
import { useText } from '../../app/text.ts';
import { useTimeZoneName } from '../../parts/time.tsx';
import { useFigures } from '../figures.ts';
import type { LaneData, PanelData } from './chart-data.ts';
import { Lanes } from './lanes.tsx';
import { messages } from './messages.ts';
import { Panel } from './panel.tsx';
import { type Steps, timeOfStep } from './steps.ts';
import { TimeAxis } from './time-axis.tsx';
import styles from './time-chart.module.css';
import { ValueTable } from './value-table.tsx';

interface TimeChartProps {
  readonly title: string;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** The moment that is read moves by the finest of their steps. */
  readonly panels: readonly [PanelData, ...PanelData[]];
  readonly lanes?: readonly LaneData[];
}

/** Lines, bars and what happened over the same time; a moment of it is read with mouse, finger or keys, and all of them in a table. */
export function TimeChart({ title, from, to, panels, lanes = [] }: TimeChartProps) {
  const say = useText();
  const steps = finestOf(panels);
  const last = Math.max(0, steps.values.length - 1);
  const [chosen, setChosen] = useState<number>();
  const step = Math.min(chosen ?? last, last);
  const { begins, ends } = timeOfStep(steps, step);
  const shown = lanes.filter(({ spans }) => spans.length > 0);
  const readings = useReadings({ panels, lanes: shown, begins, ends });
  const point = ({ currentTarget, clientX }: PointerEvent<HTMLElement>): void => {
    const { left, width } = currentTarget.getBoundingClientRect();
    const at = from + ((clientX - left) / width) * (to - from);
    setChosen(Math.min(last, Math.max(0, Math.floor((at - steps.fromMs) / steps.stepMs))));
  };
  return (
    <figure className={styles.chart} aria-label={title}>
      <Reading readings={readings} />
      <div className={styles.grid}>
        {panels.map((panel) => (
          <Panel
            key={panel.id}
            panel={panel}
            from={from}
            to={to}
            cursor={(begins + ends) / 2}
            onPointerMove={point}
          />
        ))}
        <Lanes lanes={shown} from={from} to={to} cursor={(begins + ends) / 2} onPointerMove={point} />
        <div className={styles.rail}>
          <input
            type="range"
            aria-label={say(messages.moment, { chart: title })}
            aria-valuetext={readings.map(({ words }) => words).join(', ')}
            min={0}
            max={last}
            value={step}
            onChange={(event) => setChosen(Number(event.target.value))}
          />
        </div>
        <TimeAxis from={from} to={to} />
      </div>
      <Values panels={panels} lanes={shown} />
    </figure>
  );
}

const finestOf = ([first, ...others]: TimeChartProps['panels']): PanelData =>
  others.reduce((finest, panel) => (panel.stepMs < finest.stepMs ? panel : finest), first);

interface OfStep {
  readonly panels: readonly PanelData[];
  readonly lanes: readonly LaneData[];
  readonly begins: number;
  readonly ends: number;
}

interface ReadingOf {
  readonly id: string;
  readonly title?: string;
  readonly words: string;
}

function useReadings({ panels, lanes, begins, ends }: OfStep): readonly ReadingOf[] {
  const say = useText();
  const { moment } = useFigures();
  const zone = useTimeZoneName();
  const values = panels.map(({ id, title, say: words, ...panel }) => {
    const value = valueAt(panel, ends);
    return { id, title, words: `${title} ${value === null ? say(messages.unknown) : words(value)}` };
  });
  const events = lanes.flatMap(({ id, spans }) =>
    spans
      .filter((span) => span.from < ends && span.to >= begins)
      .map(({ words, from }) => ({ id: `${id} ${from} ${words}`, words })),
  );
  return [{ id: 'at', words: `${moment(ends)} ${zone}` }, ...values, ...events];
}

const MOST_READ = 6;

/** One line of fixed height, so that nothing moves while a moment is looked for. */
function Reading({ readings }: { readonly readings: readonly ReadingOf[] }) {
  return (
    <p className={styles.reading} aria-hidden="true">
      {readings.slice(0, MOST_READ).map(({ id, words }) => (
        <span key={id}>
          <bdi>{words}</bdi>
        </span>
      ))}
      {readings.length > MOST_READ && <span>…</span>}
    </p>
  );
}

function Values({
  panels,
  lanes,
}: {
  readonly panels: TimeChartProps['panels'];
  readonly lanes: readonly LaneData[];
}) {
  const say = useText();
  const { moment } = useFigures();
  const zone = useTimeZoneName();
  const steps = finestOf(panels);
  const rows = (): readonly (readonly string[])[] =>
    steps.values.map((_, index) => {
      const { begins, ends } = timeOfStep(steps, index);
      const values = panels.map((panel) => {
        const value = valueAt(panel, ends);
        return value === null ? say(messages.unknown) : panel.say(value);
      });
      const events = lanes.map(({ spans }) =>
        spans
          .filter((span) => span.from < ends && span.to >= begins)
          .map(({ words }) => words)
          .join(', '),
      );
      return [moment(ends), ...values, ...events];
    });
  return (
    <ValueTable
      title={say(messages.values)}
      headers={[
        say(messages.time, { zone }),
        ...panels.map(({ title }) => title),
        ...lanes.map(({ title }) => title),
      ]}
      rows={rows}
    />
  );
}

/** Of the step that is over by then, or in which it lies. */
function valueAt({ values, ...steps }: Steps & Pick<PanelData, 'values'>, at: number): number | null {
  return values[Math.ceil((at - steps.fromMs) / steps.stepMs) - 1] ?? null;
}
