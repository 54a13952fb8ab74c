import type { Organization } from '#accounts/core';
import { type EpochMs, err, ok, type Problem, problem, type Result, text } from '#core-values';
import { type DraftFacts, draftedRequest, type RequestDraft, sampleWorkload } from './draft.ts';
import { accountResource, freezeFacts, personPrincipal, stackResource } from './organization.ts';
import type { PersonPrincipal, PolicyAction, PolicyRequest } from './request.ts';

/** A person of the configuration by name; `undefined` for nobody. */
export type PersonNamed = (name: string) => PersonPrincipal | undefined;

/** Could X do Y: by names, as people ask it. */
export interface PolicyQuestion {
  readonly by: { readonly kind: 'person' | 'job'; readonly name: string };
  readonly action: PolicyAction;
  readonly on:
    | { readonly kind: 'stack' | 'account'; readonly name: string }
    | { readonly kind: 'organization' };
  /** What is assumed; the rest is as on a calm day, with the freezes that are configured. */
  readonly facts: (personNamed: PersonNamed) => Result<DraftFacts, Problem>;
}

/** The question as policies are asked it. Names that nobody has are `not-found`; what cannot be asked is `bad-input`. */
export function askedRequest(
  organization: Organization,
  { by, action, on, facts }: PolicyQuestion,
  now: EpochMs,
): Result<PolicyRequest, Problem> {
  const personNamed: PersonNamed = (name) => {
    const person = organization.people.find((one) => one.name === name);
    return person === undefined ? undefined : personPrincipal(organization, person);
  };
  const resource = resourceOf(on, organization);
  if (!resource.ok) return resource;
  const principal = by.kind === 'job' ? sampleWorkload(by.name) : personNamed(by.name);
  if (principal === undefined) {
    const known = organization.people.map(({ name }) => name);
    return err(notFound('person', by.name, known));
  }
  const assumed = facts(personNamed);
  if (!assumed.ok) return assumed;
  const stack = on.kind === 'stack' ? organization.stacks.find(({ name }) => name === on.name) : undefined;
  const calendar = stack === undefined ? undefined : freezeFacts(organization, stack, now);
  const freeze = assumed.value.freeze ?? (calendar?.active ? calendar.name : undefined);
  const drafted = draftedRequest({
    ...{ action, principal, resource: resource.value },
    facts: { ...assumed.value, ...(freeze === undefined ? {} : { freeze }) },
  });
  return drafted.ok ? drafted : err(problem('bad-input', drafted.error));
}

function resourceOf(
  on: PolicyQuestion['on'],
  organization: Organization,
): Result<RequestDraft['resource'], Problem> {
  if (on.kind === 'stack') {
    const stack = organization.stacks.find(({ name }) => name === on.name);
    const known = organization.stacks.map(({ name }) => name);
    return stack === undefined
      ? err(notFound('stack', on.name, known))
      : ok(stackResource(organization, stack));
  }
  if (on.kind === 'account') {
    const account = organization.accounts.find(({ id, name }) => id === on.name || name === on.name);
    const known = organization.accounts.map(({ name }) => name);
    return account === undefined
      ? err(notFound('account', on.name, known))
      : ok(accountResource(organization, account));
  }
  return ok({ kind: 'organization', name: organization.name });
}

const KINDS = {
  person: text('person', '人'),
  stack: text('stack', 'スタック'),
  account: text('account', 'アカウント'),
};

const notFound = (kind: keyof typeof KINDS, name: string, known: readonly string[]): Problem =>
  problem('not-found', {
    rule: `policy.${kind}-unknown`,
    message: text(
      `There is no ${KINDS[kind].en} “${name}” in the configuration.`,
      `設定に「${name}」という${KINDS[kind].ja}はありません。`,
    ),
    remedy: text(`Known: ${known.join(', ') || 'none'}.`, `登録済み: ${known.join('、') || 'なし'}`),
  });
