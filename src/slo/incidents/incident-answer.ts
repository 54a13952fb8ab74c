import { type EpochMs, formatTime } from '#core-values';
import type { IncidentAnswer } from '../core/api/incidents-api.ts';
import { stateAt } from '../core/incidents/incident.ts';
import type { KeptIncident } from './store.ts';

export function incidentAnswer(
  { incident, burn: { burn, remainingPpm } }: KeptIncident,
  { now, firing }: { readonly now: EpochMs; readonly firing: boolean },
): IncidentAnswer {
  const { id, slo, service, severity, openedAt, pagedAt, acknowledged, silenced, resolved, quietAt } =
    incident;
  return {
    ...{ id, slo, service, severity, state: stateAt(incident, now), firing: firing && quietAt === undefined },
    openedAt: formatTime(openedAt),
    ...(pagedAt === undefined ? {} : { pagedAt: formatTime(pagedAt) }),
    ...(acknowledged && { acknowledged: { ...acknowledged, at: formatTime(acknowledged.at) } }),
    ...(silenced && {
      silenced: { ...silenced, at: formatTime(silenced.at), until: formatTime(silenced.until) },
    }),
    ...(resolved && { resolved: { ...resolved, at: formatTime(resolved.at) } }),
    burn,
    ...(remainingPpm === undefined ? {} : { remainingPpm }),
  };
}
