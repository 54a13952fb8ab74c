import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MessageDestination } from '#accounts/core';
import type { AuditRecord } from '#audit/core';
import { destinationsFor, messageOf, newsOf, PAGERDUTY_LIMITS, pagerDutyEvent, threadOf } from './index.ts';

const ID = 'inc_01900000-0000-7000-8000-000000000001';
const burn = {
  burn: { kind: 'rate', rate: 21.26 },
  ...{
    factor: 14.4,
    longMinutes: 60,
    shortMinutes: 5,
    targetPpm: 999_500,
    good: 90,
    total: 120,
    remainingPpm: 412_345,
  },
};

const entryOf = (kind: string, evidence: AuditRecord['evidence'] = {}, actor = 'sekisho'): AuditRecord => ({
  ...{ version: 1, position: 42, previousLeafHash: '0'.repeat(64), at: '2026-11-23T06:30:00.000Z', kind },
  actor: { kind: actor === 'sekisho' ? 'server' : 'person', name: actor },
  subject: { other: `incident:${ID}` },
  ...{ outcome: 'done', reasons: [] },
  evidence: { slo: 'checkout', service: 'shop', severity: 'page', ...evidence },
});

const opened = entryOf('incident.opened', {
  burn,
  blame: { screen: 'item', request: 'GET /api/price', ofLostPpm: 710_000 },
  changes: [{ at: '2026-11-23T06:12:00.000Z', stack: 'shop-production', plan: 'pln_1', outcome: 'applied' }],
  ...{ eventsToProve: 5991, mayAct: ['shop'], link: 'https://sekisho.example.com/slos/checkout' },
});

const factsOf = (entry: AuditRecord) => ({ news: newsOf(entry) ?? expect.unreachable(), entry });
const shown = (entry: AuditRecord, language: 'en' | 'ja' = 'en') => {
  const { title, lines, next } = messageOf(factsOf(entry), language);
  return [title, ...lines, ...(next === undefined ? [] : [`$ ${next}`])];
};

describe('what people are told of an incident', () => {
  test('says how fast it burns, what is left, who spent it, what was applied, how much is proven, and who may act', () => {
    expect(shown(opened)).toEqual([
      'PAGE: checkout (shop) burns its error budget 21.3 times too fast',
      'Objective 99.95%; more than 14.4 times over 1h and 5m; budget left: 41.2345%',
      'GET /api/price alone would give back 71% of what item lost',
      'Applied before: shop-production 06:12Z applied (pln_1)',
      '120 events, 30 of them bad; 5991 would be needed to prove the objective',
      'May act: team shop, administrators',
      'https://sekisho.example.com/slos/checkout',
      `$ sekisho slo incidents acknowledge ${ID}`,
    ]);
    expect(shown(opened, 'ja')).toEqual([
      'ページ: checkout (shop) がエラーバジェットを 21.3 倍の速さで消費しています',
      '目標 99.95%。1h と 5m の両方で 14.4 倍超。エラーバジェット残 41.2345%',
      'item が失った分の 71% は GET /api/price だけで取り戻せます',
      '直前の適用: shop-production 06:12Z applied (pln_1)',
      '120 件中 30 件が不良。目標の達成を示すには 5991 件必要です',
      '操作できる人: チーム shop、管理者',
      'https://sekisho.example.com/slos/checkout',
      `$ sekisho slo incidents acknowledge ${ID}`,
    ]);
  });

  test('goes on in its own thread, and says by whom', () => {
    const acknowledged = entryOf('incident.acknowledged', {}, 'yuki');
    expect(shown(acknowledged)).toEqual(['yuki looks after checkout (shop)']);
    const resolved = entryOf('incident.resolved', { reason: 'rolled back' }, 'yuki');
    expect(shown(resolved)).toEqual(['yuki resolved checkout (shop)', 'Reason: rolled back']);
    expect(shown(entryOf('incident.resolved'))[0]).toMatch(/^Over: checkout/);
    for (const entry of [opened, acknowledged, resolved])
      expect(threadOf(factsOf(entry).news, undefined, undefined)).toBe(`incident ${ID}`);
  });

  test('is nothing where it was silenced, is of a person who was refused, or is of nobody we know', () => {
    expect(newsOf(entryOf('incident.escalated', { silenced: true }))).toBeUndefined();
    expect(newsOf(entryOf('incident.resolved', { silenced: true }))).toBeDefined();
    for (const kind of ['incident.refused', 'incident.quieted', 'correction.made'])
      expect(newsOf(entryOf(kind))).toBeUndefined();
    expect(newsOf({ ...opened, subject: {} })).toBeUndefined();
  });
});

const destination = (name: string, more: Partial<MessageDestination> = {}) => ({
  destination: {
    ...{ name, kinds: ['incident'], language: 'en' },
    way: { kind: 'webhook', url: 'https://x.example', secret: { kind: 'env', variable: 'S' } },
    ...more,
  } satisfies MessageDestination as MessageDestination,
});
const pager = destination('pager', {
  way: { kind: 'pagerduty', url: 'https://x.example', routingKey: { kind: 'env', variable: 'K' } },
});
const all = [destination('team'), destination('quiet', { kinds: ['failed'] }), pager];
const told = (evidence: AuditRecord['evidence']) =>
  destinationsFor(all, factsOf(entryOf('incident.resolved', evidence)).news, undefined).map(
    ({ destination: { name } }) => name,
  );

describe('who is told', () => {
  test('is whoever wants incidents, where no alert policy says otherwise or names nobody who is there', () => {
    expect(told({})).toEqual(['team', 'pager']);
    expect(told({ targets: ['gone'], ends: ['gone'] })).toEqual(['team', 'pager']);
    expect(told({ targets: [], ends: [] })).toEqual(['team', 'pager']);
  });

  test('is whom the alert policies name; and a pager hears the end also where people do not want to', () => {
    expect(told({ targets: ['quiet'] })).toEqual(['quiet']);
    expect(told({ targets: [], ends: ['quiet', 'pager'] })).toEqual(['pager']);
  });
});

describe('an event for PagerDuty', () => {
  const to = { thread: `incident ${ID}`, routingKey: 'R'.repeat(32), source: 'sekisho.example.com' };
  const event = (entry: AuditRecord) => pagerDutyEvent(messageOf(factsOf(entry), 'en'), factsOf(entry), to);

  test('is one alert from its opening to its end, with the page of the SLO', () => {
    const kinds = ['opened', 'escalated', 'acknowledged', 'silenced', 'silence-ended', 'resolved'] as const;
    const events = kinds.map((kind) => event(entryOf(`incident.${kind}`)));
    expect(events.map(({ event_action }) => event_action)).toEqual([
      ...['trigger', 'trigger', 'acknowledge', 'acknowledge', 'trigger', 'resolve'],
    ]);
    expect(new Set(events.map(({ dedup_key }) => dedup_key))).toEqual(new Set([to.thread]));
    expect(event(opened)).toMatchObject({
      routing_key: to.routingKey,
      payload: { severity: 'critical', component: 'checkout', group: 'shop', source: 'sekisho.example.com' },
      links: [{ href: 'https://sekisho.example.com/slos/checkout', text: 'checkout' }],
    });
    expect(event(entryOf('incident.opened', { severity: 'ticket' }))).toMatchObject({
      payload: { severity: 'warning' },
    });
  });

  test('keeps to its limits, whatever names people give', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), (words) => {
        const { payload, dedup_key } = event(entryOf('incident.opened', { slo: words }));
        expect(String(dedup_key).length).toBeLessThanOrEqual(PAGERDUTY_LIMITS.dedupKeyCharacters);
        const summary =
          typeof payload === 'object' && payload !== null && 'summary' in payload ? payload.summary : '';
        expect(String(summary).length).toBeLessThanOrEqual(PAGERDUTY_LIMITS.summaryCharacters);
      }),
      { numRuns: 20 },
    );
  });
});
