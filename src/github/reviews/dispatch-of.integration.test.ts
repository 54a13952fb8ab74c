import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type IssuerName, parseExternalId } from '#accounts/core';
import { epochMs, ok, type Problem, type Result, type StackName } from '#core-values';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { ask, askAll } from '../api/asking.ts';
import { type Authority, restClient } from '../api/client.ts';
import type { GitHubRepository } from '../api/port.ts';
import { startWorkflow } from '../pull-request/commands/start-workflow.ts';
import { keepDispatchedRun } from '../store/dispatched-runs.ts';
import { connectedTestApp, testKeyring } from '../testing/connected.ts';
import { type FakeNetwork, fakeNetwork, json } from '../testing/fake-network.ts';
import { dispatchOf } from './dispatch-of.ts';

let database: TestDatabase;
let pauses = 0;
/** What happens while a look waits for the next one. */
let meanwhile: () => Promise<void>;
beforeAll(async () => {
  database = await testDatabase();
  await connectedTestApp(database, testKeyring());
});
beforeEach(() => {
  pauses = 0;
  meanwhile = async () => undefined;
});
afterAll(() => database.close());

const repositoryId = parseExternalId('700100') ?? expect.unreachable();
const at = { host: 'github.com', id: repositoryId };
const issuer = { name: 'github' as IssuerName, url: 'https://token.actions.githubusercontent.com' };
const BOT = 'sekisho-shop[bot]';
const FOR_7 = { pullRequest: 7, commit: 'a1'.repeat(20) };

const asked = (runId: string, actorName: string, url = issuer.url) =>
  dispatchOf(
    {
      db: database.db,
      pause: () => {
        pauses += 1;
        return meanwhile();
      },
    },
    { issuer: { ...issuer, url }, repositoryId, runId, actorName },
  );

const ruleOf = (result: Result<unknown, Problem>): string =>
  result.ok ? 'fine' : result.error.reasons[0].rule;

test('A run that our App started is known with what for, also when its job is faster than what we keep', async () => {
  meanwhile = () => keepDispatchedRun(database.db, at, '40', FOR_7, epochMs(0));
  expect(await asked('40', BOT)).toEqual(ok({ kind: 'by-app', ...FOR_7 }));
  expect(pauses).toBe(1);
  // Whoever runs it again, and whatever the App is called by then.
  expect(await asked('40', 'sekisho-of-old[bot]')).toEqual(ok({ kind: 'by-app', ...FOR_7 }));
});

test('A run that our App started and that nobody knows of is a problem, after a few looks', async () => {
  expect(ruleOf(await asked('41', BOT))).toBe('plan.unknown-dispatch');
  expect(pauses).toBe(4);
});

test('A run of the same number elsewhere is another run', async () => {
  await keepDispatchedRun(database.db, { ...at, host: 'ghe.example' }, '42', FOR_7, epochMs(0));
  expect(ruleOf(await asked('42', BOT))).toBe('plan.unknown-dispatch');
});

test('What anybody else starts is by hand, and what runs where no App of ours is nobody looks for', async () => {
  for (const actor of ['hanako', 'sekisho-shop', 'github-actions[bot]'])
    expect(await asked('43', actor)).toEqual(ok({ kind: 'by-hand' }));
  for (const url of ['https://gitlab.com', 'https://ghe.example/_services/token'])
    expect(await asked('43', BOT, url)).toEqual(ok({ kind: 'not-connected' }));
  expect(pauses).toBe(0);
});

/** The repository on a GitHub that answers so. */
function repositoryOn(network: FakeNetwork): GitHubRepository {
  const client = restClient(network);
  const authority: Authority = {
    ...{ host: 'github.com', rateKey: 'app/1', scope: 'app/1/7', forget: () => undefined },
    token: async () => ok('ghs_token'),
  };
  const under = { owner: 'shop', repo: 'infra' };
  return {
    ...{ ...at, owner: 'shop', name: 'infra', defaultBranch: 'main', app: { id: 1, slug: 'sekisho-shop' } },
    request: (route, parameters) => ask(client, authority, route, { ...parameters, ...under }),
    all: (route, parameters, most) => askAll(client, authority, route, { ...parameters, ...under }, most),
  };
}

test('Which run it became is asked for with the start; a GitHub that does not tell is told of', async () => {
  const stacks = ['shop-staging' as StackName];
  const start = { ...{ workflow: 'change.yml', stacks, purpose: 'plan' as const }, ...FOR_7 };
  const room = { db: database.db, clock: { now: () => epochMs(0) } };
  const tells = fakeNetwork(() => json({ workflow_run_id: 50 }));
  expect(ruleOf(await startWorkflow(room, repositoryOn(tells), start))).toBe('fine');
  expect(JSON.parse(tells.asked[0]?.body ?? '')).toMatchObject({ return_run_details: true });
  expect(await asked('50', BOT)).toEqual(ok({ kind: 'by-app', ...FOR_7 }));
  const silent = fakeNetwork(() => new Response(null, { status: 204 }));
  expect(ruleOf(await startWorkflow(room, repositoryOn(silent), start))).toBe('command.run-unknown');
});
