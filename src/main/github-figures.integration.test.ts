import { sql } from 'kysely';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { handClock } from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { registerGitHubFigures } from './github-figures.ts';

const clock = handClock();
let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => database.close());

const github = {
  deliveries: new Map([['marked', 3]]),
  rateLimits: () => [{ name: 'gha_1/42', remaining: 4990 }],
};
const dirty = (key: string) =>
  sql`
  INSERT INTO github_subjects (kind, host, repository_id, key, dirty_since, next_try_at)
  VALUES ('pull-request', 'github.com', '7', ${key}, ${new Date(clock.now() - 90_000)}, now())`.execute(
    database.db,
  );

test('the figures of GitHub tell deliveries, limits, how much is out of date and for how long; the database is asked every ten seconds at most', async () => {
  const registry = new Registry();
  registerGitHubFigures(registry, { db: database.db, clock }, github);
  await dirty('1');
  const words = await registry.metrics();
  expect(words).toContain('\nsekisho_github_deliveries{outcome="marked"} 3\n');
  expect(words).toContain('\nsekisho_github_deliveries{outcome="refused"} 0\n');
  expect(words).toContain('\nsekisho_github_rate_limit_remaining{installation="gha_1/42"} 4990\n');
  expect(words).toContain('\nsekisho_github_oldest_dirty_seconds 90\n');
  await dirty('2');
  expect(await registry.metrics()).toContain('\nsekisho_github_subjects_dirty 1\n');
  clock.advance(10_000);
  expect(await registry.metrics()).toContain('\nsekisho_github_subjects_dirty 2\n');
});

test('they leave the other metrics in place when the database is gone', async () => {
  const registry = new Registry();
  const gone = await testDatabase();
  registerGitHubFigures(registry, { db: gone.db, clock }, github);
  await gone.close();
  const words = await registry.metrics();
  expect(words).toContain('\nsekisho_github_subjects_dirty Nan\n');
  expect(words).toContain('\nsekisho_github_deliveries{outcome="marked"} 3\n');
});
