import { createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { bodyOf, type LocalServer, listen } from '../listen.ts';
import { call, jwtOf, type Scene, scene } from './testing.ts';

interface Heard {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const stopping: Pick<LocalServer, 'stop'>[] = [];
afterEach(async () => {
  for (const server of stopping.splice(0)) await server.stop();
});

async function listening(): Promise<Scene & { readonly heard: Heard[] }> {
  const heard: Heard[] = [];
  const hook = await listen(async (request, response) => {
    heard.push({ headers: request.headers, body: await bodyOf(request) });
    response.writeHead(202).end();
  });
  const here = await scene();
  here.app.hook.url = hook.url;
  stopping.push(hook, here.github);
  return { ...here, heard };
}

const namesOf = (heard: readonly Heard[]): string[] =>
  heard.map(({ headers, body }) => `${headers['x-github-event']} ${JSON.parse(body).action ?? ''}`.trim());

test('what people do is told in GitHub’s words, signed, in the order in which it happened', async () => {
  const { github, repository, app, heard } = await listening();
  github.openPullRequest({ repository, author: 'alice', branch: 'b', files: { 'shop/main.tf': 'b\n' } });
  github.push(repository, 'alice', 'b', { 'shop/main.tf': 'c\n' });
  const comment = github.comment(repository, 1, 'bob', '/sekisho plan');
  github.editComment(repository, comment, 'bob', 'never mind');
  github.deleteComment(repository, comment, 'bob');
  const review = github.review(repository, 1, 'bob', 'APPROVE');
  github.editReview(repository, 1, review, 'well done');
  github.dismiss(repository, 1, review, 'alice');
  github.draft(repository, 1, true, 'alice');
  github.draft(repository, 1, false, 'alice');
  github.close(repository, 1, 'alice');
  github.reopen(repository, 1, 'alice');
  github.enqueue(repository, 1, 'bob');
  github.leaveTeam('acme', 'platform', 'bob');
  github.joinTeam('acme', 'platform', 'bob');
  github.leaveOrganization('acme', 'bob');
  github.merge(repository, 1, 'alice');
  await github.deliver();
  expect(namesOf(heard)).toEqual([
    ...['push', 'check_suite requested', 'pull_request opened'],
    ...['push', 'check_suite requested', 'pull_request synchronize'],
    ...['issue_comment created', 'issue_comment edited', 'issue_comment deleted'],
    ...['pull_request_review submitted', 'pull_request_review edited', 'pull_request_review dismissed'],
    ...['pull_request converted_to_draft', 'pull_request ready_for_review'],
    ...['pull_request closed', 'pull_request reopened'],
    ...['pull_request enqueued', 'merge_group checks_requested'],
    ...['membership removed', 'membership added', 'membership removed', 'organization member_removed'],
    ...['push', 'check_suite requested', 'pull_request closed'],
  ]);
  for (const { headers, body } of heard) {
    const signature = createHmac('sha256', app.hook.secret).update(body).digest('hex');
    expect(headers['x-hub-signature-256']).toBe(`sha256=${signature}`);
  }
  expect(github.complaints()).toEqual([]);
});

test('deliveries come shuffled, twice and not at all, the same of a seed; what was lost is listed and can be sent again', async () => {
  const { github, repository, app, heard, ...here } = await listening();
  github.openPullRequest({ repository, author: 'alice', branch: 'b', files: { 'shop/main.tf': 'b\n' } });
  for (let made = 0; made < 60; made += 1) github.comment(repository, 1, 'bob', `${made}`);
  await github.deliver({ seed: 7, isShuffled: true, duplicatesPercent: 30, gapsPercent: 20 });
  const ids = heard.map(({ headers }) => String(headers['x-github-delivery']));
  expect(new Set(ids).size).toBeLessThan(ids.length);
  const lost = app.deliveries.filter(({ status }) => status === 0);
  expect(lost.length).toBeGreaterThan(0);
  expect(ids).not.toContain(lost[0]?.guid);
  const path = `/app/hook/deliveries/${lost[0]?.id}/attempts`;
  expect((await call({ github }, await jwtOf(app), 'POST', path)).status).toBe(202);
  await github.deliver();
  expect(heard.at(-1)?.headers['x-github-delivery']).toBe(lost[0]?.guid);
  expect(here.installation.app).toBe(app);
});

test('an App is made from a manifest once, with a key and a secret of its own', async () => {
  const { github } = await listening();
  const manifest = { name: 'Sekisho acme', owner: 'acme', default_permissions: { checks: 'write' } };
  github.state.manifests.set('a-code', manifest);
  const made = await call({ github }, '', 'POST', '/app-manifests/a-code/conversions');
  expect([made.status, made.body.slug]).toEqual([201, 'sekisho-acme']);
  expect(made.body.pem).toContain('BEGIN RSA PRIVATE KEY');
  expect((await call({ github }, '', 'POST', '/app-manifests/a-code/conversions')).status).toBe(404);
});

test('the issuer of jobs’ tokens stands where an enterprise server has it', async () => {
  const { github } = await listening();
  const answer = await fetch(`${github.issuer}/.well-known/openid-configuration`);
  expect(await answer.json()).toMatchObject({ issuer: github.issuer });
});
