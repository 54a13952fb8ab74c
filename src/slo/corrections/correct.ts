import type { Person } from '#accounts/core';
import { type AuditEntry, appendAudit } from '#audit';
import { type EpochMs, err, formatTime, type JsonObject, ok, type Problem, type Result } from '#core-values';
import type { Tx } from '#platform';
import { correction } from '../core/index.ts';
import type { Refusal } from '../incidents/act.ts';
import type { IncidentsRoom } from '../incidents/room.ts';
import { mayAdminister } from '../incidents/who-may.ts';
import { tooLong, undoneAlready, unknownCorrection, unknownScope } from './problems.ts';
import {
  type CorrectionScope,
  insertCorrection,
  insertUndone,
  type KeptCorrection,
  lockCorrection,
  readCorrections,
} from './store.ts';

export interface MakingCorrection {
  readonly person: Person;
  readonly of: CorrectionScope;
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly reason: string;
}

/** Longer ones are slips of the pen. */
const LONGEST_MS = 31 * 24 * 3_600_000;

/** Leaves time out of budgets. It gives budget back to the gate, so it takes who may administer every stack of the service. */
export function makeCorrection(
  room: IncidentsRoom,
  asked: MakingCorrection,
): Promise<Result<KeptCorrection, Refusal>> {
  const { person, of, from, to, reason } = asked;
  const service = serviceOf(room, of);
  if (service === undefined) return Promise.resolve(err({ problem: unknownScope(of) }));
  const about = { kind: of.kind, name: of.name, from: formatTime(from), to: formatTime(to), reason };
  return decided(room, { person, service, kind: 'correction.made', about }, async (tx, at) => {
    const fault = faultOf(asked);
    if (fault !== undefined) return err(fault);
    const made = { id: room.newId('cor', at), of, from, to, reason, byWhom: person.name, at };
    await insertCorrection(tx, made, room.correctionsKey);
    return ok(made);
  });
}

export interface UndoingCorrection {
  readonly person: Person;
  readonly id: string;
  readonly reason: string;
}

/** A second entry: what was made stays to be seen. */
export async function undoCorrection(
  room: IncidentsRoom,
  { person, id, reason }: UndoingCorrection,
): Promise<Result<KeptCorrection, Refusal>> {
  const found = await correctionOf(room, id);
  if (found === undefined) return err({ problem: unknownCorrection(id) });
  // Of an SLO that is no longer defined, whoever administers the organization.
  const service = serviceOf(room, found.of) ?? '';
  const about = { correction: id, kind: found.of.kind, name: found.of.name, reason };
  return decided(room, { person, service, kind: 'correction.undone', about }, async (tx, at) => {
    await lockCorrection(tx, id);
    const now = (await readCorrections(tx, room.correctionsKey)).corrections.find((one) => one.id === id);
    if (now === undefined) return err(unknownCorrection(id));
    if (now.undone !== undefined) return err(undoneAlready(now.undone.byWhom));
    const undone = { id: room.newId('cor', at), undoes: id, reason, byWhom: person.name, at };
    await insertUndone(tx, undone, room.correctionsKey);
    return ok({ ...now, undone });
  });
}

interface Deciding {
  readonly person: Person;
  readonly service: string;
  readonly kind: 'correction.made' | 'correction.undone';
  readonly about: JsonObject;
}

async function decided(
  room: IncidentsRoom,
  { person, service, kind, about }: Deciding,
  work: (tx: Tx, at: EpochMs) => Promise<Result<KeptCorrection, Problem>>,
): Promise<Result<KeptCorrection, Refusal>> {
  const done = await room.inTransaction(async (tx): Promise<Result<KeptCorrection, Refusal>> => {
    const at = room.clock.now();
    const { denial, evidence } = mayAdminister(room, person, service, 'all');
    const result = denial === undefined ? await work(tx, at) : err(denial);
    const entry = {
      ...{ at, actor: { kind: 'person', name: person.name }, evidence: { ...evidence, ...about, service } },
      subject: { other: `correction:${result.ok ? result.value.id : (about.correction ?? 'none')}` },
    } as const satisfies Partial<AuditEntry>;
    if (result.ok) {
      await appendAudit(tx, { ...entry, kind, outcome: 'done' });
      return result;
    }
    const { reasons } = result.error;
    const auditEntry = await appendAudit(tx, {
      ...entry,
      kind: 'correction.refused',
      outcome: 'denied',
      reasons,
    });
    return err({ problem: result.error, auditEntry });
  });
  room.statuses.forget();
  return done;
}

const correctionOf = async (room: IncidentsRoom, id: string): Promise<KeptCorrection | undefined> =>
  (await readCorrections(room.db, room.correctionsKey)).corrections.find((one) => one.id === id);

function serviceOf(room: IncidentsRoom, { kind, name }: CorrectionScope): string | undefined {
  const { slos, services } = room.definitions().definitions;
  if (kind === 'slo') return slos.find(({ metadata }) => metadata.name === name)?.service;
  const isKnown =
    slos.some(({ service }) => service === name) || services.some(({ metadata }) => metadata.name === name);
  return isKnown ? name : undefined;
}

function faultOf({ from, to, reason }: MakingCorrection): Problem | undefined {
  const span = correction({ fromMinute: from / 60_000, toMinute: to / 60_000, reason });
  if (!span.ok) return span.error;
  return to - from > LONGEST_MS ? tooLong : undefined;
}
