import type { Person } from '#accounts/core';
import { type JsonObject, type Problem, problem, type Reason, text } from '#core-values';
import { type Decision, decide, personPrincipal, stackResource, timeFacts } from '#policy/core';
import { type IncidentsRoom, stacksOf } from './room.ts';

export interface Allowance {
  /** `undefined` when the policy says yes. */
  readonly denial?: Problem;
  /** For the audit log. */
  readonly evidence: JsonObject;
}

/**
 * Whether the policy lets somebody `administer`: stacks that name the service, or the organization where none does. An incident is for
 * whoever may administer one of them; a correction changes the gate of all, so it takes them all.
 */
export function mayAdminister(
  room: IncidentsRoom,
  person: Person,
  service: string,
  which: 'one' | 'all',
): Allowance {
  const organization = room.organization();
  const stacks = stacksOf(room, service);
  const resources =
    stacks.length === 0
      ? [{ kind: 'organization', name: organization.name } as const]
      : stacks.map((stack) => stackResource(organization, stack));
  const time = timeFacts(room.clock.now(), room.timeZone);
  if (!time.ok) return { denial: time.error, evidence: {} };
  const decisions = resources.map((resource) =>
    decide(room.policySet(), {
      action: 'administer',
      principal: personPrincipal(organization, person),
      resource,
      facts: { time: time.value },
    }),
  );
  const denied = decisions.filter(({ allowed }) => !allowed);
  const isAllowed = which === 'all' ? denied.length === 0 : denied.length < decisions.length;
  const [deciding] = isAllowed ? decisions.filter(({ allowed }) => allowed) : denied;
  const evidence = deciding === undefined ? {} : evidenceOf(deciding);
  return isAllowed ? { evidence } : { denial: denialOf(denied[0]?.reasons ?? []), evidence };
}

const evidenceOf = ({ kind, determining }: Decision): JsonObject => ({
  verdict: kind,
  policies: determining.map(({ id }) => id),
});

const denialOf = ([first = UNEXPLAINED, ...more]: readonly Reason[]): Problem =>
  problem('denied', first, ...more);

const UNEXPLAINED: Reason = {
  rule: 'policy.denied',
  message: text('The policy does not allow it.', 'ポリシーで許可されていません。'),
  remedy: text('Ask `sekisho policy explain` why.', '`sekisho policy explain` で理由を確認してください。'),
};
