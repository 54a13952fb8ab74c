import { epochMs, type Problem, problem, text } from '#core-values';
import { type Bounds, boundsAt, type Slo } from '../core/index.ts';
import type { SloRoom } from '../room.ts';
import { countedUntil, replaceCounts, seriesKey } from '../store/counts.ts';
import { keepPolled } from './polled-sources.ts';
import type { PolledSource } from './source.ts';

export interface PollRoom extends Pick<SloRoom, 'db' | 'inTransaction' | 'clock' | 'definitions' | 'report'> {
  /** What was told of each SLO last, so that a minute's outage is one line and a day's not a thousand. */
  readonly told: Map<string, string>;
}

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
/** What a system was told in this time it may not tell yet. */
const LAG_MS = 30_000;

/**
 * Reads what other systems counted since the last time, and again what may have changed since, and puts it in place of what is kept: doing so
 * again changes nothing, and after an outage it goes on where it stood.
 */
export async function pollSources(room: PollRoom, sources: readonly PolledSource[]): Promise<void> {
  const now = room.clock.now();
  const until = await countedUntil(room.db);
  const { slos } = room.definitions().definitions;
  const polled = slos.filter(
    ({ indicator }) => indicator.kind === 'queries' || indicator.kind === 'downtime',
  );
  const bySource = Map.groupBy(polled, (slo) => sourceOf(slo, sources));
  for (const slo of bySource.get(undefined) ?? []) tell(room, slo, noSource(slo));
  for (const source of sources) {
    const groups = Map.groupBy(bySource.get(source) ?? [], (slo) => fromMinuteOf(slo, until, source, now));
    let first: Problem | undefined;
    for (const [fromMinute, group] of groups) {
      const failed = await readOn(room, source, group, {
        fromMinute,
        toMinute: Math.floor((now - LAG_MS) / MINUTE_MS),
      });
      first ??= failed;
    }
    if (groups.size > 0)
      await keepPolled(room.db, { name: `${source.kind} ${source.name}`, at: now, problem: first });
  }
}

/** By the name of its DataSource, else by its type where one system has it. */
function sourceOf({ indicator }: Slo, sources: readonly PolledSource[]): PolledSource | undefined {
  if (indicator.kind !== 'queries' && indicator.kind !== 'downtime') return undefined;
  const [type, named] =
    indicator.kind === 'downtime'
      ? [indicator.system, indicator.system]
      : [indicator.system, refOf(indicator.metric)];
  const kind = type.toLowerCase().replaceAll(/[^a-z]/g, '');
  const ofKind = sources.filter((source) => source.kind === kind);
  const byName = sources.find(({ name }) => name === named);
  return (
    byName ??
    (ofKind.length === 1 && (named === undefined || indicator.kind === 'downtime') ? ofKind[0] : undefined)
  );
}

type Asked = Extract<Slo['indicator'], { kind: 'queries' }>['metric'];
const refOf = (metric: Asked): string | undefined =>
  (metric.kind === 'ratio' ? metric.total : metric.source).metricSourceRef;

/** The begin of an hour: from where its windows and alerts look back to, or what may still have changed. */
function fromMinuteOf(
  slo: Slo,
  until: ReadonlyMap<string, number>,
  { settleMinutes }: PolledSource,
  now: number,
): number {
  const minute = Math.floor(now / MINUTE_MS);
  const counted = until.get(seriesKey({ kind: 'slo', name: slo.metadata.name })) ?? 0;
  const oldest = Math.min(
    ...slo.objectives.map(({ window, alerts }) =>
      Math.min(
        boundsAt(window, epochMs(now)).fromMinute,
        minute - Math.max(0, ...alerts.map((alert) => alert.longMinutes)),
      ),
    ),
  );
  const from = Math.max(oldest, Math.min(counted, minute) - settleMinutes);
  return Math.floor(from / HOUR_MINUTES) * HOUR_MINUTES;
}

/** Part after part; an SLO that cannot be read waits for the next time. Answers with the first problem. */
async function readOn(
  room: PollRoom,
  source: PolledSource,
  slos: readonly Slo[],
  { fromMinute, toMinute }: Bounds,
): Promise<Problem | undefined> {
  let going = slos;
  let first: Problem | undefined;
  for (let from = fromMinute; from < toMinute && going.length > 0; from += source.mostMinutes) {
    const bounds = { fromMinute: from, toMinute: Math.min(from + source.mostMinutes, toMinute) };
    const answers = await source.read(going, bounds);
    const read: Slo[] = [];
    for (const slo of going) {
      const answer = answers.get(slo);
      if (answer?.ok) {
        const series = { kind: 'slo', name: slo.metadata.name } as const;
        const { minutes } = answer.value;
        await room.inTransaction((tx) =>
          replaceCounts(tx, { ...bounds, series: [series], counts: [{ series, minutes }] }),
        );
        room.told.delete(slo.metadata.name);
        read.push(slo);
      } else if (answer !== undefined) {
        first ??= answer.error;
        tell(room, slo, answer.error);
      }
    }
    going = read;
  }
  return first;
}

function tell({ report, told }: PollRoom, { metadata: { name } }: Slo, { reasons }: Problem): void {
  const why = reasons[0].message.en;
  if (told.get(name) !== why) report({ kind: 'source-failed', about: name, why });
  told.set(name, why);
}

const noSource = ({ metadata, indicator }: Slo): Problem => {
  const system = indicator.kind === 'queries' || indicator.kind === 'downtime' ? indicator.system : '';
  return problem('bad-config', {
    rule: 'slo.no-system',
    message: text(
      `Nobody can be asked for ${metadata.name}: sekisho.yaml has no system for it (${system}).`,
      `${metadata.name} の問い合わせ先がありません。sekisho.yaml に対応するシステム(${system})が設定されていません。`,
    ),
    remedy: text(
      'Add it under server.slo.systems, under the name of the DataSource.',
      'server.slo.systems に、DataSource と同じ名前で追加してください。',
    ),
  });
};
