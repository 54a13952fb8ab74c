import type { RequirePerson } from '#accounts';
import type { EpochMs } from '#core-values';
import { parseTime } from '#core-values';
import { type HttpContext, PEOPLE, problemResponse } from '#platform';
import type { AskedSpan } from '../budgets/show-slo.ts';
import type { Refusal } from '../incidents/act.ts';
import type { IncidentsRoom } from '../incidents/room.ts';

export interface SloRouteRoom extends IncidentsRoom {
  readonly requirePerson: RequirePerson;
}

export const security = PEOPLE;

/** The body of a request or answer, for `createRoute`. */
export const json = <Schema>(schema: Schema) => ({ 'application/json': { schema } });

/** The answer to a refusal: its problem, and where the audit log has it. */
export const refused = (c: HttpContext, { problem, auditEntry }: Refusal) =>
  problemResponse(c, problem, auditEntry === undefined ? {} : { auditEntry });

/** Times that a schema has checked. */
export function spanOf({
  from,
  to,
}: {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}): AskedSpan {
  const begin = from === undefined ? undefined : timeOf(from);
  const end = to === undefined ? undefined : timeOf(to);
  return { ...(begin === undefined ? {} : { from: begin }), ...(end === undefined ? {} : { to: end }) };
}

/** Of any ISO 8601 time in UTC. */
export function timeOf(words: string): EpochMs {
  const at = parseTime(new Date(words).toISOString());
  if (at === undefined) throw new Error(`A schema let through ${JSON.stringify(words)}`);
  return at;
}
