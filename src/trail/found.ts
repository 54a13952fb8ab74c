import { appendBounded } from '#audit';
import { type EpochMs, formatTime, type GrantId, parseStackName } from '#core-values';
import type { Tx } from '#platform';
import { findingMessage, type TrailFinding } from './core/index.ts';
import { type FindingFound, insertFinding } from './store.ts';

/** Whoever holds stolen credentials can cause findings as often as they like (docs/adr/0024). */
const MOST_PER_HOUR = 500;

/** The key of a finding about a call: the same call again, of the same grant or session, is the same finding. */
export const callKey = ({ rule, facts }: TrailFinding): string =>
  [rule, facts.grant ?? `${facts.role} ${facts.session}`, facts.action, facts.resource, facts.error]
    .map((part) => part ?? '')
    .join('|');

/** Keeps what is new, and then records it: the audit log's lock is the last of a transaction. Answers how many were new. */
export async function keepFindings(tx: Tx, found: readonly FindingFound[], at: EpochMs): Promise<number> {
  const fresh: FindingFound[] = [];
  for (const one of found) if (await insertFinding(tx, one, at)) fresh.push(one);
  for (const one of fresh) {
    const { rule, severity, facts, file, eventId } = one;
    const stack = parseStackName(facts.stack ?? '');
    const grant: GrantId | undefined = one.grant;
    await appendBounded(
      tx,
      {
        at,
        kind: 'trail.finding',
        actor: { kind: 'server', name: 'sekisho' },
        subject: {
          ...(stack !== undefined && { stack }),
          ...(grant !== undefined && { grant }),
          ...(grant === undefined && { other: 'trail' }),
        },
        outcome: 'failed',
        reasons: [{ rule, message: findingMessage(one) }],
        evidence: {
          severity,
          facts,
          ...(file !== undefined && { file }),
          ...(eventId !== undefined && { event: eventId }),
          foundAt: formatTime(at),
        },
      },
      [{ topic: 'findings in the trail', mostPerHour: MOST_PER_HOUR }],
    );
  }
  return fresh.length;
}
