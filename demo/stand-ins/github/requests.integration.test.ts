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
