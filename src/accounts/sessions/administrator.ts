import { type AuditKind, appendAudit } from '#audit';
import { type Clock, err, ok, type Problem, type Result } from '#core-values';
import { type Db, type HttpContext, inTransaction, problemResponse } from '#platform';
import type { Organization, Person } from '../core/index.ts';
import type { RequirePerson } from './routes.ts';

export interface AdministratorOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly organization: () => Pick<Organization, 'administrators'>;
  readonly requirePerson: RequirePerson;
}

/** What everybody else is told, and how the log has it. */
export interface OnlyAdministrators {
  readonly kind: AuditKind;
  /** What it was about: the entry's `subject.other`. */
  readonly about: string;
  readonly why: Problem;
}

/** Who asks, if that is an administrator; else the answer to give, and it is recorded that somebody else asked. */
export async function administratorIn(
  on: AdministratorOptions,
  c: HttpContext,
  { kind, about, why }: OnlyAdministrators,
): Promise<Result<Person, ReturnType<typeof problemResponse>>> {
  const person = await on.requirePerson(c);
  if (!person.ok) return err(problemResponse(c, person.error));
  if (on.organization().administrators.includes(person.value.name)) return ok(person.value);
  const auditEntry = await inTransaction(on.db, (tx) =>
    appendAudit(tx, {
      at: on.clock.now(),
      kind,
      actor: { kind: 'person', name: person.value.name },
      subject: { other: about },
      outcome: 'denied',
      reasons: why.reasons,
    }),
  );
  return err(problemResponse(c, why, { auditEntry }));
}
