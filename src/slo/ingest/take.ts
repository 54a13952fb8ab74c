import { sql } from 'kysely';
import { epochMs, type Problem } from '#core-values';
import type { Tx } from '#platform';
import type { LineCounts, UnparsedLine } from '../core/logs/lines.ts';
import { noFaults, unparsedOf } from '../core/logs/lines.ts';
import { LINE_FAULTS } from '../core/logs/parser.ts';
import { type RouteTable, routeTable } from '../core/routes/route-table.ts';
import { type Gathered, type Gatherer, gatherer } from '../core/spool/gather.ts';
import { requestJudges } from '../core/spool/judge.ts';
import { SLOT_MS, slotOf } from '../core/spool/rows.ts';
import type { SloRoom } from '../room.ts';
import { insertSpool, keptFrom, type PackedSlot, packed } from '../store/spool.ts';
import { masked } from './masked.ts';

/** Clocks of other machines may be ahead by so much. */
const AHEAD_MS = 5 * 60_000;
/** A late request makes its slot and the one before be judged again, and that one needs the requests before it. */
const SLOTS_BEHIND = 2;
const KEPT_LINES = 20;

export interface Taking {
  readonly routes: RouteTable;
  readonly gatherer: Gatherer;
}

/** Where requests are gathered that come now. */
export async function beginTaking(room: SloRoom): Promise<Taking> {
  const now = room.clock.now();
  const { rows } = await sql<{ slot: number }>`SELECT slot FROM slo_spool_floor`.execute(room.db);
  const floor = Math.max(rows[0]?.slot ?? 0, slotOf(now - room.keeping().retentionMs));
  const routes = routeTable({ patterns: requestJudges(room.definitions().definitions).patterns });
  const bounds = { fromMs: (floor + SLOTS_BEHIND) * SLOT_MS, toMs: now + AHEAD_MS };
  return { routes, gatherer: gatherer({ routes, pseudonym: room.pseudonym, ...bounds }) };
}

/** Requests with what became of the lines that told them, ready to be written. */
export interface Taken {
  readonly source: string;
  readonly gathered: Gathered;
  readonly parts: readonly PackedSlot[];
  readonly lines: LineCounts;
}

export async function readyToTake(source: string, gathered: Gathered, lines: LineCounts): Promise<Taken> {
  return { source, gathered, lines, parts: await packed(gathered) };
}

/** Of what comes without lines: each request is one. */
export const linesOfRequests = (requests: number): LineCounts => ({
  ...{ lines: requests, requests, skipped: 0 },
  unparsed: noFaults(),
  kept: [],
});

/** What was to be taken is too old by now: whoever comes again counts it as too late. */
export class ForgottenMeanwhile extends Error {}

export interface TakeOptions {
  /** Lines of the log before these. */
  readonly linesBefore?: number;
  readonly at: number;
  readonly problem?: Problem;
}

/** Puts requests into the spool, says which slots have something new, and counts what became of all lines; with what else `tx` does. */
export async function take(
  tx: Tx,
  taken: Taken,
  { at, linesBefore = 0, problem }: TakeOptions,
): Promise<void> {
  const { source, gathered, lines, parts } = taken;
  const floor = await keptFrom(tx);
  if (parts.some(({ slot }) => slot < floor + SLOTS_BEHIND)) throw new ForgottenMeanwhile();
  const newest = gathered.newestMs === undefined ? null : new Date(gathered.newestMs);
  await sql`
    INSERT INTO slo_sources AS known
      (name, revision, lines, requests, skipped, unparsed, too_late, too_early, newest_at, read_at, problem)
    VALUES (${source}, 1, ${lines.lines}, ${lines.requests}, ${lines.skipped}, ${unparsedOf(lines)},
      ${gathered.tooLate}, ${gathered.tooEarly}, ${newest}, ${new Date(at)}, ${problem === undefined ? null : JSON.stringify(problem)}::jsonb)
    ON CONFLICT (name) DO UPDATE SET revision = known.revision + 1, lines = known.lines + excluded.lines,
      requests = known.requests + excluded.requests, skipped = known.skipped + excluded.skipped,
      unparsed = known.unparsed + excluded.unparsed, too_late = known.too_late + excluded.too_late,
      too_early = known.too_early + excluded.too_early, newest_at = greatest(known.newest_at, excluded.newest_at),
      read_at = excluded.read_at, problem = excluded.problem`.execute(tx);
  await insertSpool(tx, source, parts, epochMs(at));
  for (const fault of LINE_FAULTS)
    if (lines.unparsed[fault] > 0)
      await keepUnparsed(tx, source, {
        ...{ fault, at, linesBefore },
        lines: lines.unparsed[fault],
        kept: lines.kept.filter((line) => line.fault === fault),
      });
}

interface UnparsedLines {
  readonly fault: string;
  readonly lines: number;
  readonly linesBefore: number;
  readonly kept: readonly UnparsedLine[];
  readonly at: number;
}

/** The first of each fault stay. */
async function keepUnparsed(
  tx: Tx,
  source: string,
  { fault, lines, linesBefore, kept, at }: UnparsedLines,
): Promise<void> {
  const shown = JSON.stringify(
    kept
      .slice(0, KEPT_LINES)
      .map(({ file, line, text }) => ({ log: file, line: line + linesBefore, text: masked(text) })),
  );
  await sql`
    INSERT INTO slo_unparsed AS known (source, fault, lines, kept, last_at)
    VALUES (${source}, ${fault}, ${lines}, ${shown}::jsonb, ${new Date(at)})
    ON CONFLICT (source, fault) DO UPDATE SET lines = known.lines + excluded.lines, last_at = excluded.last_at,
      kept = jsonb_path_query_array(known.kept || excluded.kept, '$[0 to 19]')`.execute(tx);
}
