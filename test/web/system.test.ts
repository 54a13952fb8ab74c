import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appendAudit } from '#audit';
import { inTransaction } from '#platform';
import { insertApp } from '../../src/github/store/apps.ts';
import { expectGoodLook } from './look.ts';
import { openStage, SOME_VIEWS, type Stage, type View, type Visit } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
beforeEach(() => stage.shop.startOver());
afterAll(() => stage.close());

const DESK: View = { language: 'en', theme: 'light', width: 1440 };

/** Sealed under no key of anybody: it is only listed. */
const appConnected = (at: number): Parameters<typeof insertApp>[1] => ({
  ...{
    id: 'gha_01a19a33-1b38-7faa-a72f-3f0b13ae5c77',
    host: 'github.com',
    appId: 4711,
    slug: 'sekisho-shop',
  },
  ...{ connectedAt: new Date(at), connectedBy: 'hanako', sealed: new Uint8Array(32) },
});

const goTo = async ({ page }: Visit, path: string): Promise<void> => void (await page.goto(stage.url + path));

describe('the settings of the system', () => {
  it.each(SOME_VIEWS)('connect GitHub and disconnect it, after a question ($language)', async (view) => {
    const { db, clock } = stage.shop.room;
    const ja = view.language === 'ja';
    await using visit = await stage.visit('/settings/system', view, 'hanako');
    const { page } = visit;
    await page.getByText(ja ? '未接続です。' : 'Not connected:').waitFor();
    await page.getByRole('button', { name: ja ? '接続…' : 'Connect…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Organization').fill('shop');
    await expectGoodLook(visit, 'github-connect');
    await dialog.getByRole('button', { name: ja ? '次へ' : 'Next' }).click();
    const link = dialog.getByRole('link', { name: ja ? 'GitHub へ進む' : 'Go on to GitHub' });
    expect(await link.getAttribute('href')).toContain(`${stage.url}/v1/github/connect?ticket=`);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    // As GitHub's answer leaves it.
    await inTransaction(db, async (tx) => {
      await insertApp(tx, appConnected(clock.now()));
      const actor = { kind: 'person', name: 'hanako' } as const;
      const subject = { other: 'github' };
      await appendAudit(tx, { at: clock.now(), kind: 'github.connected', actor, subject, outcome: 'done' });
    });
    await page
      .getByRole('button', { name: ja ? '切断…: sekisho-shop' : 'Disconnect…: sekisho-shop' })
      .click();
    await dialog.getByText(ja ? '鍵を直ちに破棄します。' : 'Its keys are forgotten at once').waitFor();
    await expectGoodLook(visit, 'github-disconnect');
    expect(await stage.shop.auditKinds()).not.toContain('github.disconnected');
    await dialog.getByRole('button', { name: ja ? '切断する' : 'Disconnect' }).click();
    await page.getByText(ja ? '未接続です。' : 'Not connected:').waitFor();
    expect(await stage.shop.audited('github.disconnected')).toMatchObject({ actor: { name: 'hanako' } });
  });

  it.each(SOME_VIEWS)('rotate the encryption key, and say what becomes of it ($language)', async (view) => {
    await using visit = await stage.visit('/no/such/page', view, 'hanako');
    const { page } = visit;
    const ja = view.language === 'ja';
    const asked: number[] = [];
    const key = { id: 'abc', place: 'env: SEKISHO_KEY' };
    await page.route('**/v1/encryption/rotate', (route) => {
      asked.push(asked.length);
      if (asked.length === 3) return route.continue();
      const left = 3 - asked.length;
      return route.fulfill({ json: { newest: key, reencrypted: 5, left, unopened: [], removable: [] } });
    });
    await goTo(visit, '/settings/system');
    await page.getByRole('button', { name: ja ? '更新…' : 'Rotate…' }).click();
    const dialog = page.getByRole('dialog');
    await expectGoodLook(visit, 'encryption-rotate');
    await dialog.getByRole('button', { name: ja ? '更新する' : 'Rotate' }).click();
    await page.getByText(ja ? '更新 10 件' : '10 were brought').waitFor();
    expect(asked.length).toBe(3);
    await page.getByText(ja ? '鍵を交換する手順' : 'How to take another key').click();
    await expectGoodLook(visit, 'encryption-rotated');
    await page.unroute('**/v1/encryption/rotate');
    const unopened = ['plan-file pln_1'];
    await page.route('**/v1/encryption/rotate', (route) =>
      route.fulfill({ json: { newest: key, reencrypted: 0, left: 1, unopened, removable: [] } }),
    );
    await page.getByRole('button', { name: ja ? '更新…' : 'Rotate…' }).click();
    await dialog.getByRole('button', { name: ja ? '更新する' : 'Rotate' }).click();
    await page.getByText('plan-file pln_1').waitFor();
  });

  it('offer nobody but administrators to connect, disconnect and rotate, and ask nothing that is refused', async () => {
    await using visit = await stage.visit('/settings/system', DESK, 'yuki');
    await visit.page.getByText('An administrator connects it here').waitFor();
    await visit.page.getByText('How to take another key').waitFor();
    expect(await visit.page.getByRole('button', { name: /onnect|Rotate/ }).count()).toBe(0);
    expect((await stage.shop.auditKinds()).filter((kind) => kind.includes('refused'))).toEqual([]);
  });

  it.each(SOME_VIEWS)('tell when nothing is applied, and why ($language)', async (view) => {
    const ja = view.language === 'ja';
    const at = (days: number): string => new Date(stage.shop.clock.now() + days * 86_400_000).toISOString();
    stage.shop.reconfigure((draft) => {
      draft.freezes = [
        {
          name: 'year-end',
          environments: ['production', 'staging'],
          from: at(-1),
          to: at(3),
          reason: 'Closing of the books',
        },
        {
          name: 'golden-week',
          environments: ['production'],
          from: at(90),
          to: at(97),
          reason: 'Nobody is here',
        },
      ];
    });
    await using visit = await stage.visit('/no/such/page', view, 'yuki');
    await visit.page.clock.setFixedTime(stage.shop.clock.now());
    await goTo(visit, '/settings/system');
    await visit.page.getByText('Closing of the books').waitFor();
    await visit.page.getByText(ja ? '凍結中' : 'In force', { exact: true }).waitFor();
    await visit.page.getByText(ja ? '今後' : 'Later', { exact: true }).waitFor();
    await expectGoodLook(visit, 'settings-freezes');
  });
});
