import type { Route } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ok } from '#core-values';
import { createHttpApp, createLogger, createMetrics, DEFAULT_ROUTE_LIMITS } from '#platform';
import { sloRoutes } from '#slo';
import { keepIncidents } from '../../src/slo/incidents/keep-incidents.ts';
import { openIncidentsRoom } from '../../src/slo/testing/incidents-room.ts';
import { expectGoodLook } from './look.ts';
import { openStage, type Stage } from './stage.ts';

let stage: Stage;
let shop: Awaited<ReturnType<typeof openIncidentsRoom>>;
beforeAll(async () => {
  [stage, shop] = await Promise.all([openStage(), openIncidentsRoom()]);
});
afterAll(() => Promise.all([stage.close(), shop.close()]));

/** The routes of SLOs as they are, on a database of their own. */
function served() {
  const app = createHttpApp({
    ...{ version: '0.0.0', clock: shop.clock, metrics: createMetrics({ processMetrics: false }) },
    logger: createLogger({ level: 'error', destination: process.stderr }),
    ...{ newRequestId: () => 'request-of-a-test', readiness: [] },
    limits: { byDefault: DEFAULT_ROUTE_LIMITS },
    routes: sloRoutes({ ...shop.newRoom(), requirePerson: async () => ok(shop.person('yuki')) }),
  });
  return async (route: Route): Promise<void> => {
    const asked = route.request();
    const { pathname, search } = new URL(asked.url());
    const body = asked.postData();
    const answer = await app.request(`${pathname}${search}`, {
      ...{ method: asked.method(), headers: asked.headers() },
      ...(body === null ? {} : { body }),
    });
    await route.fulfill({
      ...{ status: answer.status, body: await answer.text() },
      contentType: answer.headers.get('content-type') ?? 'application/json',
    });
  };
}

/** As a field for a local time of Tokyo reads it. */
const inTokyo = (ms: number): string => new Date(ms + 9 * 3_600_000).toISOString().slice(0, 16);

it('What the server says of an outage is shown; it is acknowledged, and left out of the budget, which is whole again', async () => {
  const hour = shop.minute() - 60;
  await shop.count('availability', shop.minute() - 43_200, (minute) => [minute < hour ? 100 : 50, 100]);
  await keepIncidents(shop.newRoom());
  await using visit = await stage.visit(
    '/no/such/page',
    { language: 'en', theme: 'light', width: 1440 },
    'yuki',
  );
  const { page } = visit;
  await page.route(({ pathname }) => /^\/v1\/slos?(\/|$)/.test(pathname), served());
  await page.goto(`${stage.url}/slos`);
  await page.getByRole('cell', { name: '93%' }).waitFor();
  await page.getByRole('link', { name: 'availability' }).click();
  await page.getByRole('cell', { name: 'Fires', exact: true }).first().waitFor();
  const slider = page.getByRole('figure', { name: 'Course' }).getByRole('slider');
  expect(await slider.getAttribute('aria-valuetext')).toContain('Bad events in each step 50%');
  await expectGoodLook(visit, 'slo-served');

  await page.getByRole('button', { name: 'Acknowledge…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'I look at it' }).click();
  await page.getByText('Acknowledged by yuki').waitFor();

  await page.getByRole('button', { name: 'Leave time out…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('From (').fill(inTokyo(hour * 60_000));
  await dialog.getByLabel('To (').fill(inTokyo(shop.minute() * 60_000));
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('Announced maintenance');
  await dialog.getByRole('button', { name: 'Leave it out' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.reload();
  await page.getByText('43,140 of 43,140 bad events left').first().waitFor();
  expect(visit.wrongs()).toEqual([]);
});
