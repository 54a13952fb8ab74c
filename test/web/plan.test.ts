import { ExtData } from '@msgpack/msgpack';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ChangeInFile } from '../../src/changes/testing/plan-file.ts';
import { HARMLESS, LOSES_DATA, mustBeTaken, type NameAtShop } from '../../src/changes/testing/shop.ts';
import { expectGoodLook } from './look.ts';
import { EVERY_VIEW, openStage, SOME_VIEWS, type Stage, type View, type Visit } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.shop.startOver());
afterAll(() => stage.close());

const DESK = { language: 'en', theme: 'light', width: 1440 } as const;

/** As Terraform writes what is known only after apply. */
const UNKNOWN = new ExtData(0, Uint8Array.of(0));

const topic = (name: string): string => `arn:aws:sns:ap-northeast-1:333333333333:${name}`;

const policy = (actions: readonly string[]): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: actions,
        Principal: { AWS: 'arn:aws:iam::333333333333:root' },
        Resource: topic('alerts'),
      },
    ],
  });

/** A bit of everything that an explorer shows. */
const MIXED: readonly ChangeInFile[] = [
  ...LOSES_DATA,
  ...HARMLESS,
  {
    ...{ type: 'aws_sns_topic', name: 'alerts', action: 'update' },
    before: { name: 'alerts', arn: topic('alerts'), policy: policy(['sns:Publish']) },
    after: { name: 'alerts', arn: topic('alerts'), policy: policy(['sns:Publish', 'sns:Subscribe']) },
  },
  {
    ...{ type: 'module.web.aws_sns_topic', name: 'web', action: 'update' },
    before: {
      name: 'web',
      arn: topic('web'),
      display_name: 'web-0123456789abc',
      tags: { Name: 'web' },
      kms_master_key_id: 'old',
    },
    after: {
      ...{ name: 'web', arn: topic('web'), display_name: 'web-0123456789def', owner: UNKNOWN },
      ...{ tags: { Name: 'web', Team: 'shop' }, kms_master_key_id: 'new' },
    },
    sensitive: ['kms_master_key_id'],
  },
];

const visitPlan = async (id: string, view: View, as: NameAtShop, search = ''): Promise<Visit> =>
  stage.visit(`/changes/${id}${search}`, view, as);

describe('the page of a plan', () => {
  it.each(EVERY_VIEW)('looks well in $language, $theme, at $width px', async (view) => {
    const plan = await stage.shop.uploaded('shop-production', { changes: MIXED });
    await stage.shop.uploaded('web-production');
    await using visit = await visitPlan(plan.id, view, 'hanako', '?show=2');
    await visit.page.getByText('Statement[0].Action[]').waitFor();
    await visit.page.getByRole('button', { name: /module\.web\.aws_sns_topic\.web/ }).click();
    await visit.page.getByText('tags', { exact: true }).waitFor();
    await expectGoodLook(visit, 'plan');
  });
});

describe('what became of a plan', () => {
  it.each(SOME_VIEWS)('is told to its end, with its grant ($language)', async (view) => {
    const { shop } = stage;
    const plan = await shop.approved('shop-staging', { changes: HARMLESS });
    const granted = mustBeTaken(await shop.grant(plan));
    await shop.fetch(granted);
    await shop.report(granted);
    await using visit = await visitPlan(plan.id, view, 'taro');
    const { page } = visit;
    await page.getByText(/The job reported: applied|ジョブが適用の成功を報告しました/).waitFor();
    await expectGoodLook(visit, 'plan-applied');
    await page.locator(`a[href="/grants/${granted.grant.id}"]`).click();
    await page.waitForURL(`**/grants/${granted.grant.id}`);
  });
});

describe('the plan explorer', () => {
  it('keeps its filters in the address, where they are read again', async () => {
    const plan = await stage.shop.uploaded('shop-production', { changes: MIXED });
    await using visit = await visitPlan(plan.id, DESK, 'hanako');
    const { page } = visit;
    await page.getByText('4 changes').waitFor();
    await page.getByLabel('Action', { exact: true }).selectOption('update');
    await page.getByText('2 changes').waitFor();
    await page.getByLabel('Search').fill('subscribe');
    await page.getByText('1 change', { exact: true }).waitFor();
    expect(new URL(page.url()).search).toBe('?q=subscribe&action=update');
    await page.reload();
    await page.getByRole('button', { name: /aws_sns_topic\.alerts/ }).waitFor();
    await page.getByText('1 change', { exact: true }).waitFor();
    await page.getByLabel('Search').fill('nothing like it');
    await page.getByRole('heading', { name: 'No change fits these filters' }).waitFor();
    await page.getByRole('button', { name: 'Clear the filters' }).first().click();
    await page.getByText('4 changes').waitFor();
    expect(new URL(page.url()).search).toBe('');
    expect(visit.wrongs()).toEqual([]);
  });

  it('is used by the keyboard alone: “/” searches, arrows move, Enter opens and closes', async () => {
    const plan = await stage.shop.uploaded('shop-production', { changes: MIXED });
    await using visit = await visitPlan(plan.id, DESK, 'hanako');
    const { page } = visit;
    await page.getByText('4 changes').waitFor();
    await page.keyboard.press('/');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('type'))).toBe('search');
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
    await page.getByRole('button', { name: /aws_dynamodb_table/ }).focus();
    await page.keyboard.press('End');
    await expect.poll(focused).toContain('aws_sns_topic.orders');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await expect.poll(focused).toContain('aws_sns_topic.alerts');
    await page.keyboard.press('Enter');
    await page.getByText('sns:Subscribe').waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('sns:Subscribe').waitFor({ state: 'detached' });
    expect(visit.wrongs()).toEqual([]);
  });

  it('goes from a finding to its change, which a link may lead to as well', async () => {
    const plan = await stage.shop.uploaded('shop-production', { changes: MIXED });
    await using visit = await visitPlan(plan.id, DESK, 'hanako');
    const { page } = visit;
    await page.getByRole('link', { name: 'aws_dynamodb_table.orders' }).click();
    await page.getByRole('article').getByText('"order_id"').waitFor();
    expect(new URL(page.url()).search).toBe('?show=0');
    await page.getByRole('radio', { name: 'Side by side' }).check();
    await expectGoodLook(visit, 'plan-change');
    await page.getByRole('article').getByRole('button', { name: 'Close' }).click();
    await page.getByRole('article').waitFor({ state: 'detached' });
  });

  it('scrolls through 5,000 changes', async () => {
    const changes = Array.from(
      { length: 5_000 },
      (_, n): ChangeInFile => ({
        ...{ type: 'aws_sns_topic', name: `topic_${n}`, action: 'update' },
        before: { name: `topic_${n}`, arn: topic(`topic_${n}`), display_name: 'before' },
        after: { name: `topic_${n}`, arn: topic(`topic_${n}`), display_name: `after ${n}` },
      }),
    );
    const plan = await stage.shop.uploaded('shop-staging', { changes });
    await using visit = await stage.visit('/changes', DESK, 'hanako');
    const { page } = visit;
    await page.goto(`${stage.url}/changes/${plan.id}`);
    await page.getByRole('button', { name: /topic_0 / }).waitFor();
    for (let step = 0; step < 40; step += 1) {
      await page.mouse.wheel(0, 900);
      await page.waitForTimeout(50);
    }
    await page
      .getByRole('button', { name: /topic_/ })
      .first()
      .focus();
    await page.keyboard.press('End');
    await page.getByRole('button', { name: /topic_4999/ }).waitFor();
    expect(await page.getByRole('listitem').count()).toBeLessThan(100);
    expect(visit.wrongs()).toEqual([]);
  });
});

describe('attack 24, scripts by values of a plan', () => {
  const HOSTILE = '<img src=/x onerror=reportToTest(1)><script>reportToTest(2)</script>';

  it('are shown as text, and nothing of them runs', async () => {
    const name = `x\u202e${HOSTILE}`;
    const changes: readonly ChangeInFile[] = [
      {
        ...{ type: 'aws_sns_topic', name: 'orders', action: 'update' },
        before: { name: 'orders', arn: topic('orders'), display_name: 'plain', tags: {} },
        after: {
          ...{ name: 'orders', arn: topic('orders'), display_name: name, tags: { [HOSTILE]: HOSTILE } },
          policy: JSON.stringify({ [HOSTILE]: `javascript:reportToTest(3)//${HOSTILE}` }),
        },
      },
    ];
    const plan = await stage.shop.uploaded('shop-staging', { changes });
    await stage.shop.decide(plan, 'hanako', 'reject', HOSTILE);
    await using visit = await visitPlan(plan.id, DESK, 'yuki', `?show=0&q=${encodeURIComponent(HOSTILE)}`);
    const { page } = visit;
    await page.getByRole('article').getByText('U+202E').waitFor();
    await page.getByRole('button', { name: /aws_sns_topic\.orders/ }).click();
    await page.getByText('javascript:reportToTest(3)').nth(1).waitFor();
    const shown = (await page.textContent('main')) ?? '';
    // The reason twice; key and value of a tag and of the policy, and the name: in the change that is linked to, and in the list.
    expect(shown.split(HOSTILE).length - 1).toBeGreaterThanOrEqual(11);
    expect(shown).not.toContain('\u202e');
    expect(await page.locator('main img, main script, main a[href^="javascript"]').count()).toBe(0);
    await expectGoodLook(visit, 'plan-hostile');
  });
});

describe('where there is no plan to show', () => {
  it.each(SOME_VIEWS)('says that there is none ($language)', async (view) => {
    const visitNone = visitPlan('pln_00000000-0000-7000-8000-000000000000', view, 'hanako');
    await using visit = await visitNone;
    await visit.page.getByRole('heading', { level: 1 }).waitFor();
    await expectGoodLook(visit, 'plan-none');
  });

  it.each(SOME_VIEWS)(
    'says that it loads, that it is denied, and that it failed ($language)',
    async (view) => {
      const plan = await stage.shop.uploaded('shop-staging');
      await using visit = await stage.visit('/no/such/page', view, 'hanako');
      const { page } = visit;
      const waiting: (() => void)[] = [];
      await page.route('**/summary', (route) => void waiting.push(() => void route.continue()));
      await page.goto(`${stage.url}/changes/${plan.id}`);
      await page
        .getByRole('status')
        .getByText(/Loading|読み込み中/)
        .waitFor();
      await expectGoodLook(visit, 'plan-loading');
      await page.unroute('**/summary');
      const reason = { rule: 'test', message: 'It is closed to you.', remedy: 'Ask hanako.' };
      const problem = { code: 'denied', reasons: [reason], requestId: 'r' };
      await page.route('**/summary', (route) => route.fulfill({ status: 403, json: problem }));
      await page.reload();
      await page.getByText('It is closed to you.').waitFor();
      await expectGoodLook(visit, 'plan-denied');
      await page.route('**/summary', (route) =>
        route.fulfill({ status: 500, json: { ...problem, code: 'internal' } }),
      );
      await page.reload();
      await page.getByRole('button', { name: /Try again|再試行/ }).waitFor();
      await page.unroute('**/summary');
      await page.getByRole('button', { name: /Try again|再試行/ }).click();
      await page.getByRole('heading', { name: 'shop-staging' }).waitFor();
    },
  );

  it('keeps what it shows while offline, and says that it may be old', async () => {
    const plan = await stage.shop.uploaded('shop-staging');
    await using visit = await visitPlan(plan.id, DESK, 'hanako');
    const { page } = visit;
    await page.getByText('1 change', { exact: true }).waitFor();
    await page.context().setOffline(true);
    await page.getByText('You are offline').waitFor();
    await page.getByRole('heading', { name: 'shop-staging' }).waitFor();
  });

  it('shows what happens without being loaded again, and is gone to from the list of changes', async () => {
    const plan = await stage.shop.uploaded('shop-staging', { changes: LOSES_DATA });
    await using visit = await stage.visit('/changes', DESK, 'hanako');
    const { page } = visit;
    await page.getByRole('link', { name: 'shop-staging' }).click();
    await page.getByRole('heading', { name: 'shop-staging' }).waitFor();
    await stage.shop.decide(plan, 'yuki');
    await page.getByText('Approved', { exact: true }).waitFor();
    expect(visit.wrongs()).toEqual([]);
  });
});
