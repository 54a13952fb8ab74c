import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { epochMs } from '#core-values';
import type { Db } from '#platform';
import { findingMessage } from '../core/index.ts';
import { selectFindings } from '../store.ts';
import { deliveredTrail } from './delivered-trail.ts';
import { APPROVED, type ApplyRequest, applyPlan, records } from './example-applies.ts';

// For tests and benchmarks: a process that reconciles, killed again and again, and whether all is as if it had not been.

const PROCESS = fileURLToPath(new URL('./reconcile-process.ts', import.meta.url));
const FILES = 24;

export interface Kills {
  readonly db: Db;
  readonly databaseUrl: string;
  /** An empty folder. */
  readonly folder: string;
  /** Of at least two grants; the last one is a thief's. */
  readonly requests: readonly ApplyRequest[];
  /** One for each run that is killed. */
  readonly moments: readonly Moment[];
}

/** What a run is killed before: writing to the database, in whichever transaction that is, or telling people. */
export const MOMENTS = [
  ...['INSERT trail_files', 'INSERT trail_calls', 'INSERT trail_findings', 'SELECT audit_append'],
  ...[
    'UPDATE trail_files',
    'INSERT observed_applies',
    'INSERT observed_actions',
    'INSERT trail_runs',
    'alarm',
  ],
] as const;

/** Before the so-manieth time. */
export type Moment = `${(typeof MOMENTS)[number]}:${number}`;

/** What does not hold afterwards; empty where everything was counted once, found once, and told. */
export async function killReconciliation(kills: Kills): Promise<readonly string[]> {
  const { db, requests } = kills;
  for (const [at, request] of requests.entries()) await applyPlan(db, request, at + 1);
  const delivered = await deliver(kills);
  for (const moment of kills.moments) await run(kills, moment);
  const ends = [await run(kills), await run(kills)];
  const findings = await selectFindings(db, epochMs(0), 1000);
  const heard = new Set((await readFile(toldIn(kills), 'utf8')).split('\n'));
  const untold = findings.map((one) => findingMessage(one).en).filter((message) => !heard.has(message));
  const { rows: counted } = await sql<{ applies: number; called: number }>`
    SELECT DISTINCT applies, called FROM observed_steps JOIN observed_actions USING (provider, resource_type, step)
    WHERE resource_type = 'aws_mq_broker'`.execute(db);
  const honest = requests.length - 1;
  const facts: readonly (readonly [string, unknown, unknown])[] = [
    ['the last runs', ends, ['done', 'done']],
    ['files', await countOf(db, sql`trail_files`), delivered.files],
    ['calls', await countOf(db, sql`trail_calls`), delivered.calls],
    ['findings', findings.map(({ rule }) => rule), Array(FILES).fill('trail.unexplained-call')],
    ['audited findings', await countOf(db, sql`audit_entries WHERE kind = 'trail.finding'`), FILES],
    ['findings nobody was told of', untold, []],
    ['observed applies', counted, [{ applies: honest, called: honest }]],
  ];
  return facts.flatMap(([what, is, should]) => {
    const [left, right] = [JSON.stringify(is), JSON.stringify(should)];
    return left === right ? [] : [`${what}: ${left} in place of ${right}`];
  });
}

const toldIn = ({ folder }: Kills): string => join(folder, 'told');

/** Every grant's calls over many files, most calls in two of them; of the thief's each is a finding. */
async function deliver({
  requests,
  folder,
}: Kills): Promise<{ readonly calls: number; readonly files: number }> {
  const trail = deliveredTrail();
  const thief = Array.from(
    { length: FILES },
    (_, at) => ['mq', 'DeleteBroker', { brokerName: `b-${at}` }] as const,
  );
  const calls = requests.flatMap(({ id }, at) =>
    records(id, at + 1, at === requests.length - 1 ? thief : APPROVED),
  );
  const names = Array.from({ length: FILES }, (_, at) =>
    trail.log(
      `03${30 + at}`,
      calls.filter((_, index) => index % FILES === at || (index + 1) % FILES === at),
    ),
  );
  trail.digest('04', names);
  for (const hour of ['05', '06']) trail.digest(hour, []);
  for (const [name, { bytes, signature }] of trail.files) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
    if (signature !== undefined)
      await writeFile(join(folder, `${name}.metadata.json`), JSON.stringify({ signature }));
  }
  await writeFile(join(folder, 'public-keys.json'), JSON.stringify(trail.publicKeys));
  await writeFile(join(folder, 'told'), '');
  return { calls: calls.length, files: trail.files.size };
}

/** Until it is done, or killed. Answers what it said. */
async function run(kills: Kills, moment?: Moment): Promise<string> {
  const argv = [PROCESS, '--database', kills.databaseUrl, '--folder', kills.folder, '--told', toldIn(kills)];
  const dying = moment === undefined ? [] : ['--die', moment];
  const child = spawn(process.execPath, [...argv, ...dying], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  await once(child, 'close');
  return said.trim();
}

async function countOf(db: Db, of: ReturnType<typeof sql>): Promise<number> {
  const { rows } = await sql<{ count: number }>`SELECT count(*)::int AS count FROM ${of}`.execute(db);
  return rows[0]?.count ?? -1;
}
