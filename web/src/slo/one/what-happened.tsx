import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useText } from '../../app/text.ts';
import { Nothing } from '../../parts/states.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Time, useTimeZoneName } from '../../parts/time.tsx';
import { Plain } from '../../plan/plain.tsx';
import { useFigures } from '../figures.ts';
import { AlertMark } from '../marks.tsx';
import type { ObjectiveDetail, SloDetail } from '../queries.ts';
import { messages } from './messages.ts';
import styles from './slo-page.module.css';

/** Something on the time line, with where it leads. */
interface Happening {
  readonly id: string;
  readonly at: string;
  readonly until?: string | undefined;
  readonly what: ReactNode;
  readonly about: ReactNode;
}

const MOST = 50;

/** What the time line shows, in words and with links, newest first. */
export function WhatHappened({ detail }: { readonly detail: SloDetail }) {
  const say = useText();
  const zone = useTimeZoneName();
  const all = useHappenings(detail);
  if (all.length === 0) return <Nothing>{say(messages.nothingHappened)}</Nothing>;
  const columns: readonly Column<Happening>[] = [
    { id: 'what', header: say(messages.what), place: 'title', cell: ({ what }) => what },
    { id: 'about', header: say(messages.about), place: 'line', cell: ({ about }) => about },
    {
      id: 'at',
      header: say(messages.when, { zone }),
      place: 'small',
      cell: ({ at, until }) => (
        <>
          <Time at={at} />
          {until !== undefined && (
            <>
              {' – '}
              <Time at={until} />
            </>
          )}
        </>
      ),
    },
  ];
  return (
    <>
      <Table
        label={say(messages.happened)}
        columns={columns}
        rows={all.slice(0, MOST)}
        keyOf={({ id }) => id}
      />
      {all.length > MOST && (
        <p className={styles.soft}>{say(messages.moreHappened, { count: all.length - MOST })}</p>
      )}
    </>
  );
}

interface AlertFiredProps {
  readonly objective: ObjectiveDetail;
  readonly alert: number;
}

/** Which of the alerts it was. */
function AlertFired({ objective: { alerts, displayName }, alert }: AlertFiredProps) {
  const say = useText();
  const { rate, minutes } = useFigures();
  const fired = alerts[alert];
  return (
    <>
      {fired === undefined
        ? say(messages.alertFired)
        : say(messages.burntFaster, { rate: rate(fired.factor), window: minutes(fired.longMinutes) })}
      {displayName !== undefined && ` · ${displayName}`}
    </>
  );
}

function useHappenings({ objectives, changes, corrections }: SloDetail): readonly Happening[] {
  const say = useText();
  const alerts = objectives.flatMap((objective, place) =>
    objective.firing.map(
      ({ severity, from, to, alert }): Happening => ({
        ...{ id: `alert ${place} ${alert} ${from}`, at: from, until: to },
        what: <AlertMark severity={severity} />,
        about: <AlertFired objective={objective} alert={alert} />,
      }),
    ),
  );
  const applied = changes.map(
    ({ at, stack, plan, outcome }): Happening => ({
      ...{ id: `change ${plan} ${at}`, at },
      what: (
        <Link to="/changes/$plan" params={{ plan }}>
          {say(outcome === 'failed' ? messages.changeFailed : messages.changeApplied, { stack })}
        </Link>
      ),
      about: (
        <Link to="/stacks/$stack" params={{ stack }}>
          {say(messages.stackOf, { stack })}
        </Link>
      ),
    }),
  );
  const left = corrections.map(
    ({ id, from, to, reason, byWhom, undone }): Happening => ({
      ...{ id: `correction ${id}`, at: from, until: to },
      what: undone === undefined ? say(messages.correction) : <s>{say(messages.correction)}</s>,
      about: (
        <>
          <Plain words={reason} /> <span className={styles.soft}>{byWhom}</span>
        </>
      ),
    }),
  );
  return [...alerts, ...applied, ...left].toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at));
}
