import type { Person } from '#accounts/core';
import { type AuditSubject, appendAudit } from '#audit';
import {
  type AuditEntryId,
  err,
  ok,
  type Problem,
  parseStackName,
  problem,
  type Result,
  text,
} from '#core-values';
import { inTransaction, type Tx, uuidV7 } from '#platform';
import { insertLeftOut, putBack, selectUnused } from './experience.ts';
import type { TrailRoom } from './room.ts';

export type DecidingRoom = Pick<TrailRoom, 'db' | 'clock' | 'organization' | 'appliesToBelieve'>;

interface Decided {
  readonly auditEntry: AuditEntryId;
}

export interface LeavingOut {
  readonly type: string;
  readonly action: string;
  /** Every stack if absent. */
  readonly stack?: string;
  readonly reason: string;
  readonly person: Person;
}

/** Leaves an action out of what a type is granted: only one that enough applies were granted and none ever called. */
export async function leaveOut(room: DecidingRoom, asked: LeavingOut): Promise<Result<Decided, Problem>> {
  const { type, action, reason, person } = asked;
  const stack = asked.stack === undefined ? undefined : parseStackName(asked.stack);
  const isUnknown =
    asked.stack !== undefined && !room.organization().stacks.some(({ name }) => name === stack);
  if (isUnknown) return err(stackUnknown(asked.stack ?? ''));
  const atLeast = room.appliesToBelieve;
  const unused = (await selectUnused(room.db, atLeast)).find(
    (one) => one.type === type && one.action === action,
  );
  if (unused === undefined) return err(notUnused(type, action, atLeast));
  const at = room.clock.now();
  const id = `lft_${uuidV7(at)}`;
  return inTransaction(room.db, async (tx): Promise<Result<Decided, Problem>> => {
    const left = { id, type, action, reason, by: person.name, at, ...(stack !== undefined && { stack }) };
    if (!(await insertLeftOut(tx, left))) return err(leftOutAlready(type, action));
    const subject: AuditSubject = stack === undefined ? { other: 'needs of every stack' } : { stack };
    const { applies, since, provider } = unused;
    const auditEntry = await appendAudit(tx, {
      ...{
        at,
        kind: 'needs.left-out',
        actor: { kind: 'person', name: person.name },
        subject,
        outcome: 'done',
      },
      evidence: { id, type, action, reason, provider, applies, since: new Date(since).toISOString() },
    });
    return ok({ auditEntry });
  });
}

/** Undoes it, for plans that come from now on. */
export function putBackWhatWasLeftOut(
  room: DecidingRoom,
  asked: { readonly id: string; readonly person: Person },
): Promise<Result<Decided, Problem>> {
  const { id, person } = asked;
  return inTransaction(room.db, async (tx: Tx): Promise<Result<Decided, Problem>> => {
    const at = room.clock.now();
    const back = await putBack(tx, id, person.name, at);
    if (back === undefined) return err(nothingLeftOut(id));
    const { stack, type, action } = back;
    const auditEntry = await appendAudit(tx, {
      ...{ at, kind: 'needs.put-back', actor: { kind: 'person', name: person.name }, outcome: 'done' },
      subject: stack === undefined ? { other: 'needs of every stack' } : { stack },
      evidence: { id, type, action },
    });
    return ok({ auditEntry });
  });
}

const SHOWN = text(
  '`sekisho needs unused` shows what can be left out, and what is.',
  '`sekisho needs unused` で、除外できるものと除外済みのものを確認できます。',
);

const stackUnknown = (stack: string): Problem =>
  problem('not-found', {
    rule: 'stack.unknown',
    message: text(`There is no stack “${stack}”.`, `スタック「${stack}」はありません。`),
    remedy: text('List the stacks with `sekisho stacks`.', '`sekisho stacks` で一覧を確認してください。'),
  });

const notUnused = (type: string, action: string, atLeast: number): Problem =>
  problem('conflict', {
    rule: 'needs.not-unused',
    message: text(
      `It is not so that at least ${atLeast} applies were granted ${action} for ${type} and none called it.`,
      `${type} の ${action} は、${atLeast} 回以上の適用で許可され一度も呼び出されなかった操作ではありません。`,
    ),
    remedy: SHOWN,
  });

const leftOutAlready = (type: string, action: string): Problem =>
  problem('conflict', {
    rule: 'needs.left-out-already',
    message: text(
      `${action} is left out of ${type} already.`,
      `${type} の ${action} はすでに除外されています。`,
    ),
    remedy: SHOWN,
  });

const nothingLeftOut = (id: string): Problem =>
  problem('not-found', {
    rule: 'needs.nothing-left-out',
    message: text(`Nothing of the id “${id}” is left out.`, `ID「${id}」で除外されているものはありません。`),
    remedy: SHOWN,
  });
