import type { Selectable } from 'kysely';
import { type EpochMs, epochMs } from '#core-values';
import type { Db, Tx } from '#platform';
import type { Incident } from '../core/incidents/incident.ts';
import type { Severity } from '../core/index.ts';
import type { BurnWhen } from './burn-when.ts';

export type IncidentTables = {
  readonly slo_incidents: {
    readonly id: string;
    readonly slo: string;
    readonly service: string;
    readonly severity: Severity;
    readonly opened_at: Date;
    readonly paged_at: Date | null;
    readonly acknowledged_at: Date | null;
    readonly acknowledged_by: string | null;
    readonly silenced_at: Date | null;
    readonly silenced_by: string | null;
    readonly silenced_until: Date | null;
    readonly silence_reason: string | null;
    readonly resolved_at: Date | null;
    readonly resolved_by: string | null;
    readonly resolve_reason: string | null;
    readonly quiet_at: Date | null;
    readonly burn: BurnWhen;
  };
};

type Row = Selectable<IncidentTables['slo_incidents']>;

/** An incident with how its SLO burned when it was opened or last got worse. */
export interface KeptIncident {
  readonly incident: Incident;
  readonly burn: BurnWhen;
}

/** `false` when the SLO has one that was not quiet yet: another replica was faster. */
export async function insertIncident(tx: Tx, kept: KeptIncident): Promise<boolean> {
  const inserted = await tx
    .withTables<IncidentTables>()
    .insertInto('slo_incidents')
    .values(rowOf(kept))
    .onConflict((conflict) => conflict.column('slo').where('quiet_at', 'is', null).doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}

export async function updateIncident(tx: Tx, kept: KeptIncident): Promise<void> {
  const { id, ...row } = rowOf(kept);
  await tx.withTables<IncidentTables>().updateTable('slo_incidents').set(row).where('id', '=', id).execute();
}

/** That of an SLO that was not quiet yet, locked until the transaction ends. */
export async function lockCurrent(tx: Tx, slo: string): Promise<KeptIncident | undefined> {
  const row = await tx
    .withTables<IncidentTables>()
    .selectFrom('slo_incidents')
    .selectAll()
    .where('slo', '=', slo)
    .where('quiet_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  return row && keptOf(row);
}

export async function lockIncident(tx: Tx, id: string): Promise<KeptIncident | undefined> {
  const row = await tx
    .withTables<IncidentTables>()
    .selectFrom('slo_incidents')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  return row && keptOf(row);
}

/** All that were not quiet yet: one an SLO. */
export async function currentIncidents(db: Db): Promise<readonly KeptIncident[]> {
  const rows = await incidents(db).where('quiet_at', 'is', null).execute();
  return rows.map(keptOf);
}

export interface IncidentFilter {
  readonly slo?: string;
  readonly state?: 'open' | 'resolved';
  /** Those that were open at some time within. */
  readonly within?: { readonly from: EpochMs; readonly to: EpochMs };
}

/** Those that are not resolved come first, then the newest. */
export async function listIncidents(
  db: Db,
  { slo, state, within }: IncidentFilter,
  most: number,
): Promise<readonly KeptIncident[]> {
  let asked = incidents(db);
  if (slo !== undefined) asked = asked.where('slo', '=', slo);
  if (state !== undefined) asked = asked.where('resolved_at', state === 'open' ? 'is' : 'is not', null);
  if (within !== undefined) {
    const from = new Date(within.from);
    asked = asked
      .where('opened_at', '<=', new Date(within.to))
      .where(({ or, eb }) => or([eb('resolved_at', 'is', null), eb('resolved_at', '>=', from)]));
  }
  const rows = await asked
    .orderBy(({ eb }) => eb('resolved_at', 'is', null), 'desc')
    .orderBy('opened_at', 'desc')
    .orderBy('id', 'desc')
    .limit(most)
    .execute();
  return rows.map(keptOf);
}

const incidents = (db: Db) => db.withTables<IncidentTables>().selectFrom('slo_incidents').selectAll();

const dateOf = (at: EpochMs | undefined): Date | null => (at === undefined ? null : new Date(at));

const rowOf = ({ incident, burn }: KeptIncident): Row => ({
  id: incident.id,
  slo: incident.slo,
  service: incident.service,
  severity: incident.severity,
  opened_at: new Date(incident.openedAt),
  paged_at: dateOf(incident.pagedAt),
  acknowledged_at: dateOf(incident.acknowledged?.at),
  acknowledged_by: incident.acknowledged?.byWhom ?? null,
  silenced_at: dateOf(incident.silenced?.at),
  silenced_by: incident.silenced?.byWhom ?? null,
  silenced_until: dateOf(incident.silenced?.until),
  silence_reason: incident.silenced?.reason ?? null,
  resolved_at: dateOf(incident.resolved?.at),
  resolved_by: incident.resolved?.byWhom ?? null,
  resolve_reason: incident.resolved?.reason ?? null,
  quiet_at: dateOf(incident.quietAt),
  burn,
});

function keptOf(row: Row): KeptIncident {
  const time = (at: Date): EpochMs => epochMs(at.getTime());
  const { acknowledged_at, acknowledged_by, silenced_at, silenced_by, silenced_until, silence_reason } = row;
  const { resolved_at, resolved_by, resolve_reason } = row;
  return {
    incident: {
      ...{ id: row.id, slo: row.slo, service: row.service, severity: row.severity },
      openedAt: time(row.opened_at),
      ...(row.paged_at && { pagedAt: time(row.paged_at) }),
      ...(acknowledged_at &&
        acknowledged_by !== null && {
          acknowledged: { at: time(acknowledged_at), byWhom: acknowledged_by },
        }),
      ...(silenced_at &&
        silenced_until &&
        silenced_by !== null &&
        silence_reason !== null && {
          silenced: {
            ...{ at: time(silenced_at), byWhom: silenced_by },
            ...{ until: time(silenced_until), reason: silence_reason },
          },
        }),
      ...(resolved_at && {
        resolved: {
          at: time(resolved_at),
          ...(resolved_by !== null && { byWhom: resolved_by }),
          ...(resolve_reason !== null && { reason: resolve_reason }),
        },
      }),
      ...(row.quiet_at && { quietAt: time(row.quiet_at) }),
    },
    burn: row.burn,
  };
}
