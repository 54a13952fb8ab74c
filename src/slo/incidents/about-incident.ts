import type { AuditRecord } from '#audit';
import { listAudit } from '#audit';
import { type EpochMs, epochMs, formatTime, type JsonObject } from '#core-values';
import type { SloStatus } from '../budgets/status-of-slo.ts';
import { badEventsToPage, eventsToProve, ppm } from '../core/index.ts';
import type { Firing } from './burn-when.ts';
import { type IncidentsRoom, stacksOf } from './room.ts';

/** An apply to a stack of the service. */
export interface ServiceChange {
  readonly at: string;
  readonly stack: string;
  readonly plan: string;
  readonly outcome: 'applied' | 'failed';
}

/** How long before an incident a change can have brought it about. */
const BEFORE_MS = 3 * 3_600_000;
const MOST_CHANGES = 5;

/** What people are shown of an incident, for the entry of the audit log that tells them: as it was then. */
export async function aboutIncident(
  room: IncidentsRoom,
  { slo, objectives }: SloStatus,
  { burn, severity, alerts }: Firing,
): Promise<JsonObject> {
  const now = room.clock.now();
  const changes = await changesOf(
    room,
    slo.service,
    { from: epochMs(now - BEFORE_MS), to: now },
    MOST_CHANGES,
  );
  const { targetPpm } = burn;
  const firing = objectives.flatMap(({ status }) => status.alerts.filter(({ isFiring }) => isFiring));
  const gated = firing.find(({ alert }) => alert.gated && alert.severity === severity);
  const toPage = gated && badEventsToPage(gated.alert.badShare);
  const toProve = eventsToProve(ppm(targetPpm), burn.total - burn.good);
  return {
    burn,
    alerts: [...alerts],
    changes: changes.map((change) => ({ ...change })),
    ...(toPage === undefined ? {} : { eventsToPage: toPage }),
    ...(toProve === undefined ? {} : { eventsToProve: toProve }),
    mayAct: teamsOf(room, slo.service),
    link: `${room.publicUrl.replace(/\/$/, '')}/slos/${encodeURIComponent(slo.metadata.name)}`,
  };
}

/** Teams whose people may administer its stacks by the shipped policy; administrators may in any case. */
const teamsOf = (room: IncidentsRoom, service: string): string[] => [
  ...new Set(stacksOf(room, service).map(({ approval }) => approval.team)),
];

/** Applies to stacks of the service within some time, newest first, from the audit log. */
export async function changesOf(
  room: IncidentsRoom,
  service: string,
  { from, to }: { readonly from: EpochMs; readonly to: EpochMs },
  most: number,
): Promise<readonly ServiceChange[]> {
  const found = await Promise.all(
    stacksOf(room, service).map(async ({ name }) => {
      const filter = { kind: 'apply.reported', stack: name, since: formatTime(from), until: formatTime(to) };
      const { entries } = await listAudit(room.db, { filter, limit: most });
      return entries.flatMap((entry) => changeOf(entry) ?? []);
    }),
  );
  return found
    .flat()
    .toSorted((a, b) => (a.at < b.at ? 1 : -1))
    .slice(0, most);
}

function changeOf({ at, subject, outcome }: AuditRecord): ServiceChange | undefined {
  const { stack, plan } = subject;
  if (stack === undefined || plan === undefined) return undefined;
  return { at, stack, plan, outcome: outcome === 'done' ? 'applied' : 'failed' };
}
