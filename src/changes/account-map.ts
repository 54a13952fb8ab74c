import type { Account, Organization, Stack } from '#accounts/core';
import { ENVIRONMENTS, type EpochMs, type Language } from '#core-values';
import type { AccountMap, StackOnMap } from './core/account-map-api.ts';
import { hasDrifted } from './core/drift.ts';
import { stateWords } from './core/state-words.ts';
import type { ChangesRoom } from './room.ts';
import { lockAnswerOf } from './stack-locks/lock-answer.ts';
import { type StackFactsOnMap, stackFactsOnMap } from './store/stack-map.ts';

const time = (atMs: number): string => new Date(atMs).toISOString();

/** How every stack of the configuration stands. What the rows of plans say is shown as it is: nothing is decided by it. */
export async function mapOfAccounts(
  room: Pick<ChangesRoom, 'db' | 'organization' | 'clock'>,
  language: Language,
): Promise<AccountMap> {
  const organization = room.organization();
  const facts = await stackFactsOnMap(
    room.db,
    organization.stacks.map(({ name }) => name),
  );
  const now = room.clock.now();
  const byAccount = Map.groupBy(organization.stacks, ({ account }) => account.id);
  return {
    accounts: ENVIRONMENTS.toSorted((a, b) => weightOf(b) - weightOf(a)).flatMap((environment) =>
      organization.accounts
        .filter((account) => account.environment === environment)
        .map((account) => ({
          ...{ id: account.id, name: account.name, environment },
          revocable: account.revokeRole !== undefined,
          freezes: freezesOn(organization, account, now, language),
          stacks: (byAccount.get(account.id) ?? []).map((stack) => stackOnMap(stack, facts, language)),
        })),
    ),
  };
}

/** Production first. */
const weightOf = (environment: (typeof ENVIRONMENTS)[number]): number =>
  environment === 'production' ? 1 : 0;

const freezesOn = (
  { freezes }: Organization,
  { environment }: Account,
  now: EpochMs,
  language: Language,
): AccountMap['accounts'][number]['freezes'] =>
  freezes
    .filter(({ environments, from, to }) => environments.includes(environment) && from <= now && now < to)
    .map(({ name, reason, from, to }) => ({
      name,
      reason: reason[language],
      from: time(from),
      to: time(to),
    }));

function stackOnMap(stack: Stack, facts: StackFactsOnMap, language: Language): StackOnMap {
  const { name, repository, approval, region, path, dependsOn, apply } = stack;
  const newest = facts.newest.get(name);
  const applied = facts.applied.get(name);
  const open = facts.open.get(name);
  const state = facts.states.get(name);
  const lock = facts.locks.get(name);
  return {
    ...{ name, team: approval.team, region, path, dependsOn: [...dependsOn], applies: apply.when },
    repository: { id: repository.id, name: repository.name },
    ...(newest === undefined
      ? {}
      : {
          lastPlan: {
            ...{ id: newest.id, state: newest.state, stateWords: stateWords(newest.state, language) },
            uploadedAt: time(newest.uploadedAt),
          },
        }),
    ...(applied === undefined ? {} : { lastApplied: { plan: applied.plan, at: time(applied.at) } }),
    ...(open?.inFlight === undefined ? {} : { inFlight: open.inFlight }),
    waiting: open?.waiting ?? 0,
    ...(state === undefined ? {} : { knownState: { ...state, reportedAt: time(state.reportedAt) } }),
    ...(lock === undefined ? {} : { lock: lockAnswerOf(lock) }),
    drift: driftOf(facts.telling.get(name)),
  };
}

function driftOf(plan: ReturnType<StackFactsOnMap['telling']['get']>): StackOnMap['drift'] {
  if (plan === undefined) return { verdict: 'unknown' };
  const drifted = hasDrifted({ state: plan.state, changes: plan.facts.changes });
  const verdict = drifted === undefined ? 'unknown' : drifted ? 'drifted' : 'none';
  return { verdict, plan: plan.id, at: time(plan.uploadedAt) };
}
