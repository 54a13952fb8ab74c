import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appendAudit } from '#audit';
import { LOSES_DATA, mustBeTaken } from '../../src/changes/testing/shop.ts';
import { expectKeyboard } from './keyboard.ts';
import { expectGoodLook } from './look.ts';
import { expectStates } from './page-states.ts';
import { EVERY_VIEW, openStage, SOME_VIEWS, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.shop.startOver());
afterAll(() => stage.close());

describe('the overview', () => {
  it.each(EVERY_VIEW)('looks well in $language, $theme, at $width px', async (view) => {
    const { shop } = stage;
    const failed = await shop.approved('shop-staging');
    const granted = mustBeTaken(await shop.grant(failed));
    mustBeTaken(await shop.fetch(granted));
    mustBeTaken(await shop.report(granted, 'failed', 'unread'));
    await shop.grant(await shop.uploaded('shop-staging'));
    mustBeTaken(await shop.grant(await shop.approved('web-production')));
    await shop.uploaded('shop-production', { changes: LOSES_DATA });
    await using visit = await stage.visit('/', view, 'yuki');
    const { page } = visit;
    await page.getByRole('cell', { name: 'shop-production' }).first().waitFor();
    const waits = page.getByRole('region', {
      name: view.language === 'ja' ? 'あなたの対応待ち' : 'Waiting for you',
    });
    expect(await waits.getByRole('cell', { name: 'shop-production' }).count()).toBe(1);
    // Reasons of the log are in the reader's language.
    await page
      .getByText(view.language === 'ja' ? '許可するポリシーはありません' : 'No policy permits')
      .waitFor();
    await expectGoodLook(visit, 'overview');
  });

  it.each(SOME_VIEWS)('is calm where nothing waits, runs or failed ($language)', async (view) => {
    await using visit = await stage.visit('/', view, 'hanako');
    await visit.page.getByRole('listitem').getByText('staging', { exact: true }).waitFor();
    await expectGoodLook(visit, 'overview-calm');
  });

  it.each(SOME_VIEWS)('calls what nobody configured so, and says what to do ($language)', async (view) => {
    await using visit = await stage.visit('/', view, 'hanako');
    const [trail, not, health] =
      view.language === 'ja'
        ? ['CloudTrail の読み取り', '未設定', 'Sekisho の状態']
        : ['Reading of CloudTrail', 'not configured', 'Health of Sekisho'];
    const check = visit.page
      .getByRole('region', { name: health })
      .getByRole('listitem')
      .filter({ hasText: `${trail}: ${not}` });
    await check.getByText('server.trail').waitFor();
  });

  it('says that Sekisho itself is well, and first of all what is not and what to do', async () => {
    const { room, clock } = stage.shop;
    await using visit = await stage.visit('/', { language: 'en', theme: 'light', width: 1440 }, 'hanako');
    const { page } = visit;
    const health = page.getByRole('region', { name: 'Health of Sekisho' });
    await health.getByText('Configuration: fine').waitFor();
    expect(await health.getByRole('listitem').count()).toBe(6);
    expect(await page.getByRole('region', { name: 'Sekisho needs attention' }).count()).toBe(0);
    await room.inTransaction((tx) =>
      appendAudit(tx, {
        ...{ at: clock.now(), kind: 'config.refused', outcome: 'failed' },
        ...{ actor: { kind: 'server', name: 'sekisho' }, subject: { other: 'file:sekisho.yaml' } },
      }),
    );
    await page.reload();
    const wrong = page.getByRole('region', { name: 'Sekisho needs attention' });
    await wrong.getByText('the one before stays in force').waitFor();
    await health.getByText('Configuration: needs attention').waitFor();
    await expectGoodLook(visit, 'overview-unwell');
  });

  it('keeps what waits in view while its health cannot be read', async () => {
    await stage.shop.uploaded('shop-production', { changes: LOSES_DATA });
    await using visit = await stage.visit(
      '/no/such/page',
      { language: 'ja', theme: 'dark', width: 360 },
      'yuki',
    );
    const { page } = visit;
    await page.route('**/v1/status', (route) => route.abort());
    await page.goto(`${stage.url}/`);
    await page.getByText('状態を取得できませんでした').waitFor();
    await page.getByRole('cell', { name: 'shop-production' }).first().waitFor();
  });

  it.each(SOME_VIEWS)(
    'loads, fails, is denied and goes offline as every page does ($language)',
    async (view) => {
      await using visit = await stage.visit('/no/such/page', view, 'hanako');
      const account = visit.page.getByRole('listitem').getByText('staging', { exact: true });
      await expectStates(visit, {
        ...{ url: `${stage.url}/`, asks: /^\/v1\/overview$/, name: 'overview' },
        content: () => account.waitFor(),
      });
    },
  );

  it('is used with the keyboard alone', async () => {
    await stage.shop.uploaded('shop-production', { changes: LOSES_DATA });
    await stage.shop.grant(await stage.shop.uploaded('shop-staging'));
    await using visit = await stage.visit('/', { language: 'en', theme: 'light', width: 1440 }, 'yuki');
    await visit.page.getByRole('link', { name: 'Request refused' }).waitFor();
    await expectKeyboard(visit);
  });

  it('leads from a refusal to its entry in the log, with its reason', async () => {
    await stage.shop.grant(await stage.shop.uploaded('shop-staging'));
    await using visit = await stage.visit('/', { language: 'ja', theme: 'light', width: 1440 }, 'yuki');
    const recent = visit.page.getByRole('region', { name: '今週の失敗と拒否' });
    await recent.getByText('ステージング').waitFor();
    await recent.getByRole('link', { name: 'リクエストを拒否' }).click();
    await visit.page.waitForURL('**/audit/*');
    const reasons = visit.page.getByRole('region', { name: '理由' });
    await reasons.getByText('許可するポリシーはありません').waitFor();
    expect(await reasons.locator('[lang=en]').count()).toBe(0);
    expect(visit.wrongs()).toEqual([]);
  });

  it('leads from what failed to its plan', async () => {
    const { shop } = stage;
    const failed = await shop.approved('shop-staging');
    const granted = mustBeTaken(await shop.grant(failed));
    mustBeTaken(await shop.fetch(granted));
    mustBeTaken(await shop.report(granted, 'failed', 'unread'));
    await using visit = await stage.visit('/', { language: 'en', theme: 'light', width: 1440 }, 'yuki');
    const recent = visit.page.getByRole('region', { name: 'Failed or refused this week' });
    await recent.getByRole('link', { name: 'shop-staging' }).click();
    await visit.page.waitForURL(`**/changes/${failed.id}`);
  });

  it('leads who has nothing to decide to what waits for others', async () => {
    await stage.shop.uploaded('shop-production', { changes: LOSES_DATA });
    await using visit = await stage.visit('/', { language: 'en', theme: 'light', width: 1440 }, 'taro');
    await visit.page.getByRole('link', { name: '1 plan waits for others' }).click();
    await visit.page.getByRole('cell', { name: 'shop-production' }).waitFor();
    expect(new URL(visit.page.url()).search).toBe('?state=awaiting-approval');
    await visit.page.getByRole('radio', { name: 'Waiting for me' }).check();
    await visit.page.getByText('No plan fits these filters').waitFor();
    expect(visit.wrongs()).toEqual([]);
  });
});
