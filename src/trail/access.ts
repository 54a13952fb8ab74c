import type { RequirePerson } from '#accounts';
import type { Organization, Person } from '#accounts/core';
import { appendAudit } from '#audit';
import { type Clock, err, ok, type Problem, problem, type Result, text } from '#core-values';
import { type Db, type HttpContext, inTransaction, problemResponse } from '#platform';

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
      kind: 'trail.refused',
      actor: { kind: 'person', name: person.value.name },
      subject: { other: 'trail' },
      outcome: 'denied',
      reasons: NOT_ADMINISTRATOR.reasons,
    }),
  );
  return err(problemResponse(c, NOT_ADMINISTRATOR, { auditEntry }));
}

const NOT_ADMINISTRATOR: Problem = problem('denied', {
  rule: 'trail.not-administrator',
  message: text(
    'Only administrators compare grants with CloudTrail, and decide by it.',
    'CloudTrail との照合と、それに基づく判断ができるのは管理者だけです。',
  ),
  remedy: text(
    'Ask somebody whom `administrators` in sekisho.yaml names.',
    'sekisho.yaml の `administrators` に記載された人に依頼してください。',
  ),
});
