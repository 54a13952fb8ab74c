import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testDatabase } from '#platform/testing';
import { exampleRequest } from '../credentials/core/example-grant.ts';
import { killReconciliation } from './testing/kills.ts';

test('Killed while it reads files, digests or tells people, reconciliation counts nothing twice, finds everything once, and tells all of it', async () => {
  const database = await testDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'sekisho-trail-kills-'));
  try {
    const broken = await killReconciliation({
      ...{ db: database.db, databaseUrl: database.url, folder },
      requests: [1, 2, 3].map(exampleRequest),
      moments: [
        ...(['INSERT trail_calls:1', 'INSERT trail_findings:3', 'SELECT audit_append:2'] as const),
        ...(['UPDATE trail_files:1', 'INSERT observed_actions:2', 'alarm:3'] as const),
      ],
    });
    expect(broken).toEqual([]);
  } finally {
    await database.close();
    await rm(folder, { recursive: true });
  }
});
