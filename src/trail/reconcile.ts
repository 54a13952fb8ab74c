import { type AuditActor, appendAudit } from '#audit';
import { type EpochMs, epochMs, formatTime, ok, type Problem, parseGrantId, type Result } from '#core-values';
import { inTransaction } from '#platform';
import { type DeliveredName, findingMessage, parseDeliveredName } from './core/index.ts';
import { trailReadUntil } from './counts.ts';
import { findWhatIsMissing } from './late.ts';
import { observeApplies } from './observe.ts';
import { readDigest } from './read-digest.ts';
import { type KnownGrants, readLog } from './read-log.ts';
import type { TrailRoom } from './room.ts';
import { insertRun, type RunDone, selectUnalarmed, unreadOf, updateAlarmed } from './store.ts';

export interface ReconcileRequest {
  /** Files of this day and later; else two days before the last run that read everything. */
  readonly since?: EpochMs;
  readonly by: AuditActor;
  /** Asked after each file: whether to stop here and leave the rest to the next run. */
  readonly isEnough: () => boolean;
}

export interface Reconciled extends RunDone {
  /** How many delivered files are still to be read. */
  readonly left: number;
  /** Why it ended early; what was read until then is kept. */
  readonly problem?: Problem;
}

const DAY_MS = 86_400_000;
/** Files come late, and a day's folder gets files after midnight. */
const BACK_MS = 2 * DAY_MS;

/**
 * Reads what the trail has delivered since, compares it, records what is new, and tells people. Each file in a transaction of its own: it
 * may be killed at any time, run twice at once, and asked again.
 */
export async function reconcile(room: TrailRoom, request: ReconcileRequest): Promise<Reconciled> {
  const startedAt = room.clock.now();
  const since = request.since ?? epochMs(((await trailReadUntil(room.db)) ?? startedAt) - BACK_MS);
  const totals = { files: 0, calls: 0, findings: 0, left: 0 };
  const read = await readAll(room, since, request.isEnough, totals);
  if (read.ok && totals.left === 0) totals.findings += await findWhatIsMissing(room, startedAt);
  if (read.ok && totals.left === 0) await observeApplies(room, startedAt);
  const { left, ...counts } = totals;
  const run: RunDone = { startedAt, since, complete: read.ok && left === 0, ...counts };
  await recordRun(room, run, left, request.by, read.ok ? undefined : read.error);
  await tellPeople(room);
  return { ...run, left, ...(read.ok ? {} : { problem: read.error }) };
}

interface Totals {
  files: number;
  calls: number;
  findings: number;
  left: number;
}

/** Log files first, then digests in the order of their chains: a digest compares what was read. */
async function readAll(
  room: TrailRoom,
  since: EpochMs,
  isEnough: () => boolean,
  totals: Totals,
): Promise<Result<void, Problem>> {
  const grants: KnownGrants = new Map();
  const delivered = await unreadFiles(room, since);
  if (!delivered.ok) return delivered;
  totals.left = delivered.value.length;
  for (const { name, of } of delivered.value) {
    if (isEnough()) return ok(undefined);
    const outcome =
      of.kind === 'log' ? await readLog(room, name, of, grants) : await readDigest(room, name, of, grants);
    if (!outcome.ok) return outcome;
    totals.left -= 1;
    if (outcome.value === 'gone') continue;
    totals.files += 1;
    totals.calls += outcome.value.calls;
    totals.findings += outcome.value.findings;
  }
  return ok(undefined);
}

interface Unread {
  readonly name: string;
  readonly of: DeliveredName;
}

async function unreadFiles(room: TrailRoom, since: EpochMs): Promise<Result<readonly Unread[], Problem>> {
  const found: string[] = [];
  const accounts = await accountFolders(room);
  if (!accounts.ok) return accounts;
  const day = formatTime(since).slice(0, 10).replaceAll('-', '/');
  for (const account of accounts.value) {
    for (const kind of ['CloudTrail', 'CloudTrail-Digest']) {
      const regions = await room.trail.files.folders(`${account}${kind}/`);
      if (!regions.ok) return regions;
      for (const region of regions.value) {
        const names = await room.trail.files.list(region, `${region}${day}`);
        if (!names.ok) return names;
        found.push(...(await unreadOf(room.db, names.value)));
      }
    }
  }
  const unread = found.flatMap((name): readonly Unread[] => {
    const of = parseDeliveredName(name);
    return of === undefined ? [] : [{ name, of }];
  });
  const order = ({ of, name }: Unread): string => `${of.kind === 'log' ? 0 : 1} ${formatTime(of.at)} ${name}`;
  return ok(unread.toSorted((a, b) => (order(a) < order(b) ? -1 : 1)));
}

/** Of the accounts in sekisho.yaml only; an organization's trail has a folder more. */
async function accountFolders({
  trail,
  organization,
}: TrailRoom): Promise<Result<readonly string[], Problem>> {
  const ids = new Set<string>(organization().accounts.map(({ id }) => id));
  const last = (folder: string): string => folder.split('/').at(-2) ?? '';
  const top = await trail.files.folders(`${trail.prefix}AWSLogs/`);
  if (!top.ok) return top;
  const found = top.value.filter((folder) => ids.has(last(folder)));
  for (const folder of top.value.filter((folder) => last(folder).startsWith('o-'))) {
    const below = await trail.files.folders(folder);
    if (!below.ok) return below;
    found.push(...below.value.filter((inner) => ids.has(last(inner))));
  }
  return ok(found);
}

const recordRun = (
  room: TrailRoom,
  run: RunDone,
  left: number,
  actor: AuditActor,
  why: Problem | undefined,
): Promise<void> =>
  inTransaction(room.db, async (tx) => {
    const { startedAt, since, files, calls, findings } = run;
    await insertRun(tx, run, room.clock.now());
    await appendAudit(tx, {
      at: room.clock.now(),
      kind: why === undefined ? 'trail.reconciled' : 'trail.reconcile-failed',
      actor,
      subject: { other: 'trail' },
      outcome: why === undefined ? 'done' : 'failed',
      ...(why !== undefined && { reasons: why.reasons }),
      evidence: { since: formatTime(since), startedAt: formatTime(startedAt), files, calls, findings, left },
    });
  });

const LOUD: ReadonlySet<string> = new Set(['critical', 'high']);

/** A finding counts as told once the alarm is out: after a crash in between, people are told again. */
async function tellPeople({ db, alarm, clock }: TrailRoom): Promise<void> {
  const untold = await selectUnalarmed(db);
  for (const { rule, severity, facts, grant } of untold) {
    if (!LOUD.has(severity)) continue;
    const id = parseGrantId(grant ?? '');
    const message = findingMessage({ rule, facts }).en;
    alarm({ rule, severity, message, ...(id !== undefined && { grant: id }) });
  }
  await updateAlarmed(
    db,
    untold.map(({ key }) => key),
    clock.now(),
  );
}
