import { appendAudit } from '#audit';
import type { JsonObject } from '#core-values';
import type { SloStatus } from '../budgets/status-of-slo.ts';
import { afterLook, type Look, type Step } from '../core/incidents/incident.ts';
import { aboutIncident } from './about-incident.ts';
import { type Firing, firingOf } from './burn-when.ts';
import { stepEntry, targetsOf } from './entries.ts';
import type { IncidentsRoom } from './room.ts';
import { currentIncidents, insertIncident, type KeptIncident, lockCurrent, updateIncident } from './store.ts';

interface Seen {
  readonly status?: SloStatus;
  readonly firing?: Firing;
  readonly look: Look;
}

/**
 * Looks at the alerts of every SLO and takes the incidents on: each step is one transaction with its entry in the audit log, of which
 * messages are made. Safe to run again whenever it died, and beside another replica.
 */
export async function keepIncidents(room: IncidentsRoom): Promise<void> {
  // What another replica has seen since must not be undone by what is known here from a minute ago.
  room.statuses.forget();
  const { slos } = await room.statuses.now();
  const current = new Map((await currentIncidents(room.db)).map((kept) => [kept.incident.slo, kept]));
  for (const status of slos) {
    const { metadata, service } = status.slo;
    const kept = current.get(metadata.name);
    current.delete(metadata.name);
    // Nothing is known: that ends no incident.
    if (status.data.state === 'none') continue;
    const firing = firingOf(status);
    const look = lookOf(room, { slo: metadata.name, service }, firing);
    await goOn(room, { status, look, ...(firing === undefined ? {} : { firing }) }, kept);
  }
  // SLOs that are no longer defined.
  for (const kept of current.values()) await goOn(room, { look: lookOf(room, kept.incident) }, kept);
}

const lookOf = (
  room: IncidentsRoom,
  { slo, service }: Pick<Look, 'slo' | 'service'>,
  firing?: Firing,
): Look => {
  const at = room.clock.now();
  return {
    ...{ slo, service, at, newId: () => room.newId('inc', at) },
    ...(firing === undefined ? {} : { firing: firing.severity }),
  };
};

async function goOn(room: IncidentsRoom, seen: Seen, kept: KeptIncident | undefined): Promise<void> {
  let step = afterLook(kept?.incident, seen.look);
  while (step.kind !== 'nothing') {
    const about = await aboutStep(room, seen, step);
    step = await take(room, seen, about);
  }
}

/** Read before the transaction: nothing of it decides. */
async function aboutStep(room: IncidentsRoom, { status, firing }: Seen, { kind }: Step): Promise<JsonObject> {
  if (status === undefined) return { definition: 'gone' };
  const { policies } = status.slo;
  if (firing === undefined) return targetsOf(policies, undefined, 'resolved');
  if (kind === 'quieted' || kind === 'resolved') return {};
  return {
    ...targetsOf(policies, firing.alerts, 'breaching'),
    ...(await aboutIncident(room, status, firing)),
  };
}

/** Under the lock of the SLO's incident; answers the step that was taken, if there was one to take. */
const take = (room: IncidentsRoom, { look, firing }: Seen, about: JsonObject): Promise<Step> =>
  room.inTransaction(async (tx) => {
    const kept = await lockCurrent(tx, look.slo);
    const step = afterLook(kept?.incident, look);
    if (step.kind === 'nothing') return step;
    const burn = firing?.burn ?? kept?.burn;
    if (burn === undefined) return { kind: 'nothing' };
    const changed = { incident: step.incident, burn };
    if (step.kind !== 'opened') await updateIncident(tx, changed);
    else if (!(await insertIncident(tx, changed))) return { kind: 'nothing' };
    await appendAudit(tx, stepEntry(room, step.kind, step.incident, about, look.at));
    // Once it is quiet, this look is over.
    return step.incident.quietAt === undefined ? step : { kind: 'nothing' };
  });
