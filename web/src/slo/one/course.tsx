import { useText } from '../../app/text.ts';
import type { LaneData, LaneSpan, PanelData } from '../charts/chart-data.ts';
import { stepsOf } from '../charts/steps.ts';
import { TimeChart } from '../charts/time-chart.tsx';
import { useFigures } from '../figures.ts';
import type { ObjectiveDetail, SloDetail } from '../queries.ts';
import { useObjectiveWords } from '../words.ts';
import { messages } from './messages.ts';

interface CourseProps {
  readonly objective: ObjectiveDetail;
  readonly only: boolean;
  readonly detail: SloDetail;
}

const WHOLE = 1_000_000;

/** What is left of the budget and what was lost, over time, with what happened meanwhile on the same time line. */
export function Course({ objective, only, detail }: CourseProps) {
  const say = useText();
  const words = useObjectiveWords();
  const { budget, percent } = useFigures();
  const { burnDown, hours, targetPpm } = objective;
  const lost: PanelData = {
    ...{ id: 'lost', title: say(messages.badShare), look: 'bars', ...stepsOf(hours) },
    values: hours.total.map((total, step) =>
      total === 0 ? null : Math.floor(((total - (hours.good[step] ?? 0)) * WHOLE) / total),
    ),
    ...{ mark: WHOLE - targetPpm, top: (WHOLE - targetPpm) * 2, say: percent },
  };
  const left: PanelData = {
    ...{ id: 'left', title: say(messages.left), look: 'line', ...stepsOf(burnDown) },
    ...{ values: burnDown.remainingPpm, top: WHOLE, bottom: -WHOLE, say: budget },
  };
  const title = only ? say(messages.course) : `${say(messages.course)}: ${words(objective)}`;
  return (
    <TimeChart
      title={title}
      from={Date.parse(detail.from)}
      to={Date.parse(detail.to)}
      panels={[left, lost]}
      lanes={useLanes(objective, detail)}
    />
  );
}

function useLanes(objective: ObjectiveDetail, detail: SloDetail): readonly LaneData[] {
  const say = useText();
  const until = Date.parse(detail.to);
  const alerts = objective.firing.map(
    ({ severity, from, to }): LaneSpan => ({
      ...{ from: Date.parse(from), to: Date.parse(to) },
      tone: severity === 'page' ? 'danger' : 'caution',
      words: say(severity === 'page' ? messages.pageFired : messages.ticketFired),
    }),
  );
  const incidents = detail.incidents.map(
    ({ openedAt, resolved }): LaneSpan => ({
      ...{ from: Date.parse(openedAt), to: resolved === undefined ? until : Date.parse(resolved.at) },
      ...{ tone: 'caution', words: say(messages.incidentOpen) },
    }),
  );
  const corrections = detail.corrections
    .filter(({ undone }) => undone === undefined)
    .map(
      ({ from, to, reason }): LaneSpan => ({
        ...{ from: Date.parse(from), to: Date.parse(to), tone: 'soft' },
        words: say(messages.leftOut, { reason }),
      }),
    );
  const changes = detail.changes.map(
    ({ at, stack, outcome }): LaneSpan => ({
      ...{ from: Date.parse(at), to: Date.parse(at), tone: outcome === 'failed' ? 'danger' : 'accent' },
      words: say(outcome === 'failed' ? messages.changeFailed : messages.changeApplied, { stack }),
    }),
  );
  return [
    { id: 'alerts', title: say(messages.alerts), spans: alerts },
    { id: 'incidents', title: say(messages.incidents), spans: incidents },
    { id: 'corrections', title: say(messages.corrections), spans: corrections },
    { id: 'changes', title: say(messages.changes), spans: changes },
  ];
}
