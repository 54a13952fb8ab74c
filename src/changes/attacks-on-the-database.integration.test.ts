import { gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { showPlan } from './show-plan.ts';
import type { StoredPlan } from './store/plans.ts';
import { DAY_MS, HARMLESS, LOSES_DATA, mustBeTaken, openShop, rulesOf, type Shop } from './testing/shop.ts';

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
beforeEach(() => shop.startOver());
afterAll(() => shop.close());

const edit = (words: string) => sql.raw(words).execute(shop.room.db);
const showRule = async ({ id }: StoredPlan): Promise<string> => {
  const shown = await showPlan(shop.room, id, 'en');
  return shown.ok ? 'shown' : shown.error.reasons[0].rule;
};

describe('who can write to the database but has not the key', () => {
  it.each([
    ['the digest', `digest = repeat('e', 64)`],
    ['the fingerprint', `fingerprint = repeat('e', 64)`],
    ['the lineage', `lineage = 'other'`],
    ['the serial', `serial = serial + 1`],
    ['the commit', `commit_sha = repeat('b', 40)`],
    ['the repository', `repository_id = '700999'`],
    ['the run', `run_id = '99'`],
    ['the attempt', `run_attempt = 2`],
    ['the author', `author_id = '1'`],
    ['the author’s person', `author_person = 'kenji'`],
    ['the account', `account_id = '333333333333'`],
    ['the environment', `environment = 'sandbox'`],
    ['the end of its life', `expires_at = expires_at + interval '1 day'`],
    ['the time it came in', `uploaded_at = uploaded_at + interval '1 hour'`],
    ['the time it was made', `planned_at = planned_at - interval '1 day'`],
    ['the workflow that counts its runs', `run_series = NULL`],
    ['the findings', `facts = jsonb_set(facts, '{findings,losesData}', 'true')`],
    ['the counts', `facts = jsonb_set(facts, '{changes,delete}', '7')`],
    ['the sealed record', `record_sealed = set_byte(record_sealed, 60, get_byte(record_sealed, 60) # 1)`],
  ])('attack 9: cannot change %s of a plan: it is neither granted, approved nor shown', async (_, change) => {
    const plan = await shop.approved('shop-staging');
    await edit(`UPDATE plans SET ${change}`);
    const { rows } = await sql<{ digest: string }>`SELECT digest FROM plans`.execute(shop.room.db);
    const refused = await shop.grant(plan, {}, { plan: rows[0]?.digest ?? '' });
    const expected = [change.startsWith('record_sealed') ? 'encryption.tampered' : 'plan.record-tampered'];
    expect(rulesOf(refused)).toEqual(expected);
    expect(rulesOf(await shop.decide(plan, 'kenji'))).toEqual(expected);
    expect(await showRule(plan)).toBe(expected[0]);
    expect(shop.issued()).toEqual([]);
    expect(await shop.auditVerdict()).toBe('intact');
  });

  it('cannot show one plan under the review of another', async () => {
    const harmless = await shop.uploaded('shop-staging', { changes: HARMLESS });
    const other = await shop.uploaded('shop-production', { changes: LOSES_DATA });
    expect(await showRule(other)).toBe('shown');
    await edit(
      `UPDATE plans SET review_gzip = (SELECT review_gzip FROM plans WHERE id = '${harmless.id}') WHERE id = '${other.id}'`,
    );
    expect(await showRule(other)).toBe('plan.record-tampered');
    expect(await showRule(harmless)).toBe('shown');
  });

  it('cannot give one plan the record or the file of another', async () => {
    const one = await shop.approved('shop-staging', { changes: HARMLESS });
    const other = await shop.approved('shop-staging', {
      changes: LOSES_DATA,
      claims: { ref: 'refs/pull/7/merge', event_name: 'pull_request' },
    });
    await edit(
      `UPDATE plans SET file_sealed = (SELECT file_sealed FROM plans WHERE id = '${other.id}') WHERE id = '${one.id}'`,
    );
    const granted = mustBeTaken(await shop.grant(one));
    expect(rulesOf(await shop.fetch(granted))).toEqual(['encryption.tampered']);
    await edit(
      `UPDATE plans SET record_sealed = (SELECT record_sealed FROM plans WHERE id = '${one.id}') WHERE id = '${other.id}'`,
    );
    expect(await showRule(other)).toBe('encryption.tampered');
  });

  it('cannot call a plan approved: approvals are counted again at the grant', async () => {
    const plan = await shop.uploaded('shop-staging');
    await edit(`UPDATE plans SET state = 'approved'`);
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
    expect(shop.issued()).toEqual([]);
  });

  it.each([
    ['the words that were signed', `statement = replace(statement, 'shop-staging', 'shop-stbging')`],
    ['the time it was given', `statement = regexp_replace(statement, '"at":"2026', '"at":"2027')`],
    ['the signature', `signature = replace(signature, 'U1NIU0lH', 'U1NIU0lI')`],
    [
      'its fingerprint, to serve another plan',
      `fingerprint = (SELECT fingerprint FROM plans WHERE stack = 'shop-production')`,
    ],
  ])('cannot change %s of an approval: it no longer counts', async (_, change) => {
    await shop.uploaded('shop-production', { changes: LOSES_DATA });
    const plan = await shop.approved('shop-staging');
    await edit(`UPDATE approvals SET ${change}`);
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
    expect(shop.issued()).toEqual([]);
  });

  it('attack 20: cannot make one approval two by copying it under other names', async () => {
    const plan = await shop.uploaded('shop-production', { changes: LOSES_DATA });
    mustBeTaken(await shop.decide(plan, 'hanako'));
    await edit(`INSERT INTO approvals (id, stack, fingerprint, approver, decision, statement, statement_sha256, signature, given_at)
      SELECT 'apr_00000000-0000-7000-8000-000000000000', stack, fingerprint, 'yuki', decision, statement, repeat('0', 64), signature, given_at FROM approvals`);
    expect(rulesOf(await shop.grant(plan))).toContain('policy.data-loss-and-iam-need-two');
  });

  it('attack 20: cannot let a rejection pass for an approval', async () => {
    const plan = await shop.uploaded('shop-staging');
    mustBeTaken(await shop.decide(plan, 'hanako', 'reject'));
    await edit(`UPDATE approvals SET decision = 'approve'; UPDATE plans SET state = 'awaiting-approval'`);
    expect(rulesOf(await shop.grant(plan))).toContain('policy.not-permitted');
  });

  it('cannot keep a plan alive: one that expired stays expired', async () => {
    const plan = await shop.approved('shop-staging');
    shop.clock.advance(DAY_MS);
    await edit(`UPDATE plans SET expires_at = expires_at + interval '30 days'`);
    expect(rulesOf(await shop.grant(plan))).toEqual(['plan.record-tampered']);
  });

  it('cannot put two plans of one stack on the road: the database itself refuses', async () => {
    await shop.uploaded('shop-staging');
    await shop.uploaded('shop-staging', { claims: { ref: 'refs/pull/7/merge', event_name: 'pull_request' } });
    await expect(edit(`UPDATE plans SET state = 'granted'`)).rejects.toThrow('plans_one_in_flight');
  });

  it('attack 23: cannot take a refusal out of the log', async () => {
    const plan = await shop.uploaded('shop-staging');
    await shop.grant(plan);
    await expect(edit(`DELETE FROM audit_entries WHERE kind = 'grant.refused'`)).rejects.toThrow(
      'append-only',
    );
  });
});

it('a plan whose bytes are gzip of another review is not shown either', async () => {
  const plan = await shop.uploaded('shop-staging');
  const forged = gzipSync(JSON.stringify({ review: {}, findings: [] })).toString('hex');
  await edit(`UPDATE plans SET review_gzip = decode('${forged}', 'hex')`);
  expect(await showRule(plan)).toBe('plan.record-tampered');
});
