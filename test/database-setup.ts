import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { migrateDatabase, startEmbeddedPostgres } from '#platform';
import { onServer } from '../src/platform/database/test-server.ts';

/**
 * One PostgreSQL for a test run, with one migrated database that every test file copies.
 * `DATABASE_URL_TEST` names a real server to use instead; its user must be allowed to create databases.
 */
// biome-ignore lint/style/noDefaultExport: Vitest asks for the default export.
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startServer(process.env.DATABASE_URL_TEST);
  try {
    const template = await createTemplate(server.url);
    project.provide('testServer', { url: server.url, template });
    return async () => {
      await onServer(server.url, `DROP DATABASE ${template} WITH (FORCE)`);
      await server.stop();
    };
  } catch (cause) {
    await server.stop();
    throw cause;
  }
}

async function createTemplate(serverUrl: string): Promise<string> {
  const template = `sekisho_template_${randomBytes(8).toString('hex')}`;
  await onServer(serverUrl, `CREATE DATABASE ${template} TEMPLATE template0`);
  const url = new URL(serverUrl);
  url.pathname = `/${template}`;
  const migrated = await migrateDatabase(url.href);
  if (migrated.ok) return template;
  await onServer(serverUrl, `DROP DATABASE ${template} WITH (FORCE)`);
  throw new Error(migrated.error.reasons[0].message.en);
}

async function startServer(given: string | undefined): Promise<{ url: string; stop(): Promise<void> }> {
  if (given !== undefined) return { url: given, stop: async () => undefined };
  const directory = await mkdtemp(join(tmpdir(), 'sekisho-test-'));
  await chmod(directory, 0o711);
  const server = await startEmbeddedPostgres({ directory, unsafeWithoutDurability: true });
  if (!server.ok) throw new Error(server.error.reasons[0].message.en);
  return {
    url: server.value.url,
    stop: async () => {
      await server.value.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
