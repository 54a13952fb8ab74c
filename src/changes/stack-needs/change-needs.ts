import type { Transaction } from 'kysely';
import type { Person, Stack } from '#accounts/core';
import { type AuditSubject, appendAudit } from '#audit';
import {
  type AuditEntryId,
  err,
  type JsonObject,
  ok,
  type PlanId,
  type Problem,
  parsePlanId,
  problem,
  type Reason,
  type Result,
  text,
} from '#core-values';
import { type ExtraNeed, extraNeedFault } from '#credentials/core';
import { decide, personPrincipal, stackResource } from '#policy/core';
import { decisionEvidence, denied, personActor } from '../audit-entries.ts';
import { type AddedNeed, MOST_EXTRA_NEEDS } from '../core/added-need.ts';
import { denialOf } from '../denial.ts';
import { extraNeedFacts } from '../extra-need-facts.ts';
import { timeOf } from '../judge.ts';
import { planUnknown } from '../problems.ts';
import { askingNow, readTeams } from '../reviews/team-members.ts';
import type { ChangesRoom, Refusal } from '../room.ts';
import { findStack } from '../stacks.ts';
import { findPlan } from '../store/plans.ts';
import { lockStack } from '../store/stack-lock.ts';
import { endNeed, insertNeed, needsInForce } from './store.ts';

export interface NeedsChanged {
  /** What is in force now. */
  readonly needs: readonly AddedNeed[];
  readonly auditEntry: AuditEntryId;
}

export interface AddingNeeds {
  readonly stack: string;
  readonly person: Person;
  readonly needs: readonly ExtraNeed[];
  readonly reason: string;
  readonly plan?: string;
}

/**
 * Adds to what every plan of the stack is taken to need, from its next upload on; those plans wait for approvals that name what was
 * added. Whoever may administer the stack may, for what is exact and harmless enough (`extraNeedFault`). What is there already stays.
 */
export function addNeeds(room: ChangesRoom, asked: AddingNeeds): Promise<Result<NeedsChanged, Refusal>> {
  const about = {
    needs: asked.needs.map(({ action, resource }) => ({ action, resource })),
    reason: asked.reason,
    ...(asked.plan === undefined ? {} : { plan: asked.plan }),
  };
  return change(room, { ...asked, kind: 'needs.added', about }, async (tx, stack) => {
    const plan = await planOfStack(tx, stack, asked.plan);
    if (!plan.ok) return plan;
    const facts = extraNeedFacts(stack);
    const [first, ...more] = asked.needs.flatMap((need) => extraNeedFault(need, facts) ?? []);
    if (first !== undefined) return err(problem('bad-input', first, ...more));
    const before = await needsInForce(tx, stack.name);
    const fresh = asked.needs.filter(
      (need, at) => !before.some(isSame(need)) && asked.needs.findIndex(isSame(need)) === at,
    );
    if (before.length + fresh.length > MOST_EXTRA_NEEDS) return err(problem('conflict', tooMany(stack.name)));
    const at = room.clock.now();
    for (const { action, resource } of fresh) {
      await insertNeed(tx, stack.name, {
        ...{ id: room.newId('ned', at), action, resource, reason: asked.reason },
        ...{ addedBy: asked.person.name, addedAt: at },
        ...(plan.value === undefined ? {} : { plan: plan.value }),
      });
    }
    return ok(undefined);
  });
}

export interface RemovingNeed {
  readonly stack: string;
  readonly person: Person;
  readonly id: string;
}

/** Plans that carry the need can no longer be granted credentials: they are planned anew, without it. */
export function removeNeed(room: ChangesRoom, asked: RemovingNeed): Promise<Result<NeedsChanged, Refusal>> {
  const about = { need: asked.id };
  return change(room, { ...asked, kind: 'needs.removed', about }, async (tx, stack) => {
    const need = (await needsInForce(tx, stack.name)).find(({ id }) => id === asked.id);
    if (need === undefined) return err(problem('not-found', needUnknown(asked.id, stack.name)));
    await endNeed(tx, need.id, asked.person.name, room.clock.now());
    return ok({ action: need.action, resource: need.resource });
  });
}

interface Change {
  readonly stack: string;
  readonly person: Person;
  readonly kind: 'needs.added' | 'needs.removed';
  readonly about: JsonObject;
}

/** Under the stack's lock: asks the policy, does the work, and records either in the audit log. */
async function change(
  room: ChangesRoom,
  { stack: name, person, kind, about }: Change,
  work: (tx: Transaction<object>, stack: Stack) => Promise<Result<JsonObject | undefined, Problem>>,
): Promise<Result<NeedsChanged, Refusal>> {
  const found = findStack(room.organization(), name);
  if (!found.ok) return err({ problem: found.error });
  const stack = found.value;
  const teams = await readTeams(room, stack);
  return room.inTransaction(async (tx) => {
    await lockStack(tx, stack.name);
    const at = room.clock.now();
    const actor = personActor(person.name);
    const subject: AuditSubject = { stack: stack.name, account: stack.account.id };
    const { organization, person: administrator, unread } = askingNow(room, stack, person, teams);
    const decision = decide(room.policySet(), {
      action: 'administer',
      principal: personPrincipal(organization, administrator),
      resource: stackResource(organization, stack),
      facts: { time: timeOf(room, at) },
    });
    const forbidden = denialOf(decision);
    const denial = (forbidden && unread) ?? forbidden;
    const done = denial === undefined ? await work(tx, stack) : err(denial);
    const evidence = { ...decisionEvidence(decision), ...about };
    if (!done.ok) {
      const entry = denied(`${kind}-refused`, at, actor, subject, done.error, evidence);
      return err({ problem: done.error, auditEntry: await appendAudit(tx, entry) });
    }
    const needs = await needsInForce(tx, stack.name);
    const auditEntry = await appendAudit(tx, {
      ...{ at, kind, actor, subject, outcome: 'done' },
      evidence: { ...evidence, ...done.value, inForce: needs.length },
    });
    return ok({ needs, auditEntry });
  });
}

async function planOfStack(
  tx: Transaction<object>,
  { name }: Stack,
  words: string | undefined,
): Promise<Result<PlanId | undefined, Problem>> {
  if (words === undefined) return ok(undefined);
  const id = parsePlanId(words);
  const plan = id === undefined ? undefined : await findPlan(tx, id);
  return plan?.stack === name ? ok(plan.id) : err(planUnknown(words));
}

const isSame =
  (need: ExtraNeed) =>
  (other: ExtraNeed): boolean =>
    other.action === need.action && other.resource === need.resource;

const needUnknown = (id: string, stack: string): Reason => ({
  rule: 'needs.unknown',
  message: text(
    `${stack} has no need ${id} that is in force.`,
    `${stack} に有効な追加権限 ${id} はありません。`,
  ),
  remedy: text(
    `List them with \`sekisho needs list --stack ${stack}\`.`,
    `\`sekisho needs list --stack ${stack}\` で一覧を確認してください。`,
  ),
});

const tooMany = (stack: string): Reason => ({
  rule: 'needs.too-many',
  message: text(
    `${stack} would have more than ${MOST_EXTRA_NEEDS} extra needs.`,
    `${stack} の追加権限が ${MOST_EXTRA_NEEDS} 件を超えます。`,
  ),
  remedy: text(
    `Remove what is no longer used: \`sekisho needs list --stack ${stack}\` shows the last plan that had each.`,
    `使われなくなったものを削除してください。\`sekisho needs list --stack ${stack}\` で、それぞれが最後に使われたプランを確認できます。`,
  ),
});
