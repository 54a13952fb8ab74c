import type { AuditRecord } from '#audit';
import { listAudit } from '#audit';
import { type EpochMs, epochMs, formatTime, type JsonObject } from '#core-values';
import type { SloStatus } from '../budgets/status-of-slo.ts';
import { badEventsToPage, eventsToProve, ppm, type Slo } from '../core/index.ts';
import { readCauses } from '../store/judged.ts';
import type { BurnWhen, Firing } from './burn-when.ts';
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
  const blamed = await blameOf(room, slo, burn);
  const firing = objectives.flatMap(({ status }) => status.alerts.filter(({ isFiring }) => isFiring));
  const gated = firing.find(({ alert }) => alert.gated && alert.severity === severity);
  const toPage = gated && badEventsToPage(gated.alert.badShare);
  const toProve = eventsToProve(ppm(targetPpm), burn.total - burn.good);
  return {
    burn,
    alerts: [...alerts],
    changes: changes.map((change) => ({ ...change })),
    ...(blamed === undefined ? {} : { blame: blamed }),
    ...(toPage === undefined ? {} : { eventsToPage: toPage }),
    ...(toProve === undefined ? {} : { eventsToProve: toProve }),
    mayAct: teamsOf(room, slo.service),
    link: `${room.publicUrl.replace(/\/$/, '')}/slos/${encodeURIComponent(slo.metadata.name)}`,
  };
}

/** Of a screen's SLO: which request, had it been perfect, would give back most of what the alert's long window lost. */
async function blameOf(room: IncidentsRoom, { indicator }: Slo, { longMinutes, good, total }: BurnWhen) {
  if (indicator.kind !== 'screen' || total === good) return undefined;
  const { screens } = room.definitions().definitions;
  const screen = screens.find(({ screen: { name } }) => name === indicator.screen)?.screen;
  const toMinute = Math.floor(room.clock.now() / 60_000);
  const bounds = { fromMinute: toMinute - longMinutes, toMinute };
  const causes = await readCauses(room.db, { screen: indicator.screen, ...bounds });
  const givesBack = (place: number): number =>
    causes
      .filter(({ kind, requests }) => kind !== 'together' && requests.includes(place))
      .reduce((sum, { views }) => sum + views, 0);
  const [worst] = (screen?.requests ?? [])
    .map(({ routes }, place) => ({ request: routes[0] ?? '', views: givesBack(place) }))
    .toSorted((a, b) => b.views - a.views);
  const lost = causes.reduce((sum, { views }) => sum + views, 0);
  if (worst === undefined || worst.views === 0) return undefined;
  return {
    screen: indicator.screen,
    request: worst.request,
    ofLostPpm: Math.floor((worst.views * 1e6) / lost),
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
