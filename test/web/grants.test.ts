import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { epochMs, type GrantId } from '#core-values';
import { takeBackGrant } from '../../src/changes/revoke-grant.ts';
import { LOSES_DATA, mustBeTaken } from '../../src/changes/testing/shop.ts';
import { insertCall, insertFile } from '../../src/trail/store.ts';
import { expectGoodLook } from './look.ts';
import { EVERY_VIEW, openStage, SOME_VIEWS, type Stage, type View } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.shop.startOver());
afterAll(() => stage.close());

const DESK: View = { language: 'en', theme: 'light', width: 1440 };

/** Credentials to replace a table in production, approved by two. */
async function liveInProduction() {
  const { shop } = stage;
  const plan = await shop.uploaded('shop-production', { changes: LOSES_DATA });
  mustBeTaken(await shop.decide(plan, 'hanako'));
  const granted = mustBeTaken(await shop.grant(mustBeTaken(await shop.decide(plan, 'yuki')).plan));
  return granted.grant;
}

async function finishedInStaging() {
  const { shop } = stage;
  const granted = mustBeTaken(await shop.grant(await shop.approved('shop-staging')));
  mustBeTaken(await shop.fetch(granted));
  mustBeTaken(await shop.report(granted));
  return granted.grant;
}

/** As CloudTrail would tell: a call that worked, and then such that AWS refused. */
async function calledBy(grant: GrantId, roleArn: string, calls = 2) {
  const { room, clock } = stage.shop;
  const place = { account: '333333333333', region: 'ap-northeast-1' } as const;
  await room.inTransaction(async (tx) => {
    const at = clock.now();
    await insertFile(
      tx,
      { name: 'log-1', kind: 'log', at, ...place } as Parameters<typeof insertFile>[1],
      at,
    );
    for (let n = 0; n < calls; n += 1) {
      const action = n === 0 ? 'dynamodb:DeleteTable' : 's3:DeleteBucket';
      await insertCall(tx, {
        ...{ eventId: `event-${n}`, file: 'log-1', at: epochMs(at + n), grant, roleArn, session: 'session' },
        ...{ ...place, action, readOnly: false, resource: `arn:aws:dynamodb:::table/orders-${n}` },
        ...(n === 0 ? {} : { errorCode: 'AccessDenied' }),
      } as Parameters<typeof insertCall>[1]);
    }
  });
}

describe('the list of grants', () => {
  it.each(EVERY_VIEW)('looks well in $language, $theme, at $width px', async (view) => {
    await finishedInStaging();
    mustBeTaken(await stage.shop.grantPlan('web-production'));
    await liveInProduction();
    await using visit = await stage.visit('/grants', view, 'yuki');
    await visit.page.getByRole('link', { name: /shop-production/ }).waitFor();
    await expectGoodLook(visit, 'grants');
  });

  it.each(SOME_VIEWS)('says what a grant is where there is none ($language)', async (view) => {
    await using visit = await stage.visit('/grants', view, 'yuki');
    await visit.page
      .getByText(view.language === 'ja' ? 'グラントはまだありません' : 'No grants yet')
      .waitFor();
    await expectGoodLook(visit, 'grants-empty');
  });

  it('shows live ones alone, keeps that in the address, and hears at once when one is taken back', async () => {
    const past = await finishedInStaging();
    const live = await liveInProduction();
    await using visit = await stage.visit('/grants', DESK, 'yuki');
    const { page } = visit;
    await page.locator(`a[href="/grants/${past.id}"]`).waitFor();
    await page.getByRole('radio', { name: 'Live' }).check();
    await page.locator(`a[href="/grants/${past.id}"]`).waitFor({ state: 'detached' });
    expect(new URL(page.url()).search).toBe('?show=live');
    await page.locator(`a[href="/grants/${live.id}"]`).waitFor();
    mustBeTaken(
      await takeBackGrant(stage.shop.room, { grant: live.id, person: stage.shop.person('hanako') }),
    );
    await page.getByText('No credentials are out').waitFor();
    await page.getByRole('button', { name: 'Clear the filters' }).last().click();
    await page.getByRole('cell', { name: 'Revoked' }).waitFor();
    expect(visit.wrongs()).toEqual([]);
  });
});

describe('a grant', () => {
  it.each(EVERY_VIEW)('looks well in $language, $theme, at $width px', async (view) => {
    const grant = await liveInProduction();
    await calledBy(grant.id, grant.roleArn);
    await using visit = await stage.visit(`/grants/${grant.id}`, view, 'yuki');
    await visit.page.getByRole('cell', { name: 's3:DeleteBucket' }).waitFor();
    const ja = view.language === 'ja';
    await visit.page.getByRole('region', { name: ja ? '本番' : 'Production' }).waitFor();
    await visit.page.getByRole('button', { name: ja ? '取り消す…' : 'Revoke…' }).waitFor();
    await expectGoodLook(visit, 'grant');
  });

  it.each(SOME_VIEWS)('is revoked only after it was said what that hits ($language)', async (view) => {
    const grant = await liveInProduction();
    await using visit = await stage.visit(`/grants/${grant.id}`, view, 'yuki');
    const { page } = visit;
    const ja = view.language === 'ja';
    await page.getByRole('button', { name: ja ? '取り消す…' : 'Revoke…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog
      .getByText(
        ja ? 'スタック shop-production(アカウント production)' : 'Stack shop-production, account production',
      )
      .waitFor();
    await dialog.getByText(ja ? '元に戻せません' : 'It cannot be undone').waitFor();
    await dialog.getByText('revokeRole').waitFor();
    await dialog.getByRole('textbox').fill('wrong table');
    await expectGoodLook(visit, 'grant-revoke');
    expect((await stage.shop.auditKinds()).includes('grant.revoked')).toBe(false);
    await dialog.getByRole('button', { name: ja ? '認証情報を取り消す' : 'Revoke the credentials' }).click();
    await page.getByText(ja ? '取り消し済み' : 'Revoked', { exact: true }).waitFor();
    expect(await page.getByRole('button', { name: ja ? '取り消す…' : 'Revoke…' }).count()).toBe(0);
    expect(await stage.shop.audited('grant.revoked')).toMatchObject({
      actor: { kind: 'person', name: 'yuki' },
      evidence: { reason: 'wrong table' },
    });
    await expectGoodLook(visit, 'grant-revoked');
  });

  it('that somebody else revoked while the page was open is not revoked twice: the server’s reason is shown', async () => {
    const grant = await liveInProduction();
    await using visit = await stage.visit(`/grants/${grant.id}`, DESK, 'yuki');
    const { page } = visit;
    await page.getByRole('button', { name: 'Revoke…' }).click();
    await page.route('**/v1/grants/*/revoke', (route) =>
      route.fulfill({
        status: 409,
        contentType: 'application/problem+json',
        body: JSON.stringify({
          ...{ type: 'x', title: 'x', status: 409, code: 'conflict', detail: 'x', requestId: 'r' },
          reasons: [{ rule: 'grant.over', message: 'It is over already.', remedy: 'Nothing is left to do.' }],
        }),
      }),
    );
    await page.getByRole('button', { name: 'Revoke the credentials' }).click();
    await page.getByRole('alert').getByText('It is over already. Nothing is left to do.').waitFor();
  });

  it('of another team offers no revoking and asks for no calls, which would be refused and recorded', async () => {
    const grant = await liveInProduction();
    await using visit = await stage.visit(`/grants/${grant.id}`, DESK, 'kenji');
    await visit.page
      .getByText('The team that owns the stack (shop) and administrators may revoke it.')
      .waitFor();
    await visit.page.getByText('Only the team that owns the stack and administrators see this').waitFor();
    expect(await visit.page.getByRole('button', { name: 'Revoke…' }).count()).toBe(0);
    expect((await stage.shop.auditKinds()).filter((kind) => kind.includes('refused'))).toEqual([]);
    await expectGoodLook(visit, 'grant-of-others');
  });

  it('is not shown while it is unknown what it reaches', async () => {
    const grant = await liveInProduction();
    await using visit = await stage.visit('/no/such/page', DESK, 'yuki');
    await visit.page.route('**/v1/accounts', (route) => route.fulfill({ status: 503 }));
    for (const path of ['/grants', `/grants/${grant.id}`]) {
      await visit.page.goto(`${stage.url}${path}`);
      await visit.page.getByText('The server could not answer').waitFor();
      expect(await visit.page.getByText('shop-production').count()).toBe(0);
    }
  });

  it('shows more of its calls when asked, each once, and no more than there are', async () => {
    const grant = await liveInProduction();
    await calledBy(grant.id, grant.roleArn, 120);
    await using visit = await stage.visit(`/grants/${grant.id}`, DESK, 'yuki');
    const { page } = visit;
    await page.getByText('120 calls by CloudTrail.').waitFor();
    const rows = page.getByRole('table', { name: 'What was called' }).getByRole('row');
    const more = page.getByRole('button', { name: 'Show more calls' });
    const first = await rows.count();
    expect(first).toBeLessThan(121);
    await more.click();
    await expect.poll(() => rows.count()).toBe(121);
    expect(await more.count()).toBe(0);
    const events = await rows.allTextContents();
    expect(new Set(events).size).toBe(121);
    expect(visit.wrongs()).toEqual([]);
  });

  it('that is none says so', async () => {
    await using visit = await stage.visit('/grants/grt_nonsense', DESK, 'yuki');
    await visit.page.getByRole('heading', { level: 1, name: 'There is nothing here' }).waitFor();
    await expectGoodLook(visit, 'grant-unknown');
  });
});
