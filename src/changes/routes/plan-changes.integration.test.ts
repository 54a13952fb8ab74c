import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { changeAnswer, explorerAnswer, findingsAnswer } from '../core/explorer/index.ts';
import { CANARIES, LOSES_DATA, openShop, type Shop } from '../testing/shop.ts';
import { type ShopApp, shopApp } from '../testing/shop-app.ts';

let shop: Shop;
let app: ShopApp;
beforeAll(async () => {
  shop = await openShop();
  app = shopApp(shop);
});
beforeEach(() => shop.startOver());
afterAll(() => shop.close());

const topics = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    type: 'aws_sns_topic',
    name: `topic_${n}`,
    action: 'update' as const,
    before: { name: `topic-${n}`, display_name: CANARIES.sensitiveValue },
    after: {
      name: `topic-${n}`,
      display_name: `${CANARIES.sensitiveValue}-new`,
      kms_master_key_id: `key-${n}`,
    },
    sensitive: ['display_name'],
  }));

describe('the changes of a plan', () => {
  it('are listed in short with counts on the first page, then page by page', async () => {
    const plan = await shop.uploaded('shop-staging', { changes: [...LOSES_DATA, ...topics(5)], serial: 1 });
    const first = await app.get(`/v1/plans/${plan.id}/changes?limit=4`, explorerAnswer);
    expect(first).toMatchObject({
      total: 6,
      next: 4,
      rows: [{ address: 'aws_dynamodb_table.orders', action: 'replace', severity: 'high' }, {}, {}, {}],
    });
    expect(first.groups?.type).toEqual([
      { value: 'aws_sns_topic', count: 5 },
      { value: 'aws_dynamodb_table', count: 1 },
    ]);
    const second = await app.get(`/v1/plans/${plan.id}/changes?limit=4&cursor=4`, explorerAnswer);
    expect([second.rows.length, second.next, second.groups]).toEqual([2, undefined, undefined]);
  });

  it('are filtered by type, action, severity and words', async () => {
    const plan = await shop.uploaded('shop-staging', { changes: [...LOSES_DATA, ...topics(5)], serial: 1 });
    const total = async (query: string) =>
      (await app.get(`/v1/plans/${plan.id}/changes?${query}`, explorerAnswer)).total;
    expect(await total('type=aws_sns_topic')).toBe(5);
    expect(await total('action=replace,delete')).toBe(1);
    expect(await total('q=KEY-3')).toBe(1);
    expect(await total(`q=${CANARIES.sensitiveValue}`)).toBe(0);
    expect(await total('module=module.x')).toBe(0);
    expect(await total('of=drift')).toBe(0);
    for (const query of ['action=explode', 'limit=1001', 'cursor=-1', 'order=random', `q=${'a'.repeat(201)}`])
      expect((await app.refusal(`/v1/plans/${plan.id}/changes?${query}`))[0], query).toBe(400);
  });

  it('open one at a time: hidden values hidden, though it is told that they change', async () => {
    const plan = await shop.uploaded('shop-staging', { changes: topics(2), serial: 1 });
    const { rows } = await app.get(`/v1/plans/${plan.id}/changes?q=topic_1`, explorerAnswer);
    const answer = await app.request(`/v1/plans/${plan.id}/changes/${rows[0]?.n}`, {
      headers: { authorization: 'Bearer sks_taro' },
    });
    const body = await answer.text();
    expect(body).not.toContain('canary');
    const change = changeAnswer.parse(JSON.parse(body));
    expect(change).toMatchObject({
      row: {
        address: 'aws_sns_topic.topic_1',
        hidden: true,
        attributes: ['display_name', 'kms_master_key_id'],
      },
      before: { display_name: '(sensitive value)' },
      sensitivePaths: ['/display_name'],
      changedSensitivePaths: ['/display_name'],
    });
    expect(change.differences).toContainEqual({
      path: 'kms_master_key_id',
      sign: '+',
      after: '"key-1"',
      forcesReplacement: false,
    });
    expect(await app.refusal(`/v1/plans/${plan.id}/changes/2`)).toEqual([404, 'plan.no-such-change']);
    expect((await app.refusal(`/v1/plans/${plan.id}/changes/-1`))[0]).toBe(400);
  });

  it('come with what was found about them, in the language asked for', async () => {
    const plan = await shop.uploaded('shop-staging', { changes: LOSES_DATA, serial: 1 });
    const found = await app.get(`/v1/plans/${plan.id}/findings`, findingsAnswer, 'hanako', 'ja');
    expect(found.total).toBeGreaterThan(0);
    expect(found.findings[0]).toMatchObject({ n: 0, address: 'aws_dynamodb_table.orders' });
    expect(found.findings[0]?.message).toMatch(/[ぁ-ん]/);
    const none = await app.get(`/v1/plans/${plan.id}/findings?severity=info&limit=1`, findingsAnswer);
    expect(none.findings.every(({ severity }) => severity === 'info')).toBe(true);
  });

  it('are for people, and for jobs of the plan’s repository; nobody else learns that there is a plan', async () => {
    const plan = await shop.uploaded('shop-staging');
    for (const path of ['changes', 'changes/0', 'findings']) {
      const of = `/v1/plans/${plan.id}/${path}`;
      expect(await app.refusal(of, {}), path).toEqual([401, 'request.not-signed-in']);
      const job = { authorization: `Bearer ${await shop.token()}` };
      expect((await app.request(of, { headers: job })).status, path).toBe(200);
      const other = { authorization: `Bearer ${await shop.token({ repository_id: '1' })}` };
      expect(await app.refusal(of, other), path).toEqual([404, 'plan.unknown']);
    }
    expect(await app.refusal('/v1/plans/pln_0/changes')).toEqual([404, 'plan.unknown']);
  });

  it('are shown to nobody once the kept review was changed, even if it was opened before', async () => {
    const plan = await shop.uploaded('shop-staging');
    const other = await shop.uploaded('shop-production', { changes: LOSES_DATA, serial: 1 });
    await app.get(`/v1/plans/${plan.id}/changes`, explorerAnswer);
    await sql`UPDATE plans SET facts = facts || '{"changes": {}}' WHERE id = ${plan.id}`.execute(
      shop.room.db,
    );
    await sql`UPDATE plans SET review_gzip = (SELECT review_gzip FROM plans WHERE id = ${plan.id})
      WHERE id = ${other.id}`.execute(shop.room.db);
    for (const { id } of [plan, other])
      expect(await app.refusal(`/v1/plans/${id}/changes`)).toEqual([403, 'plan.record-tampered']);
  });
});
