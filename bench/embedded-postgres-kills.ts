import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killWriters } from '../src/platform/postgres/crash-testing.ts';

// node bench/embedded-postgres-kills.ts [ROUNDS]: kill -9 of a writing process, 30 times unless told otherwise.

const rounds = Number(process.argv[2] ?? 30);
const directory = await mkdtemp(join(tmpdir(), 'sekisho-kills-'));
await chmod(directory, 0o711);
const startMs = performance.now();
const { acknowledged, lost } = await killWriters(directory, rounds);
console.log(
  JSON.stringify({
    benchmark: 'embedded-postgres-kills',
    rounds,
    acknowledged,
    lost: lost.length,
    seconds: Math.round((performance.now() - startMs) / 1000),
  }),
);
await rm(directory, { recursive: true, force: true });
process.exitCode = lost.length === 0 ? 0 : 1;
