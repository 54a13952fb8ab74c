import { randomInt } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exampleRequest } from '../src/credentials/core/example-grant.ts';
import { migrateDatabase, openDatabase, startEmbeddedPostgres } from '../src/platform/index.ts';
import { killReconciliation, MOMENTS, type Moment } from '../src/trail/testing/kills.ts';

// node bench/reconcile-kills.ts [ROUNDS]: kill -9 of a process that reads a trail, 5 times a round, 6 rounds unless told otherwise.

const rounds = Number(process.argv[2] ?? 6);
const KILLS_A_ROUND = 5;
const directory = await mkdtemp(join(tmpdir(), 'sekisho-reconcile-kills-'));
await chmod(directory, 0o711);
const startMs = performance.now();
const broken: string[] = [];
for (let round = 0; round < rounds; round += 1) {
  const server = unwrap(await startEmbeddedPostgres({ directory: join(directory, `data-${round}`) }));
  unwrap(await migrateDatabase(server.url));
  const database = unwrap(await openDatabase(server.url));
  const folder = join(directory, `trail-${round}`);
  await mkdir(folder);
  const moments = Array.from(
    { length: KILLS_A_ROUND },
    (): Moment => `${MOMENTS[randomInt(MOMENTS.length)] ?? 'alarm'}:${randomInt(1, 12)}`,
  );
  const found = await killReconciliation({
    ...{ db: database.db, databaseUrl: server.url, folder, moments },
    requests: [1, 2, 3].map(exampleRequest),
  });
  broken.push(...found.map((one) => `${one} (killed before ${moments.join(', ')})`));
  await database.close();
  await server.stop();
}
console.log(
  JSON.stringify({
    benchmark: 'reconcile-kills',
    ...{ rounds, kills: rounds * KILLS_A_ROUND, broken },
    seconds: Math.round((performance.now() - startMs) / 1000),
  }),
);
await rm(directory, { recursive: true, force: true });
process.exitCode = broken.length === 0 ? 0 : 1;

function unwrap<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown },
): T {
  if (result.ok) return result.value;
  throw new Error(JSON.stringify(result.error));
}
