import type { Json, JsonObject } from '../../../../src/core-values/index.ts';
import {
  type Answer,
  appOf,
  botOf,
  type Call,
  created,
  inRepository,
  listed,
  notFound,
  ok,
  type Routes,
  refused,
  textOf,
} from '../call.ts';
import { resolved } from '../git.ts';
import { addCheckRun, type CheckChange, changeCheckRun } from '../happenings/checks.ts';
import { listAt, objectAt, textAt } from '../json.ts';
import { checkRunShape, checkSuiteShape, statusShape } from '../shapes/checks.ts';
import { siteOf } from '../shapes/common.ts';
import type { CheckRun, CommitStatus, Repository, State } from '../state.ts';

function changeIn(body: JsonObject): CheckChange {
  const output = body.output === undefined ? undefined : objectAt(body, 'output');
  return {
    name: textAt(body, 'name'),
    status: textAt(body, 'status'),
    conclusion: textAt(body, 'conclusion'),
    detailsUrl: textAt(body, 'details_url'),
    startedAt: textAt(body, 'started_at'),
    completedAt: textAt(body, 'completed_at'),
    output:
      output === undefined
        ? undefined
        : {
            title: textAt(output, 'title'),
            summary: textAt(output, 'summary'),
            text: textAt(output, 'text'),
          },
    annotations: listAt(output, 'annotations'),
    actions: body.actions === undefined ? undefined : listAt(body, 'actions'),
  };
}

const inRun = (handle: (state: State, call: Call, repository: Repository, run: CheckRun) => Answer) =>
  inRepository((state, call, repository) => {
    const run = repository.checkRuns.get(Number(call.path.check_run_id));
    return run === undefined ? notFound : handle(state, call, repository, run);
  });

function runsAsked(repository: Repository, query: Call['query'], sha: string): readonly CheckRun[] {
  const found = [...repository.checkRuns.values()]
    .filter(({ suite }) => suite.sha === sha)
    .filter(({ name }) => query.check_name === undefined || name === query.check_name)
    .filter(({ status }) => query.status === undefined || status === query.status)
    .filter(({ suite }) => query.app_id === undefined || suite.app.id === query.app_id);
  if (query.filter === 'all') return found.toReversed();
  // `latest`: of each name in each suite the last one.
  const latest = new Map(found.map((run) => [`${run.suite.id} ${run.name}`, run]));
  return [...latest.values()].toReversed();
}

const runs: Routes = {
  'POST /repos/{owner}/{repo}/check-runs': {
    needs: 'checks:write',
    handle: inRepository((state, call, repository) => {
      const commit = repository.commits.get(textOf(call, 'head_sha'));
      if (commit === undefined) return refused(422, `No commit found for SHA: ${textOf(call, 'head_sha')}`);
      const run = addCheckRun(state, repository, appOf(call), {
        sha: commit.sha,
        externalId: textOf(call, 'external_id'),
        change: changeIn(call.body),
      });
      return created(checkRunShape(state, repository, run));
    }),
  },
  'GET /repos/{owner}/{repo}/check-runs/{check_run_id}': {
    needs: 'checks:read',
    handle: inRun((state, _, repository, run) => ok(checkRunShape(state, repository, run))),
  },
  'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}': {
    needs: 'checks:write',
    handle: inRun((state, call, repository, run) => {
      if (run.suite.app !== appOf(call))
        return refused(
          403,
          'Invalid app_id `' +
            appOf(call).id +
            '` - check run can only be modified by the GitHub App that created it.',
        );
      changeCheckRun(state, repository, run, changeIn(call.body));
      return ok(checkRunShape(state, repository, run));
    }),
  },
  'GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations': {
    needs: 'checks:read',
    handle: inRun((state, _, repository, run) =>
      listed(
        run.annotations.map((each) => ({
          start_column: null,
          end_column: null,
          title: null,
          raw_details: null,
          ...objectAt({ each }, 'each'),
          blob_href: `${siteOf(state, repository)}/blob/${run.suite.sha}`,
        })),
      ),
    ),
  },
  'GET /repos/{owner}/{repo}/commits/{ref}/check-runs': {
    needs: 'checks:read',
    handle: inRepository((state, { path, query }, repository) => {
      const commit = resolved(repository, path.ref ?? '');
      if (commit === undefined) return refused(422, `No commit found for SHA: ${path.ref}`);
      return listed(
        runsAsked(repository, query, commit.sha).map((run) => checkRunShape(state, repository, run)),
        'check_runs',
      );
    }),
  },
  'GET /repos/{owner}/{repo}/commits/{ref}/check-suites': {
    needs: 'checks:read',
    handle: inRepository((state, { path, query }, repository) => {
      const commit = resolved(repository, path.ref ?? '');
      if (commit === undefined) return refused(422, `No commit found for SHA: ${path.ref}`);
      const found = [...repository.checkSuites.values()]
        .filter(({ sha }) => sha === commit.sha)
        .filter(({ app }) => query.app_id === undefined || app.id === query.app_id);
      return listed(
        found.map((suite) => checkSuiteShape(state, repository, suite)),
        'check_suites',
      );
    }),
  },
  'GET /repos/{owner}/{repo}/check-suites/{check_suite_id}/check-runs': {
    needs: 'checks:read',
    handle: inRepository((state, { path }, repository) => {
      const suite = repository.checkSuites.get(Number(path.check_suite_id));
      if (suite === undefined) return notFound;
      const inside = [...repository.checkRuns.values()].filter((run) => run.suite === suite);
      return listed(
        inside.map((run) => checkRunShape(state, repository, run)),
        'check_runs',
      );
    }),
  },
};

const statuses: Routes = {
  'POST /repos/{owner}/{repo}/statuses/{sha}': {
    needs: 'statuses:write',
    handle: inRepository((state, call, repository) => {
      const commit = repository.commits.get(call.path.sha ?? '');
      if (commit === undefined) return refused(422, `No commit found for SHA: ${call.path.sha}`);
      const status: CommitStatus = {
        id: state.nextId(),
        sha: commit.sha,
        context: textAt(call.body, 'context') ?? 'default',
        state: textOf(call, 'state'),
        description: textAt(call.body, 'description') ?? null,
        targetUrl: textAt(call.body, 'target_url') ?? null,
        creator: botOf(appOf(call)),
        at: state.now(),
      };
      repository.statuses.push(status);
      return created(statusShape(state, repository, status));
    }),
  },
  'GET /repos/{owner}/{repo}/commits/{ref}/statuses': {
    needs: 'statuses:read',
    handle: inRepository((state, { path }, repository) => {
      const commit = resolved(repository, path.ref ?? '');
      if (commit === undefined) return notFound;
      const found: Json[] = repository.statuses
        .filter(({ sha }) => sha === commit.sha)
        .map((status) => statusShape(state, repository, status));
      return listed(found.toReversed().map((each) => objectAt({ each }, 'each')));
    }),
  },
};

export const checkRoutes: Routes = { ...runs, ...statuses };
