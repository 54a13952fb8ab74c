import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askAgain } from '../../src/changes/ask-again.ts';
import { reportApply } from '../../src/changes/report-apply.ts';
import { HARMLESS, LOSES_DATA, mustBeTaken } from '../../src/changes/testing/shop.ts';
import { expectGoodLook } from './look.ts';
import { openStage, SOME_VIEWS, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.shop.startOver());
afterAll(() => stage.close());

const DESK = { language: 'en', theme: 'light', width: 1440 } as const;

describe('beside the changes', () => {
  it.each(SOME_VIEWS)(
    'shows what changed outside Terraform, and outputs with hidden ones hidden ($language)',
    async (view) => {
      const plan = await stage.shop.uploaded('shop-staging', {
        changes: HARMLESS,
        drift: [
          {
            ...{ type: 'aws_sns_topic', name: 'alerts', action: 'update' },
            before: { name: 'alerts', display_name: 'as applied' },
            after: { name: 'alerts', display_name: 'by hand in the console' },
          },
        ],
        outputs: [
          { name: 'endpoint', before: 'https://old.example', after: 'https://new.example' },
          { name: 'token', after: 'canary-output', sensitive: true },
        ],
      });
      await using visit = await stage.visit(`/changes/${plan.id}`, view, 'hanako');
      const { page } = visit;
      await page.getByText('https://new.example').waitFor();
      await page.getByText(/hidden \(sensitive\)|非表示\(機密\)/).waitFor();
      await page.getByRole('radio', { name: /Changed outside Terraform|Terraform 外での変更/ }).check();
      await page.getByRole('button', { name: /aws_sns_topic\.alerts/ }).click();
      await page.getByText('by hand in the console').waitFor();
      expect(new URL(page.url()).search).toBe('?of=drift');
      expect(await page.content()).not.toContain('canary-output');
      await expectGoodLook(visit, 'plan-drift');
    },
  );

  it.each(SOME_VIEWS)(
    'shows what AWS denied to the apply, and what to do about it ($language)',
    async (view) => {
      const { shop } = stage;
      const plan = await shop.approved('shop-staging', { changes: HARMLESS });
      const granted = mustBeTaken(await shop.grant(plan));
      await shop.fetch(granted);
      const denial = {
        ...{ action: 'sns:TagResource', named: true, service: 'SNS', operation: 'CreateTopic' },
        ...{ resource: 'arn:aws:sns:ap-northeast-1:111111111111:orders', address: 'aws_sns_topic.orders' },
        ...({ by: 'identity-policy', explicit: false } as const),
      };
      const report = { outcome: 'failed', exitCode: 1, denials: [denial] } as const;
      mustBeTaken(
        await reportApply(shop.room, { secret: granted.secret, report: { ...report, denials: [denial] } }),
      );
      await using visit = await stage.visit(`/changes/${plan.id}`, view, 'hanako');
      const { page } = visit;
      await page
        .getByRole('region', { name: /What AWS denied|AWS が拒否した操作/ })
        .getByText('sns:TagResource')
        .first()
        .waitFor();
      await expectGoodLook(visit, 'plan-denials');
    },
  );
});

describe('a plan that nothing comes of any more', () => {
  it.each(SOME_VIEWS)(
    'is run again after a question, and says who asked for it ($language)',
    async (view) => {
      const { shop } = stage;
      const claims = { event_name: 'pull_request', ref: 'refs/pull/7/merge' };
      const plan = await shop.uploaded('shop-production', { changes: HARMLESS, claims });
      await shop.decide(plan, 'hanako', 'reject', 'not before the sale');
      await using visit = await stage.visit(`/changes/${plan.id}`, view, 'taro');
      const { page } = visit;
      let answers = 0;
      // The server of these tests has no GitHub: what is written down there is what the real one writes.
      await page.route('**/again', async (route) => {
        answers += 1;
        if (answers === 1) {
          const reason = { rule: 'github.failed', message: 'GitHub does not answer.', remedy: 'Try again.' };
          await route.fulfill({
            status: 502,
            json: { code: 'outside-failed', reasons: [reason], requestId: 'r' },
          });
          return;
        }
        const asking = {
          person: shop.person('taro'),
          where: 'pull-request:github.com/700100#7',
          evidence: {},
        };
        await askAgain(shop.room, { ...asking, plan: plan.id });
        const asked = { at: new Date(shop.clock.now()).toISOString(), byWhom: 'taro' };
        await route.fulfill({ json: { asked, started: true } });
      });
      const region = page.getByRole('region', { name: /Run again|再実行/ });
      await region.getByRole('button').click();
      await expectGoodLook(visit, 'plan-again');
      const start = page.getByRole('button', { name: /Start the run|実行を開始/ });
      await start.click();
      await page.getByRole('dialog').getByRole('alert').getByText('GitHub does not answer.').waitFor();
      await start.click();
      await region.getByRole('status').getByText('taro').waitFor();
      expect(await region.getByRole('button').count()).toBe(0);
      await expectGoodLook(visit, 'plan-asked-again');
    },
  );

  it('is run again by hand where no pull request is known', async () => {
    const { shop } = stage;
    const schedule = { events: ['schedule'], refs: ['refs/heads/main'] };
    shop.reconfigure(({ stacks }) =>
      stacks.forEach((stack) => void Object.assign(stack, { plan: schedule })),
    );
    const claims = { event_name: 'schedule', run_id: '500', run_number: '500' };
    const plan = await shop.uploaded('shop-staging', { changes: HARMLESS, claims });
    await shop.decide(plan, 'hanako', 'reject');
    await using visit = await stage.visit(`/changes/${plan.id}`, DESK, 'taro');
    const region = visit.page.getByRole('region', { name: 'Run again' });
    await region.getByText('run its CI job again by hand').waitFor();
    expect(await region.getByRole('button').count()).toBe(0);
    expect(visit.wrongs()).toEqual([]);
  });

  it('leads to its pull request, which learns nothing of us', async () => {
    const claims = { event_name: 'pull_request', ref: 'refs/pull/7/merge' };
    const plan = await stage.shop.uploaded('shop-staging', { changes: HARMLESS, claims });
    await using visit = await stage.visit(`/changes/${plan.id}`, DESK, 'taro');
    const link = visit.page.getByRole('link', { name: 'shop/infra #7' });
    expect(await link.getAttribute('href')).toBe('https://github.com/shop/infra/pull/7');
    expect(await link.getAttribute('rel')).toContain('noopener');
    expect(visit.wrongs()).toEqual([]);
  });
});

describe('parts of the page that cannot be read', () => {
  it('say so where they would be, and are read again when asked for', async () => {
    const plan = await stage.shop.uploaded('shop-production', { changes: LOSES_DATA });
    await using visit = await stage.visit('/no/such/page', DESK, 'hanako');
    const { page } = visit;
    const reason = { rule: 'test', message: 'The disk is full.', remedy: 'Ask hanako.' };
    const problem = { code: 'internal', reasons: [reason], requestId: 'r' };
    await page.route(/\/(changes|findings)\?/, (route) => route.fulfill({ status: 500, json: problem }));
    await page.goto(`${stage.url}/changes/${plan.id}`);
    await page.getByText('The disk is full.').nth(1).waitFor();
    await page.getByRole('button', { name: 'Approve…' }).waitFor();
    await expectGoodLook(visit, 'plan-parts-failed');
    await page.unroute(/\/(changes|findings)\?/);
    const again = page.getByRole('button', { name: 'Try again' });
    await again.first().click();
    await expect.poll(() => again.count()).toBe(1);
    await again.click();
    await page.getByRole('button', { name: /aws_dynamodb_table\.orders/ }).waitFor();
    await page.context().setOffline(true);
    await page.getByRole('button', { name: /aws_dynamodb_table\.orders/ }).click();
    await page.getByText('You are offline').first().waitFor();
    await expectGoodLook(visit, 'plan-change-offline');
    await page.context().setOffline(false);
    await page.getByText('"order_id"').waitFor();
  });
});
