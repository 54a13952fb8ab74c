import { type EpochMs, formatTime, type Language } from '#core-values';
import type { SloAnswer, SlosAnswer } from '../core/api/slos-api.ts';
import type { Indicator } from '../core/index.ts';
import { incidentAnswer } from '../incidents/incident-answer.ts';
import { type IncidentsRoom, stacksOf } from '../incidents/room.ts';
import { currentIncidents, type KeptIncident } from '../incidents/store.ts';
import { dataAnswer, objectiveAnswer } from './objective-answer.ts';
import { isBurning, type SloStatus } from './status-of-slo.ts';

/** Services with their SLOs as they stand now; those that are worst off come first. */
export async function listSlos(room: IncidentsRoom, language: Language): Promise<SlosAnswer> {
  const { definitions, folder, problem } = room.definitions();
  const { slos, at } = await room.statuses.now();
  const incidents = new Map((await currentIncidents(room.db)).map((kept) => [kept.incident.slo, kept]));
  const [reason] = problem?.reasons ?? [];
  const names = [
    ...new Set([
      ...definitions.services.map(({ metadata }) => metadata.name),
      ...slos.map(({ slo }) => slo.service),
    ]),
  ];
  return {
    state: slos.length === 0 ? 'no-definitions' : 'ok',
    ...(folder === undefined ? {} : { folder }),
    ...(reason && { problem: { message: reason.message[language], remedy: reason.remedy[language] } }),
    at: formatTime(at),
    services: names.map((name) => {
      const service = definitions.services.find(({ metadata }) => metadata.name === name);
      const own = slos.filter(({ slo }) => slo.service === name);
      const worst = worstOf(own);
      return {
        ...{ name, ...wordsOf({ ...service?.metadata, description: service?.spec.description }) },
        stacks: stacksOf(room, name).map((stack) => stack.name),
        ...(worst === undefined ? {} : { worstRemainingPpm: worst }),
        burning: own.some(isBurning),
        slos: own.map((status) => sloAnswer(status, incidents.get(status.slo.metadata.name), at)),
      };
    }),
  };
}

function worstOf(statuses: readonly SloStatus[]): number | undefined {
  const known = statuses.flatMap(({ objectives }) =>
    objectives.flatMap(({ remainingPpm }) => remainingPpm ?? []),
  );
  return known.length === 0 ? undefined : Math.min(...known);
}

const sloAnswer = (status: SloStatus, incident: KeptIncident | undefined, now: EpochMs): SloAnswer => ({
  ...sloInShort(status, incident, now),
  objectives: status.objectives.map((objective) => ({
    ...objectiveAnswer(objective),
    sparkline: objective.sparkline,
  })),
});

/** Without its objectives. */
export function sloInShort(
  status: SloStatus,
  incident: KeptIncident | undefined,
  now: EpochMs,
): Omit<SloAnswer, 'objectives'> {
  const { slo, data } = status;
  const burning = isBurning(status);
  return {
    name: slo.metadata.name,
    ...wordsOf({ ...slo.metadata, description: slo.description }),
    service: slo.service,
    indicator: indicatorAnswer(slo.indicator),
    data: dataAnswer(data),
    burning,
    ...(incident === undefined || incident.incident.resolved !== undefined
      ? {}
      : { incident: incidentAnswer(incident, { now, firing: burning }) }),
  };
}

/** What people call it; keys that are missing stay away. */
const wordsOf = (named: {
  readonly displayName?: string | undefined;
  readonly description?: string | undefined;
}): { displayName?: string; description?: string } => ({
  ...(named.displayName === undefined ? {} : { displayName: named.displayName }),
  ...(named.description === undefined ? {} : { description: named.description }),
});

function indicatorAnswer(indicator: Indicator): SloAnswer['indicator'] {
  switch (indicator.kind) {
    case 'requests':
      return { kind: 'requests', routes: [...indicator.routes] };
    case 'screen':
      return { kind: 'screen', screen: indicator.screen };
    case 'freshness':
      return { kind: 'freshness', dataset: indicator.dataset };
    case 'downtime':
    case 'queries':
      return { kind: indicator.kind, system: indicator.system };
  }
}
