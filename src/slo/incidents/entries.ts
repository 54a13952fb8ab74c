import type { AuditActor, AuditEntry, AuditSubject } from '#audit';
import type { EpochMs, JsonObject } from '#core-values';
import { type Incident, type Step, stateAt } from '../core/incidents/incident.ts';
import type { AlertPolicy } from '../core/index.ts';
import { type IncidentsRoom, stacksOf } from './room.ts';

export const SERVER: AuditActor = { kind: 'server', name: 'sekisho' };

/** `incident:inc_…`, and the stack where only one names the service. */
export function subjectOf(room: IncidentsRoom, { id, service }: Incident): AuditSubject {
  const [stack, ...more] = stacksOf(room, service);
  const other = `incident:${id}`;
  return stack === undefined || more.length > 0 ? { other } : { other, stack: stack.name };
}

type Told = Exclude<Step['kind'], 'nothing'>;

const KINDS = {
  opened: 'incident.opened',
  escalated: 'incident.escalated',
  'silence-ended': 'incident.silence-ended',
  resolved: 'incident.resolved',
  quieted: 'incident.quieted',
} as const satisfies Record<Told, AuditEntry['kind']>;

/** What happened by itself. */
export const stepEntry = (
  room: IncidentsRoom,
  kind: Told,
  incident: Incident,
  evidence: JsonObject,
  at: EpochMs,
): AuditEntry => ({
  ...{ at, kind: KINDS[kind], actor: SERVER, subject: subjectOf(room, incident), outcome: 'done' },
  evidence: { ...incidentEvidence(incident, at), ...evidence },
});

/** Of every entry about an incident; `silenced`: people asked not to be told. */
export const incidentEvidence = (incident: Incident, at: EpochMs): JsonObject => ({
  slo: incident.slo,
  service: incident.service,
  severity: incident.severity,
  ...(stateAt(incident, at) === 'silenced' ? { silenced: true } : {}),
});

/**
 * Whom the AlertPolicies of an SLO name, for some of its alerts. Absent where no policy is about them: then whoever wants to hear of
 * incidents is told. `ends` has to be closed where an alert was opened, also where nobody wants to be told that it is over.
 */
export function targetsOf(
  policies: readonly AlertPolicy[],
  alerts: ReadonlySet<number> | undefined,
  when: 'breaching' | 'resolved',
): JsonObject {
  const own = policies.filter(({ alert, whenBreaching }) => whenBreaching && (alerts?.has(alert) ?? true));
  if (own.length === 0) return {};
  const names = (some: readonly AlertPolicy[]) => [
    ...new Set(some.flatMap(({ targets }) => targets.map(({ name }) => name))),
  ];
  return when === 'breaching'
    ? { targets: names(own) }
    : { targets: names(own.filter(({ whenResolved }) => whenResolved)), ends: names(own) };
}
