import { generateKeyPairSync } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { call, jwtOf, type Scene, scene, tokenOf } from './testing.ts';

const started: Scene[] = [];
const begin = async (...about: Parameters<typeof scene>): Promise<Scene> => {
  const made = await scene(...about);
  started.push(made);
  return made;
};
afterEach(async () => {
  for (const { github } of started.splice(0)) await github.stop();
});

const generateApp = async (): Promise<string> =>
  generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs1', format: 'pem' })
    .toString();

const HEAD = '/repos/acme/infra';

test('every route of the stand-in answers as GitHub describes it', async () => {
  const here = await begin();
  const { github, repository, app } = here;
  const token = await tokenOf(here);
  const pull = github.openPullRequest({
    repository,
    author: 'alice',
    branch: 'longer',
    files: { 'shop/main.tf': 'b\n', 'shop/new.tf': 'c\n' },
  });
  github.review(repository, 1, 'bob', 'APPROVE');
  github.comment(repository, 1, 'alice', '/sekisho plan');
  const jwt = await jwtOf(app);
  const check = await call(here, token, 'POST', `${HEAD}/check-runs`, {
    name: 'sekisho: shop',
    head_sha: pull.head.sha,
    external_id: 'shop',
    status: 'completed',
    conclusion: 'success',
    output: {
      title: 't',
      summary: 's',
      annotations: [
        { path: 'shop/main.tf', start_line: 1, end_line: 1, annotation_level: 'warning', message: 'm' },
      ],
    },
  });
  const deployment = await call(here, token, 'POST', `${HEAD}/deployments`, {
    ref: pull.head.sha,
    environment: 'production',
    auto_merge: false,
    required_contexts: [],
  });
  const comment = await call(here, token, 'POST', `${HEAD}/issues/1/comments`, { body: 'hello' });
  const issue = await call(here, token, 'POST', `${HEAD}/issues`, { title: 'Drift', labels: ['drift'] });
  for (const made of [check, deployment, comment, issue])
    expect(made.status, JSON.stringify(made.body)).toBe(201);
  const asked: [string, string, unknown?, string?][] = [
    ['GET', '/app', undefined, jwt],
    ['GET', '/app/installations', undefined, jwt],
    ['GET', `/app/installations/${here.installation.id}`, undefined, jwt],
    ['GET', '/app/hook/config', undefined, jwt],
    ['PATCH', '/app/hook/config', { url: 'http://127.0.0.1:9/hook' }, jwt],
    ['GET', '/app/hook/deliveries', undefined, jwt],
    ['GET', `/app/hook/deliveries/${app.deliveries[0]?.id}`, undefined, jwt],
    ['POST', `/app/hook/deliveries/${app.deliveries[0]?.id}/attempts`, undefined, jwt],
    ['GET', `${HEAD}/installation`, undefined, jwt],
    ['GET', '/orgs/acme/installation', undefined, jwt],
    ['GET', '/users/alice'],
    ['GET', `/user/${github.state.accounts.get('alice')?.id}`],
    ['GET', '/rate_limit'],
    ['GET', '/installation/repositories'],
    ['GET', HEAD],
    ['GET', `${HEAD}/contents/shop/main.tf?ref=${pull.head.sha}`],
    ['GET', `${HEAD}/contents/shop`],
    ['GET', `${HEAD}/git/trees/main?recursive=1`],
    ['GET', `${HEAD}/git/trees/main`],
    ['GET', `${HEAD}/commits/main`],
    ['GET', `${HEAD}/commits/refs/pull/1/merge`],
    ['GET', `${HEAD}/git/commits/${pull.mergeCommit}`],
    ['GET', `${HEAD}/commits?sha=longer`],
    ['GET', `${HEAD}/compare/main...longer`],
    ['GET', `${HEAD}/git/ref/heads/main`],
    ['GET', `${HEAD}/git/matching-refs/heads/l`],
    ['GET', `${HEAD}/branches`],
    ['GET', `${HEAD}/branches/main`],
    ['GET', `${HEAD}/collaborators/alice/permission`],
    ['GET', `${HEAD}/collaborators/alice`],
    ['GET', `${HEAD}/codeowners/errors`],
    ['GET', `${HEAD}/pulls?state=all`],
    ['GET', `${HEAD}/pulls/1`],
    ['PATCH', `${HEAD}/pulls/1`, { title: 'Other' }],
    ['GET', `${HEAD}/pulls/1/files`],
    ['GET', `${HEAD}/pulls/1/commits`],
    ['GET', `${HEAD}/pulls/1/reviews`],
    ['GET', `${HEAD}/pulls/1/reviews/${pull.reviews[0]?.id}`],
    ['PUT', `${HEAD}/pulls/1/reviews/${pull.reviews[0]?.id}/dismissals`, { message: 'no' }],
    ['GET', `${HEAD}/pulls/1/requested_reviewers`],
    ['GET', `${HEAD}/commits/${pull.head.sha}/pulls`],
    ['GET', `${HEAD}/issues?state=all`],
    ['GET', `${HEAD}/issues/1`],
    ['PATCH', `${HEAD}/issues/${issue.body.number}`, { state: 'closed', body: 'x' }],
    ['GET', `${HEAD}/issues/1/comments`],
    ['GET', `${HEAD}/issues/comments?since=2020-01-01T00:00:00Z`],
    ['GET', `${HEAD}/issues/comments/${comment.body.id}`],
    ['PATCH', `${HEAD}/issues/comments/${comment.body.id}`, { body: 'changed' }],
    ['POST', `${HEAD}/issues/comments/${comment.body.id}/reactions`, { content: 'eyes' }],
    ['GET', `${HEAD}/issues/comments/${comment.body.id}/reactions`],
    ['DELETE', `${HEAD}/issues/comments/${comment.body.id}`],
    ['POST', `${HEAD}/labels`, { name: 'drift' }],
    ['GET', `${HEAD}/labels/drift`],
    ['PATCH', `${HEAD}/check-runs/${check.body.id}`, { status: 'in_progress' }],
    ['GET', `${HEAD}/check-runs/${check.body.id}`],
    ['GET', `${HEAD}/check-runs/${check.body.id}/annotations`],
    ['GET', `${HEAD}/commits/${pull.head.sha}/check-runs`],
    ['GET', `${HEAD}/commits/${pull.head.sha}/check-suites`],
    ['GET', `${HEAD}/check-suites/${check.body.check_suite.id}/check-runs`],
    ['POST', `${HEAD}/statuses/${pull.head.sha}`, { state: 'success', context: 'sekisho' }],
    ['GET', `${HEAD}/commits/${pull.head.sha}/statuses`],
    ['GET', `${HEAD}/deployments`],
    ['GET', `${HEAD}/deployments/${deployment.body.id}`],
    ['POST', `${HEAD}/deployments/${deployment.body.id}/statuses`, { state: 'in_progress' }],
    ['GET', `${HEAD}/deployments/${deployment.body.id}/statuses`],
    ['POST', `${HEAD}/actions/workflows/sekisho.yml/dispatches`, { ref: 'main', inputs: { stacks: 'shop' } }],
    ['GET', `${HEAD}/actions/workflows/sekisho.yml`],
    ['GET', `${HEAD}/actions/runs`],
    ['GET', '/orgs/acme/teams'],
    ['GET', '/orgs/acme/teams/platform'],
    ['GET', '/orgs/acme/teams/platform/members'],
    ['GET', '/orgs/acme/teams/platform/memberships/alice'],
    ['GET', '/orgs/acme/members'],
    ['GET', '/orgs/acme/members/alice'],
    ['DELETE', '/installation/token'],
  ];
  const ran = await call(here, token, 'POST', `${HEAD}/actions/workflows/sekisho.yml/dispatches`, {
    ref: 'main',
    inputs: { stacks: 'shop' },
    return_run_details: true,
  });
  expect((await call(here, token, 'GET', `${HEAD}/actions/runs/${ran.body.workflow_run_id}`)).status).toBe(
    200,
  );
  const failed: string[] = [];
  for (const [method, path, body, as = token] of asked) {
    const { status, body: answer } = await call(here, as, method, path, body);
    if (status >= 400) failed.push(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
  }
  expect(failed).toEqual([]);
  expect(github.complaints()).toEqual([]);
});

test('a request that GitHub does not describe is refused, and recorded', async () => {
  const here = await begin();
  const token = await tokenOf(here);
  const refusals: [string, string, unknown?, Record<string, string>?][] = [
    ['POST', `${HEAD}/check-runs`, { name: 'sekisho' }],
    ['POST', `${HEAD}/check-runs`, { name: 'x', head_sha: 'y', status: 'done' }],
    ['POST', `${HEAD}/issues/1/comments`, { body: 'x', colour: 'red' }],
    ['GET', `${HEAD}/pulls?status=open`],
    ['GET', `${HEAD}/pulls/first`],
    ['GET', `${HEAD}/pulls`, undefined, { 'x-github-api-version': '2020-01-01' }],
    ['GET', `${HEAD}/pulls`, undefined, { accept: 'text/html' }],
  ];
  for (const [method, path, body, headers] of refusals) {
    const before = here.github.complaints().length;
    const { status } = await call(here, token, method, path, body, headers);
    expect(status, `${method} ${path}`).toBe(400);
    expect(here.github.complaints().length).toBeGreaterThan(before);
  }
  expect((await call(here, token, 'GET', `${HEAD}/plans`)).status).toBe(404);
  expect(here.github.complaints().at(-1)).toBe('GET /repos/acme/infra/plans: GitHub has no such route');
  expect((await call(here, token, 'GET', `${HEAD}/releases`)).status).toBe(501);
});

test('an App is known by a JWT that it signed itself, that lives ten minutes at most and has not ended', async () => {
  const here = await begin();
  const other = await generateApp();
  const ask = async (jwt: string): Promise<[number, string]> => {
    const { status, body } = await call(here, jwt, 'GET', '/app');
    return [status, String(body.message ?? body.slug)];
  };
  expect(await ask(await jwtOf(here.app))).toEqual([200, 'sekisho']);
  expect(await ask(await jwtOf(here.app, 540, here.app.clientId))).toEqual([200, 'sekisho']);
  expect(await ask(await jwtOf(here.app, -1))).toEqual([401, 'A JSON web token could not be decoded']);
  expect((await ask(await jwtOf(here.app, 700)))[0]).toBe(401);
  expect((await ask(await jwtOf(here.app, 540, '1')))[0]).toBe(401);
  expect((await ask(await jwtOf({ ...here.app, privateKeyPem: other })))[0]).toBe(401);
  expect((await ask(await tokenOf(here)))[0]).toBe(401);
  expect(here.github.complaints()).toEqual([]);
});

test('an installation does what it was permitted, in its own repositories, while it is not suspended', async () => {
  const here = await begin({ checks: 'read', issues: 'write' });
  const { github, repository, installation } = here;
  const token = await tokenOf(here);
  const body = { name: 'sekisho', head_sha: repository.branches.get('main') };
  const refused = await call(here, token, 'POST', `${HEAD}/check-runs`, body);
  expect([refused.status, refused.body.message]).toEqual([403, 'Resource not accessible by integration']);
  github.repository({ owner: 'acme', name: 'other', files: { a: 'b' } });
  expect((await call(here, token, 'GET', '/repos/acme/other')).status).toBe(404);
  expect((await call(here, token, 'GET', '/repos/acme/no')).status).toBe(404);
  const narrow = await tokenOf(here, { repository_ids: [repository.id], permissions: { checks: 'read' } });
  expect((await call(here, narrow, 'GET', `${HEAD}/issues`)).status).toBe(403);
  const beyond = { permissions: { checks: 'write' } };
  const path = `/app/installations/${installation.id}/access_tokens`;
  expect((await call(here, await jwtOf(here.app), 'POST', path, beyond)).status).toBe(422);
  github.suspend(installation, true);
  expect((await call(here, token, 'GET', HEAD)).status).toBe(403);
  expect((await call(here, await jwtOf(here.app), 'POST', path)).status).toBe(403);
  expect(github.complaints()).toEqual([]);
});

test('a long list comes in pages that name the next one', async () => {
  const here = await begin();
  const token = await tokenOf(here);
  here.github.openPullRequest({
    repository: here.repository,
    author: 'alice',
    branch: 'b',
    files: { x: 'y' },
  });
  for (let made = 0; made < 7; made += 1) here.github.comment(here.repository, 1, 'bob', `${made}`);
  const seen: string[] = [];
  let path: string | undefined = `${HEAD}/issues/1/comments?per_page=3`;
  while (path !== undefined) {
    const { body, headers } = await call(here, token, 'GET', path);
    seen.push(body.map((comment: { body: string }) => comment.body).join(''));
    path = /<[^>]*\/api\/v3([^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
  }
  expect(seen).toEqual(['012', '345', '6']);
});

test('limits are said and kept, and what has not changed costs nothing', async () => {
  const here = await begin();
  const token = await tokenOf(here);
  const first = await call(here, token, 'GET', HEAD);
  expect(first.headers.get('x-ratelimit-remaining')).toBe('4999');
  const again = await call(here, token, 'GET', HEAD, undefined, {
    'if-none-match': first.headers.get('etag') ?? '',
  });
  expect([again.status, again.headers.get('x-ratelimit-remaining')]).toEqual([304, '4999']);
  here.github.switches.secondaryLimit = { times: 1, retryAfterSeconds: 7 };
  const slow = await call(here, token, 'GET', HEAD);
  expect([slow.status, slow.headers.get('retry-after')]).toEqual([403, '7']);
  here.installation.remaining = 0;
  const none = await call(here, token, 'GET', HEAD);
  expect([none.status, none.headers.get('x-ratelimit-remaining')]).toEqual([403, '0']);
});

test('an outage may strike before GitHub acts or after, some requests or all, some times or always', async () => {
  const here = await begin();
  const token = await tokenOf(here);
  here.github.openPullRequest({
    repository: here.repository,
    author: 'alice',
    branch: 'b',
    files: { x: 'y' },
  });
  const comment = () => call(here, token, 'POST', `${HEAD}/issues/1/comments`, { body: 'once' });
  here.github.switches.outage = {
    kind: 'status',
    status: 503,
    times: 1,
    hits: (method) => method === 'POST',
  };
  expect((await call(here, token, 'GET', HEAD)).status).toBe(200);
  expect((await comment()).status).toBe(503);
  here.github.switches.outage = { kind: 'cut-off', when: 'after', times: 1 };
  await expect(comment()).rejects.toThrow();
  expect(here.repository.comments.size).toBe(1);
  expect((await comment()).status).toBe(201);
});
