import { Gauge, type Registry } from 'prom-client';
import type { Clock } from '#core-values';
import { countDirtySubjects, type SubjectCounts } from '#github';
import type { Db } from '#platform';
import type { BuiltGitHub } from './build-github.ts';

/** `/metrics` answers everybody who can reach it: the database is asked this often at most. */
const FRESH_MS = 10_000;

/** Adds what is known of GitHub to the metrics; deliveries and limits are those of this replica. */
export function registerGitHubFigures(
  registry: Registry,
  { db, clock }: { readonly db: Db; readonly clock: Clock },
  github: Pick<BuiltGitHub, 'deliveries' | 'rateLimits'>,
): void {
  const registers = [registry];
  new Gauge({
    name: 'sekisho_github_deliveries',
    help: 'Webhook deliveries of GitHub since the start of this process, by what came of them.',
    labelNames: ['outcome'],
    registers,
    collect() {
      for (const outcome of ['marked', 'ignored', 'repeated', 'refused'])
        this.set({ outcome }, github.deliveries.get(outcome) ?? 0);
    },
  });
  new Gauge({
    name: 'sekisho_github_rate_limit_remaining',
    help: 'What GitHub last said is left of a rate limit, by App and installation.',
    labelNames: ['installation'],
    registers,
    collect() {
      this.reset();
      for (const { name, remaining } of github.rateLimits()) this.set({ installation: name }, remaining);
    },
  });
  let known: { readonly at: number; readonly answer: Promise<SubjectCounts | undefined> } | undefined;
  /** Not a number where the database does not answer: then most of all the rest of the metrics is wanted. */
  const counted = (): Promise<SubjectCounts | undefined> => {
    const now = clock.now();
    if (known === undefined || now - known.at >= FRESH_MS)
      known = { at: now, answer: countDirtySubjects(db, clock).catch(() => undefined) };
    return known.answer;
  };
  new Gauge({
    name: 'sekisho_github_subjects_dirty',
    help: 'Pull requests and other subjects that GitHub may show out of date.',
    registers,
    async collect() {
      this.set((await counted())?.dirty ?? Number.NaN);
    },
  });
  new Gauge({
    name: 'sekisho_github_oldest_dirty_seconds',
    help: 'How long the subject that waits longest has been out of date.',
    registers,
    async collect() {
      this.set((await counted())?.oldestSeconds ?? Number.NaN);
    },
  });
}
