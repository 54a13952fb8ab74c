import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LOSES_DATA, mustBeTaken } from '../../src/changes/testing/shop.ts';
import { expectGoodLook } from './look.ts';
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
    await expectGoodLook(visit, 'overview');
  });

  it.each(SOME_VIEWS)('is calm where nothing waits, runs or failed ($language)', async (view) => {
    await using visit = await stage.visit('/', view, 'hanako');
    await visit.page.getByRole('listitem').getByText('staging', { exact: true }).waitFor();
    await expectGoodLook(visit, 'overview-calm');
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
