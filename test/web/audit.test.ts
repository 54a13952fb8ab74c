import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appendAudit } from '#audit';
import { text } from '#core-values';
import { HARMLESS, LOSES_DATA, mustBeTaken } from '../../src/changes/testing/shop.ts';
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

const DESK = { language: 'en', theme: 'light', width: 1440 } as const;

/** Uploads, an approval, a refused approval, a grant and what came of it; the last one is of production. */
async function someHistory(): Promise<void> {
  const { shop } = stage;
  const granted = mustBeTaken(await shop.grant(await shop.approved('shop-staging', { changes: HARMLESS })));
  mustBeTaken(await shop.fetch(granted));
  mustBeTaken(await shop.report(granted));
  const dangerous = await shop.uploaded('shop-production', { changes: LOSES_DATA });
  await shop.decide(dangerous, 'taro');
  await shop.decide(dangerous, 'hanako', 'reject', 'The table still has data that nobody saved.');
}

describe('the audit log', () => {
  it.each(EVERY_VIEW)('looks well in $language, $theme, at $width px', async (view) => {
    await someHistory();
    await using visit = await stage.visit('/audit', view, 'hanako');
    await visit.page.getByRole('cell', { name: 'approval.refused' }).waitFor();
    await expectGoodLook(visit, 'audit');
  });

  it.each(SOME_VIEWS)('says so where nothing fits the filters ($language)', async (view) => {
    await using visit = await stage.visit('/audit?kind=trail.finding', view, 'hanako');
    await visit.page.getByRole('heading', { level: 2 }).waitFor();
    await expectGoodLook(visit, 'audit-no-match');
  });

  it('keeps its filters in the address, where they are read again', async () => {
    await someHistory();
    await using visit = await stage.visit('/audit', DESK, 'hanako');
    const { page } = visit;
    await page.getByLabel('What happened').selectOption('approval');
    await page.getByText('3 entries shown').waitFor();
    await page.getByLabel('Outcome').selectOption('denied');
    await page.getByText('1 entry shown').waitFor();
    expect(new URL(page.url()).search).toBe('?kind=approval&outcome=denied');
    await page.reload();
    await page.getByText('1 entry shown').waitFor();
    await page.getByRole('region', { name: 'Production' }).waitFor({ state: 'hidden' });
    await page.getByLabel('Stack').selectOption('shop-production');
    await page.getByRole('region', { name: 'Production' }).waitFor();
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await page.getByRole('cell', { name: 'plan.uploaded' }).first().waitFor();
    expect(new URL(page.url()).search).toBe('');
    expect(visit.wrongs()).toEqual([]);
  });

  it('searches for what is typed, as soon as typing stops, and by whole days', async () => {
    await someHistory();
    await using visit = await stage.visit('/audit', DESK, 'hanako');
    const { page } = visit;
    await page.getByLabel('Search').pressSequentially('REJECTED');
    await page.getByText('1 entry shown').waitFor();
    expect(new URL(page.url()).search).toBe('?text=REJECTED');
    await page.getByLabel('From').fill('2001-01-01');
    await page.getByLabel('Until').fill('2001-01-01');
    await page.getByText('No entry fits these filters').waitFor();
    await page.getByRole('button', { name: 'Clear the filters' }).first().click();
    await page.getByRole('cell', { name: 'apply.reported' }).waitFor();
    expect(await page.getByLabel('Search').inputValue()).toBe('');
    expect(visit.wrongs()).toEqual([]);
  });

  it('goes on to older entries, also where a part of a long log held none', async () => {
    for (let count = 0; count < 51; count += 1) await stage.shop.uploaded('shop-staging');
    await using visit = await stage.visit('/audit?kind=plan.uploaded', DESK, 'hanako');
    const { page } = visit;
    await page.getByText('50 entries shown').waitFor();
    await page.getByRole('button', { name: 'Show older ones' }).click();
    await page.getByText('51 entries shown').waitFor();
    await page.route('**/v1/audit?*', async (route) => {
      const isFirst = !route.request().url().includes('before=');
      if (isFirst) await route.fulfill({ json: { entries: [], next: 40 } });
      else await route.continue();
    });
    await page.goto(`${stage.url}/audit?text=shop`);
    await page.getByText('Nothing found in the newer entries').waitFor();
    await page.getByRole('button', { name: 'Search older entries' }).click();
    await page.getByText(/^\d+ entries shown$/).waitFor();
    expect(visit.wrongs()).toEqual([]);
  });

  it('shows what happens without being loaded again', async () => {
    await using visit = await stage.visit('/audit?kind=plan.uploaded', DESK, 'hanako');
    await visit.page.getByText('No entry fits these filters').waitFor();
    await stage.shop.uploaded('shop-staging');
    await visit.page.getByText('1 entry shown').waitFor();
    expect(visit.wrongs()).toEqual([]);
  });

  it('is exported whole', async () => {
    await someHistory();
    await using visit = await stage.visit('/audit', DESK, 'hanako');
    const download = visit.page.waitForEvent('download');
    await visit.page.getByRole('link', { name: 'Export the whole log' }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe('sekisho-audit.jsonl');
    const [head, first] = (await readFile(await file.path(), 'utf8')).split('\n');
    expect(JSON.parse(head ?? '')).toMatchObject({ format: 'sekisho-audit-export/1' });
    expect(JSON.parse(first ?? '')).toMatchObject({ position: 0 });
  });

  it.each(SOME_VIEWS)(
    'loads, fails, is denied and goes offline as every page does ($language)',
    async (view) => {
      await someHistory();
      await using visit = await stage.visit('/no/such/page', view, 'hanako');
      await expectStates(visit, {
        ...{ url: `${stage.url}/audit`, asks: /^\/v1\/audit$/, name: 'audit' },
        content: () => visit.page.getByRole('cell', { name: 'approval.refused' }).waitFor(),
      });
    },
  );

  it('says where older entries did not come, and asks again', async () => {
    for (let count = 0; count < 51; count += 1) await stage.shop.uploaded('shop-staging');
    await using visit = await stage.visit('/audit?kind=plan.uploaded', DESK, 'hanako');
    const { page } = visit;
    await page.getByText('50 entries shown').waitFor();
    await page.route('**/v1/audit?*before=*', (route) => route.fulfill({ status: 503 }));
    await page.getByRole('button', { name: 'Show older ones' }).click();
    await page.getByRole('alert').getByText('could not be loaded').waitFor();
    await page.unroute('**/v1/audit?*before=*');
    await page.getByRole('button', { name: 'Show older ones' }).click();
    await page.getByText('51 entries shown').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    expect(visit.wrongs()).toEqual([]);
  });

  it('is used with the keyboard alone, from the first key past the navigation to an entry', async () => {
    await someHistory();
    await using visit = await stage.visit('/audit', DESK, 'hanako');
    const { page } = visit;
    await page.getByRole('cell', { name: 'approval.refused' }).waitFor();
    await expectKeyboard(visit);
    await page.getByRole('link', { name: 'Approval not taken' }).press('Enter');
    await page.getByRole('heading', { name: 'Evidence' }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content');
    await expectKeyboard(visit);
  });
});

describe('whether the log is whole', () => {
  it('is known once somebody had every entry verified', async () => {
    await someHistory();
    await using visit = await stage.visit('/audit', DESK, 'hanako');
    const { page } = visit;
    // An earlier test may have had it verified.
    let isKnown = false;
    await page.route('**/v1/audit/state', async (route) => {
      const answer = await route.fetch();
      const { verified, ...state } = await answer.json();
      await route.fulfill({ response: answer, json: isKnown ? { ...state, verified } : state });
    });
    await page.reload();
    await page.getByText('Not verified since the server started').waitFor();
    isKnown = true;
    await page.getByRole('button', { name: 'Verify every entry' }).click();
    await page.getByText('Every entry verified: intact').waitFor();
    expect(visit.wrongs()).toEqual([]);
  });

  it.each(SOME_VIEWS)('is told plainly where it is not ($language)', async (view) => {
    await someHistory();
    await using visit = await stage.visit('/no/such/page', view, 'hanako');
    const at = new Date().toISOString();
    const verified = { at, kind: 'tampered', size: 9, tampering: 'edited', position: 3 };
    const state = { size: 9, checkpoint: { size: 8, at }, continues: false, verified };
    await visit.page.route('**/v1/audit/state', (route) => route.fulfill({ json: state }));
    await visit.page.goto(`${stage.url}/audit`);
    await visit.page.getByRole('link', { name: '#3' }).waitFor();
    await visit.page.getByRole('cell', { name: 'approval.refused' }).waitFor();
    await expectGoodLook(visit, 'audit-tampered');
  });
});

describe('an entry', () => {
  it.each(EVERY_VIEW)('looks well in $language, $theme, at $width px', async (view) => {
    await someHistory();
    await using visit = await stage.visit('/audit?kind=approval.rejected', view, 'hanako');
    const { page } = visit;
    await page.getByRole('cell', { name: 'approval.rejected' }).getByRole('link').click();
    await page.getByRole('heading', { name: view.language === 'ja' ? '根拠' : 'Evidence' }).waitFor();
    await page.getByRole('region', { name: view.language === 'ja' ? '本番' : 'Production' }).waitFor();
    await expectGoodLook(visit, 'audit-entry');
  });

  it.each(SOME_VIEWS)('of a refusal says why ($language)', async (view) => {
    await someHistory();
    await using visit = await stage.visit('/audit?kind=approval.refused', view, 'hanako');
    await visit.page.getByRole('cell', { name: 'approval.refused' }).getByRole('link').click();
    const isJapanese = view.language === 'ja';
    const reasons = visit.page.getByRole('region', { name: isJapanese ? '理由' : 'Reasons' });
    await reasons
      .getByText(
        isJapanese
          ? '変更の作成者は、自分の変更を承認できません。'
          : 'Authors never approve their own change.',
      )
      .waitFor();
    await expectGoodLook(visit, 'audit-entry-refused');
  });

  it('leads to what is beside it, and to everything about the same', async () => {
    await someHistory();
    await using visit = await stage.visit('/audit/0', DESK, 'hanako');
    const { page } = visit;
    await page.getByRole('heading', { level: 1, name: /^#0 / }).waitFor();
    const hash = await page.locator('dd code').last().textContent();
    await page.getByRole('link', { name: 'Entry after' }).click();
    await page.getByRole('heading', { level: 1, name: /^#1 / }).waitFor();
    // The next one stands on what this browser worked out of the one before.
    await page.getByText(hash ?? 'nothing', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Entry before' }).waitFor();
    await page.goto(`${stage.url}/audit?kind=approval.given`);
    await page.getByRole('cell', { name: 'approval.given' }).first().getByRole('link').click();
    await page.getByRole('link', { name: 'Everything about this plan' }).click();
    await page.getByRole('button', { name: /^Plan pln_.*: show all plans$/ }).click();
    expect(new URL(page.url()).search).toBe('');
    expect(visit.wrongs()).toEqual([]);
  });

  it.each(SOME_VIEWS)('that is not there is told of ($language)', async (view) => {
    await using visit = await stage.visit('/audit/4711', view, 'hanako');
    await visit.page.getByRole('heading', { level: 1 }).waitFor();
    await expectGoodLook(visit, 'audit-entry-missing');
  });

  it.each(SOME_VIEWS)(
    'loads, fails, is denied and goes offline as every page does ($language)',
    async (view) => {
      await someHistory();
      await using visit = await stage.visit('/no/such/page', view, 'hanako');
      const evidence = visit.page.getByRole('heading', {
        name: view.language === 'ja' ? '根拠' : 'Evidence',
      });
      await expectStates(visit, {
        ...{ url: `${stage.url}/audit/0`, asks: /^\/v1\/audit\/0$/, name: 'audit-entry' },
        content: () => evidence.waitFor(),
      });
    },
  );
});

/** Markup that would run, a script, a turned direction, an escape of terminals, nothing wide and a byte of nothing. */
const HOSTILE =
  '<img src=/x onerror=reportToTest(1)><script>reportToTest(2)</script>\u202egpj\u001b[31m\u200b\u0007';
const AS_TEXT =
  '<img src=/x onerror=reportToTest(1)><script>reportToTest(2)</script>U+202EgpjU+001B[31mU+200BU+0007';

it.each(SOME_VIEWS)(
  'attack 24: an entry with markup, scripts, bidi and control characters is text in the list and on its page ($language)',
  async (view) => {
    const { room, clock } = stage.shop;
    await room.inTransaction((tx) =>
      appendAudit(tx, {
        ...{ at: clock.now(), kind: 'trail.finding', outcome: 'denied' },
        actor: { kind: 'workload', name: HOSTILE, claims: { [HOSTILE]: HOSTILE } },
        subject: { other: HOSTILE },
        reasons: [{ rule: 'r', message: text(HOSTILE, `日本語 ${HOSTILE}`) }],
        evidence: { [HOSTILE]: [HOSTILE, { deep: HOSTILE }] },
      }),
    );
    await using visit = await stage.visit('/audit?kind=trail.finding', view, 'hanako');
    const { page } = visit;
    const expectOnlyText = async (times: number): Promise<void> => {
      const words = (await page.locator('main').textContent()) ?? '';
      expect(words.split(AS_TEXT)).toHaveLength(times + 1);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there.
      expect(words).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u200b\u202e]/);
      expect(await page.locator('main :is(img, script)').count()).toBe(0);
    };
    await page.getByRole('cell', { name: 'trail.finding' }).waitFor();
    await expectOnlyText(3);
    await expectGoodLook(visit, 'audit-hostile');
    await page.getByRole('cell', { name: 'trail.finding' }).getByRole('link').click();
    await page.getByRole('heading', { name: view.language === 'ja' ? '根拠' : 'Evidence' }).waitFor();
    // Actor, claim and its value, reason, other, and three of the evidence; the text that is hashed escapes what JSON does.
    await expectOnlyText(8);
    await expectGoodLook(visit, 'audit-entry-hostile');
  },
);
