import type { Json } from '../../../../src/core-values/index.ts';
import { checkRunShape, checkSuiteShape } from '../shapes/checks.ts';
import type { App, CheckRun, CheckSuite, Repository, State } from '../state.ts';

export interface CheckChange {
  readonly name?: string | undefined;
  readonly status?: string | undefined;
  readonly conclusion?: string | undefined;
  readonly detailsUrl?: string | undefined;
  readonly startedAt?: string | undefined;
  readonly completedAt?: string | undefined;
  readonly output?:
    | {
        readonly title: string | undefined;
        readonly summary: string | undefined;
        readonly text: string | undefined;
      }
    | undefined;
  readonly annotations?: readonly Json[];
  readonly actions?: readonly Json[] | undefined;
}

/** One for each App and commit, made when the commit is pushed. */
export function suiteOf(state: State, repository: Repository, app: App, sha: string): CheckSuite {
  const found = repository.checkSuites.values().find((suite) => suite.app === app && suite.sha === sha);
  if (found !== undefined) return found;
  const branch = [...repository.branches].find(([, head]) => head === sha)?.[0] ?? null;
  const suite: CheckSuite = { id: state.nextId(), app, sha, branch, createdAt: state.now() };
  repository.checkSuites.set(suite.id, suite);
  return suite;
}

/** GitHub asks each App that may write checks for its checks of a new commit. */
export function requestSuite(
  state: State,
  repository: Repository,
  app: App,
  sha: string,
  sender: string,
): void {
  const suite = suiteOf(state, repository, app, sha);
  toldOfSuite(state, repository, suite, 'requested', sender);
}

export function toldOfSuite(
  state: State,
  repository: Repository,
  suite: CheckSuite,
  action: 'requested' | 'rerequested' | 'completed',
  sender: string,
): void {
  const payload = { check_suite: checkSuiteShape(state, repository, suite) };
  state.emit({ event: 'check_suite', action, sender, repository, app: suite.app, payload });
}

export function toldOfRun(
  state: State,
  repository: Repository,
  run: CheckRun,
  action: 'created' | 'completed' | 'rerequested',
  sender: string,
): void {
  const payload = {
    check_run: {
      ...checkRunShape(state, repository, run),
      check_suite: checkSuiteShape(state, repository, run.suite),
    },
  };
  state.emit({ event: 'check_run', action, sender, repository, app: run.suite.app, payload });
}

/** A new one every time: GitHub makes a second of the same name and external id if asked twice. */
export function addCheckRun(
  state: State,
  repository: Repository,
  app: App,
  made: { readonly sha: string; readonly externalId: string; readonly change: CheckChange },
): CheckRun {
  const run: CheckRun = {
    id: state.nextId(),
    suite: suiteOf(state, repository, app, made.sha),
    name: made.change.name ?? '',
    externalId: made.externalId,
    detailsUrl: null,
    status: 'queued',
    conclusion: null,
    startedAt: state.now(),
    completedAt: null,
    output: { title: null, summary: null, text: null },
    annotations: [],
    actions: [],
  };
  repository.checkRuns.set(run.id, run);
  changed(state, run, made.change);
  toldOfRun(state, repository, run, 'created', `${app.slug}[bot]`);
  if (run.status === 'completed') toldOfRun(state, repository, run, 'completed', `${app.slug}[bot]`);
  return run;
}

export function changeCheckRun(
  state: State,
  repository: Repository,
  run: CheckRun,
  change: CheckChange,
): void {
  const wasDone = run.status === 'completed';
  changed(state, run, change);
  if (!wasDone && run.status === 'completed')
    toldOfRun(state, repository, run, 'completed', `${run.suite.app.slug}[bot]`);
}

function changed(state: State, run: CheckRun, change: CheckChange): void {
  // A conclusion says `completed`; any other status takes the conclusion back.
  run.status = change.conclusion === undefined ? (change.status ?? run.status) : 'completed';
  run.conclusion = run.status === 'completed' ? (change.conclusion ?? run.conclusion) : null;
  run.detailsUrl = change.detailsUrl ?? run.detailsUrl;
  run.startedAt = change.startedAt ?? run.startedAt;
  run.completedAt =
    run.status === 'completed' ? (change.completedAt ?? run.completedAt ?? state.now()) : null;
  if (change.output !== undefined) {
    run.output = {
      title: change.output.title ?? run.output.title,
      summary: change.output.summary ?? run.output.summary,
      text: change.output.text ?? run.output.text,
    };
  }
  // Annotations of an update come on top of those that are there.
  run.annotations.push(...(change.annotations ?? []));
  run.actions = change.actions ?? run.actions;
}
