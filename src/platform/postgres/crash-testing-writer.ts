import { Pool } from 'pg';
import { startEmbeddedPostgres } from './embedded.ts';

// node crash-testing-writer.ts DIRECTORY FIRST: prints "started", then each number once it is committed.

const [directory = '', first = ''] = process.argv.slice(2);
const server = await startEmbeddedPostgres({ directory });
if (!server.ok) throw new Error(server.error.reasons[0].message.en);
const pool = new Pool({ connectionString: server.value.url });
await pool.query('CREATE TABLE IF NOT EXISTS written (number bigint PRIMARY KEY)');
process.stdout.write('started\n');
let next = Number(first);
const write = async (): Promise<never> => {
  for (;;) {
    const number = next++;
    await pool.query('INSERT INTO written VALUES ($1)', [number]);
    process.stdout.write(`${number}\n`);
  }
};
await Promise.all([write(), write(), write(), write()]);
