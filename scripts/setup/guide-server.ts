import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentOf } from '../../src/main/environment.ts';
import { startServer } from '../../src/main/server.ts';

const GUIDE = join(import.meta.dirname, '../../docs/adopt.md');

/** Asks a server on this database, which runs the sekisho.yaml of the guide, and stops it. */
export async function askGuideServer<T>(databaseUrl: string, ask: (url: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sekisho-guide-server-'));
  try {
    const guide = await readFile(GUIDE, 'utf8');
    const yaml = /^# yaml-language-server[\s\S]*?^```/m.exec(guide)?.[0].replace(/```$/, '') ?? '';
    await writeFile(join(folder, 'sekisho.yaml'), `${yaml}  listen: { port: 0 }\n`);
    const variables = { DATABASE_URL: databaseUrl, SEKISHO_LOG_LEVEL: 'error' };
    const server = await startServer(environmentOf(variables, { cwd: folder }));
    if (!server.ok) throw new Error(server.error.reasons[0].message.en);
    try {
      return await ask(server.value.url);
    } finally {
      await server.value.close();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

export const apiDocument = async (url: string): Promise<unknown> =>
  (await fetch(`${url}/v1/openapi.json`)).json();
