import { appendAudit, listAudit } from '#audit';
import { type PolicyRemoval, removeGrantPolicies, sweepGrantPolicies } from '#credentials';
import { SERVER } from './audit-entries.ts';
import { grantSubject } from './grant.ts';
import type { ChangesRoom } from './room.ts';

/** Asking an account for its list costs two calls; what it finds is rare. */
const SWEEP_EVERY_MS = 3_600_000;

const sweptAt = new WeakMap<ChangesRoom, number>();

/** Takes the managed policies of ended grants out of their accounts, and audits it. Safe to repeat. */
export async function removePolicies(room: ChangesRoom): Promise<void> {
  const now = room.clock.now();
  for (const removal of await removeGrantPolicies(room.db, room.grantPolicies, now))
    await record(room, removal);
  if (now - (sweptAt.get(room) ?? 0) < SWEEP_EVERY_MS) return;
  sweptAt.set(room, now);
  const accounts = room
    .organization()
    .accounts.flatMap(({ id, policyRole }) => (policyRole === undefined ? [] : [id]));
  for (const removal of await sweepGrantPolicies(room.db, room.grantPolicies, accounts))
    await record(room, removal);
}

/** A failure is audited once for a grant: it is tried again every minute, and the log is for people. */
async function record(room: ChangesRoom, { grant, result }: PolicyRemoval): Promise<void> {
  const kind = result.ok ? 'grant.policies-removed' : 'grant.policies-remove-failed';
  if (!result.ok) {
    const known = await listAudit(room.db, { filter: { kind, grant: grant.id }, limit: 1 });
    if (known.entries.length > 0) return;
  }
  await room.inTransaction((tx) =>
    appendAudit(tx, {
      at: room.clock.now(),
      kind,
      actor: SERVER,
      subject: grantSubject(grant),
      outcome: result.ok ? 'done' : 'failed',
      ...(result.ok ? {} : { reasons: result.error.reasons }),
      evidence: { policies: grant.managedPolicyArns },
    }),
  );
}
