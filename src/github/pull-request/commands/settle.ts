import type { Person } from '#accounts/core';
import { type AuditEntry, appendAudit, appendBounded } from '#audit';
import type { JsonObject, Reason } from '#core-values';
import { type ReceivedComment, settleComment } from '../../store/comments.ts';
import type { PullRequestRoom } from '../room.ts';

export type Settlement =
  /** Asked for nothing that changes anything. */
  | { readonly kind: 'ignored'; readonly why: string }
  | {
      readonly kind: 'refused';
      readonly reasons: readonly Reason[];
      readonly person?: Person;
      readonly url: string;
      readonly evidence?: JsonObject;
    }
  | {
      readonly kind: 'followed';
      readonly person: Person;
      readonly url: string;
      readonly evidence: JsonObject;
    };

/** Of strangers; anybody may comment on a public repository. */
const MOST_OF_REPOSITORY = 10;
const MOST_OF_ALL = 100;

/** Takes the comment for handled and writes it into the log, in one transaction; answers whether nobody else had. */
export function settle(
  { changes: { inTransaction, clock } }: PullRequestRoom,
  received: ReceivedComment,
  settlement: Settlement,
): Promise<boolean> {
  return inTransaction(async (tx) => {
    const now = clock.now();
    const outcome = settlement.kind === 'ignored' ? settlement.why : settlement.kind;
    if (!(await settleComment(tx, received, { outcome, now }))) return false;
    if (settlement.kind === 'ignored') return true;
    const { at, number, commentId, authorId } = received;
    const { person, url, evidence = {} } = settlement;
    const entry: AuditEntry = {
      at: now,
      kind: settlement.kind === 'followed' ? 'command.followed' : 'command.refused',
      actor:
        person === undefined ? { kind: 'server', name: 'sekisho' } : { kind: 'person', name: person.name },
      subject: {
        ...(person === undefined ? {} : { person: person.name }),
        other: `pull-request:${at.host}/${at.id}#${number}`,
      },
      outcome: settlement.kind === 'followed' ? 'allowed' : 'denied',
      ...(settlement.kind === 'refused' ? { reasons: settlement.reasons } : {}),
      evidence: { ...evidence, comment: commentId, author: authorId, url },
    };
    if (person === undefined) {
      const bounds = [
        { topic: 'commands of strangers', mostPerHour: MOST_OF_ALL },
        { topic: `commands of strangers in ${at.host} ${at.id}`, mostPerHour: MOST_OF_REPOSITORY },
      ];
      await appendBounded(tx, entry, bounds);
    } else await appendAudit(tx, entry);
    return true;
  });
}
