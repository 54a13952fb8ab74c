import type { Person } from '#accounts/core';
import { appendAudit, findAuditEntry } from '#audit';
import {
  type AuditEntryId,
  err,
  ok,
  type Problem,
  problem,
  type Result,
  type Text,
  text,
} from '#core-values';
import { inTransaction } from '#platform';
import type { Message, NewsFacts } from './core/index.ts';
import type { MessagesRoom, Reachable } from './room.ts';

/** Sends a test to one destination at once, and says at once what came of it; recorded, because somebody was told something. */
export async function sendTest(
  room: Pick<MessagesRoom, 'db' | 'clock' | 'destinations'>,
  { name, person }: { readonly name: string; readonly person: Person },
): Promise<Result<AuditEntryId, Problem>> {
  const reachable = room.destinations.find(({ destination }) => destination.name === name);
  if (reachable === undefined) return err(unknown(name, room.destinations));
  const auditEntry = await inTransaction(room.db, (tx) =>
    appendAudit(tx, {
      at: room.clock.now(),
      kind: 'message.tested',
      actor: { kind: 'person', name: person.name },
      subject: { other: `destination:${name}`, person: person.name },
      outcome: 'done',
    }),
  );
  const found = await findAuditEntry(room.db, auditEntry);
  if (!found.ok) return found;
  const entry = found.value.record;
  const facts: NewsFacts = { news: { kind: 'approved', position: entry.position }, entry };
  const sent = await reachable.sender.send({
    facts,
    message: testMessage(reachable, person),
    id: `${name}.${entry.position}`,
    thread: `entry ${entry.position}`,
  });
  return sent.ok ? ok(auditEntry) : err(notSent(name, sent.error.why));
}

const testMessage = (
  { destination: { name, kinds, language } }: Reachable,
  { name: who }: Person,
): Message => ({
  kind: 'approved',
  title: text(`A test from Sekisho to ${name}`, `Sekisho から ${name} へのテスト送信`)[language],
  lines: [
    text(`Sent by ${who}.`, `送信者: ${who}`)[language],
    text(`You will hear of: ${kinds.join(', ')}.`, `通知する種類: ${kinds.join('、')}`)[language],
  ],
});

function unknown(name: string, known: readonly Reachable[]): Problem {
  const names = known.map(({ destination }) => destination.name).join(', ');
  return problem('not-found', {
    rule: 'messages.no-such-destination',
    message: text(`There is no destination named ${name}.`, `${name} という送信先はありません。`),
    remedy:
      names === ''
        ? text(
            'Add one under `server.messages` in sekisho.yaml and restart the server (docs/messages.md).',
            'sekisho.yaml の `server.messages` に追加し、サーバーを再起動してください(docs/messages.ja.md)。',
          )
        : text(`Take one of: ${names}.`, `次のいずれかを指定してください: ${names}`),
  });
}

const notSent = (name: string, why: Text): Problem =>
  problem('outside-failed', {
    rule: 'messages.not-sent',
    message: text(`Nothing reached ${name}: ${why.en}`, `${name} に届きませんでした: ${why.ja}`),
    remedy: text(
      'Mend the destination in `server.messages` or at the other side, and try again.',
      '`server.messages` の設定か相手側を修正して、もう一度試してください。',
    ),
  });
