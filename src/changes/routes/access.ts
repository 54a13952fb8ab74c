import type { RequirePerson } from '#accounts';
import { issuerByUrl, type Person } from '#accounts/core';
import { err, ok, type PlanId, type Problem, parsePlanId, type Result } from '#core-values';
import { bearerToken, type HttpContext, PEOPLE, problemResponse } from '#platform';
import { planUnknown } from '../problems.ts';
import type { ChangesRoom, Refusal } from '../room.ts';
import { findPlan } from '../store/plans.ts';

export interface RouteRoom extends ChangesRoom {
  readonly requirePerson: RequirePerson;
}

/** The answer to a refusal: its problem, and where the audit log has it. */
export const refused = (c: HttpContext, { problem, auditEntry }: Refusal) =>
  problemResponse(c, problem, auditEntry === undefined ? {} : { auditEntry });

/** The body of a request or answer, for `createRoute`. */
export const json = <Schema>(schema: Schema) => ({ 'application/json': { schema } });

export const security = PEOPLE;

/** Reads a plan's id; one that is not of its form names no plan. */
export function planIdOf(words: string): Result<PlanId, Problem> {
  const id = parsePlanId(words);
  return id === undefined ? err(planUnknown(words)) : ok(id);
}

/** Who reads a plan: a person, or a job. */
export interface Reader {
  readonly person?: Person;
}

/** Any person who is signed in may read a plan, and any job of the repository it comes from. */
export async function requireReader(
  c: HttpContext,
  room: RouteRoom,
  id: PlanId,
): Promise<Result<Reader, Problem>> {
  const token = bearerToken(c);
  // Browsers show a cookie instead.
  if (token === undefined || token.startsWith('sks_')) {
    const person = await room.requirePerson(c);
    return person.ok ? ok({ person: person.value }) : person;
  }
  const job = await room.verifyWorkload(token);
  if (!job.ok) return job;
  const plan = await findPlan(room.db, id);
  const issuer = issuerByUrl(room.organization(), job.value.issuer);
  const isTheirs = plan?.job.issuer === issuer?.name && plan?.job.repositoryId === job.value.repositoryId;
  return isTheirs ? ok({}) : err(planUnknown(id));
}
