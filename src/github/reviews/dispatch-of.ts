import type { Dispatch, ManualRun } from '#changes';
import { err, ok, type Problem, problem, type Result, text } from '#core-values';
import type { Db } from '#platform';
import { hostOfIssuer } from '../api/host.ts';
import { connectedApps } from '../store/apps.ts';
import { dispatchedRun } from '../store/dispatched-runs.ts';

export interface DispatchRoom {
  readonly db: Db;
  readonly pause: (ms: number) => Promise<void>;
}

/** A job may be there before what GitHub answered to us is kept: it is looked for a few times. */
const LOOKS = 5;
const BETWEEN_MS = 1_000;

/** Who started a manual run, and what for, by what we kept when our App started it; GitHub is not asked. */
export async function dispatchOf(
  { db, pause }: DispatchRoom,
  { issuer, repositoryId: id, runId, actorName }: ManualRun,
): Promise<Result<Dispatch, Problem>> {
  const host = hostOfIssuer(issuer.url);
  if (host === undefined) return ok({ kind: 'not-connected' });
  for (let look = 1; ; look += 1) {
    const known = await dispatchedRun(db, { host, id }, runId);
    if (known !== undefined) return ok({ kind: 'by-app', ...known });
    const apps = (await connectedApps(db)).filter((app) => app.host === host);
    if (apps.length === 0) return ok({ kind: 'not-connected' });
    // https://docs.github.com/en/apps/creating-github-apps: what an App does is done by the user `slug[bot]`.
    const isOurs = apps.some(({ slug }) => `${slug}[bot]` === actorName);
    if (!isOurs) return ok({ kind: 'by-hand' });
    if (look === LOOKS) return err(unknownRun(runId));
    await pause(BETWEEN_MS);
  }
}

const unknownRun = (runId: string): Problem =>
  problem('denied', {
    rule: 'plan.unknown-dispatch',
    message: text(
      `Sekisho’s GitHub App started run ${runId}, but Sekisho does not know what for: whose change it plans cannot be told.`,
      `実行 ${runId} は Sekisho の GitHub App が起動したものですが、目的の記録がないため、誰の変更のプランか判別できません。`,
    ),
    remedy: text(
      'Write the command on the pull request again (`/sekisho plan`). If Sekisho did not start the run, somebody else has the App’s key: replace it.',
      'プルリクエストでもう一度コマンド(`/sekisho plan`)を実行してください。Sekisho が起動した実行でなければ、App の秘密鍵が漏れています。鍵を交換してください。',
    ),
  });
