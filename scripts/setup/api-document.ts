import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentOf } from '../../src/main/environment.ts';
import { startServer } from '../../src/main/server.ts';

const GUIDE = join(import.meta.dirname, '../../docs/adopt.md');

/** The API document as a server on this database hands it out, which runs the sekisho.yaml of the guide. */
export async function servedApiDocument(databaseUrl: string): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'sekisho-api-document-'));
  try {
    const guide = await readFile(GUIDE, 'utf8');
    const yaml = /^# yaml-language-server[\s\S]*?^```/m.exec(guide)?.[0].replace(/```$/, '') ?? '';
    await writeFile(join(folder, 'sekisho.yaml'), `${yaml}  listen: { port: 0 }\n`);
    const variables = { DATABASE_URL: databaseUrl, SEKISHO_LOG_LEVEL: 'error' };
    const server = await startServer(environmentOf(variables, { cwd: folder }));
    if (!server.ok) throw new Error(server.error.reasons[0].message.en);
    try {
      return await (await fetch(`${server.value.url}/v1/openapi.json`)).json();
    } finally {
      await server.value.close();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}
