import type { RequirePerson } from '#accounts';
import type { Organization, Person } from '#accounts/core';
import { appendAudit } from '#audit';
import { type Clock, err, ok, type Result } from '#core-values';
import { type Db, type HttpContext, inTransaction, problemResponse } from '#platform';
import { NOT_ADMINISTRATOR } from './problems.ts';

export interface AccessOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly organization: () => Organization;
  readonly requirePerson: RequirePerson;
}

/** Who asks, if that is an administrator; else the answer to give, and it is recorded that somebody else asked. */
export async function administratorIn(
  on: AccessOptions,
  c: HttpContext,
): Promise<Result<Person, ReturnType<typeof problemResponse>>> {
  const person = await on.requirePerson(c);
  if (!person.ok) return err(problemResponse(c, person.error));
  if (on.organization().administrators.includes(person.value.name)) return ok(person.value);
  const auditEntry = await inTransaction(on.db, (tx) =>
    appendAudit(tx, {
      at: on.clock.now(),
      kind: 'github.refused',
      actor: { kind: 'person', name: person.value.name },
      subject: { other: 'github' },
      outcome: 'denied',
      reasons: NOT_ADMINISTRATOR.reasons,
    }),
  );
  return err(problemResponse(c, NOT_ADMINISTRATOR, { auditEntry }));
}
