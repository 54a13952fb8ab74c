import type { Person } from '#accounts/core';
import { type AuditActor, type AuditEntry, appendAudit } from '#audit';
import {
  type AuditEntryId,
  err,
  formatTime,
  type JsonObject,
  ok,
  type Problem,
  problem,
  type Result,
  text,
} from '#core-values';
import { type Act, afterAct } from '../core/incidents/incident.ts';
import { incidentEvidence, subjectOf, targetsOf } from './entries.ts';
import type { IncidentsRoom } from './room.ts';
import { type KeptIncident, lockIncident, updateIncident } from './store.ts';
import { mayAdminister } from './who-may.ts';

export interface Refusal {
  readonly problem: Problem;
  readonly auditEntry?: AuditEntryId;
}

const KINDS = {
  acknowledge: 'incident.acknowledged',
  silence: 'incident.silenced',
  resolve: 'incident.resolved',
} as const satisfies Record<Act['kind'], AuditEntry['kind']>;

/** A person acknowledges, silences or resolves an incident: whoever may administer a stack of its service. */
export function actOnIncident(
  room: IncidentsRoom,
  asked: { readonly id: string; readonly person: Person; readonly act: Act },
): Promise<Result<KeptIncident, Refusal>> {
  const { id, person, act } = asked;
  return room.inTransaction(async (tx) => {
    const at = room.clock.now();
    const kept = await lockIncident(tx, id);
    if (kept === undefined) return err({ problem: unknown(id) });
    const { incident, burn } = kept;
    const { denial, evidence } = mayAdminister(room, person, incident.service, 'one');
    const changed = denial === undefined ? afterAct(incident, act, { at, byWhom: person.name }) : err(denial);
    const actor: AuditActor = { kind: 'person', name: person.name };
    const about = { at, actor, subject: subjectOf(room, incident) };
    if (!changed.ok) {
      const auditEntry = await appendAudit(tx, {
        ...about,
        ...{ kind: 'incident.refused', outcome: 'denied', reasons: changed.error.reasons },
        evidence: { ...incidentEvidence(incident, at), ...evidence, act: act.kind },
      });
      return err({ problem: changed.error, auditEntry });
    }
    await updateIncident(tx, { incident: changed.value, burn });
    await appendAudit(tx, {
      ...about,
      ...{ kind: KINDS[act.kind], outcome: 'done' },
      evidence: {
        ...incidentEvidence(changed.value, at),
        ...evidence,
        ...detailOf(act),
        ...targets(room, kept, act),
      },
    });
    return ok({ incident: changed.value, burn });
  });
}

const detailOf = (act: Act): JsonObject => {
  switch (act.kind) {
    case 'acknowledge':
      return {};
    case 'silence':
      return { until: formatTime(act.until), reason: act.reason };
    case 'resolve':
      return { reason: act.reason };
  }
};

/** Whoever was told that it began. */
function targets(room: IncidentsRoom, { incident }: KeptIncident, act: Act): JsonObject {
  const { slos } = room.definitions().definitions;
  const slo = slos.find(({ metadata }) => metadata.name === incident.slo);
  if (slo === undefined) return {};
  return targetsOf(slo.policies, undefined, act.kind === 'resolve' ? 'resolved' : 'breaching');
}

const unknown = (id: string): Problem =>
  problem('not-found', {
    rule: 'incident.unknown',
    message: text(
      `There is no incident ${JSON.stringify(id)}.`,
      `インシデント ${JSON.stringify(id)} はありません。`,
    ),
    remedy: text(
      'List them with `sekisho slo incidents list`.',
      '`sekisho slo incidents list` で一覧を確認してください。',
    ),
  });
