import canonicalize from 'canonicalize';
import type { JsonObject } from '#core-values';
import type { Message, NewsFacts } from './message.ts';

/**
 * What our webhooks carry: docs/messages.md. Facts for programs, and the words for people; whoever acts on it asks Sekisho's API,
 * because by then more may have happened.
 */
export function webhookBody(
  message: Message,
  { news, entry, plan, environment }: NewsFacts,
  thread: string,
): string {
  const body: JsonObject = {
    version: 1,
    kind: news.kind,
    at: entry.at,
    thread,
    ...(news.stack === undefined ? {} : { stack: news.stack }),
    ...(environment === undefined ? {} : { environment }),
    ...(plan === undefined
      ? {}
      : {
          plan: {
            id: plan.id,
            state: plan.state,
            fingerprint: plan.fingerprint,
            repository: plan.repository,
            ref: plan.ref,
            commit: plan.commit,
          },
        }),
    auditEntry: String(news.position),
    auditKind: entry.kind,
    reasons: entry.reasons,
    title: message.title,
    lines: message.lines,
    ...(message.next === undefined ? {} : { next: message.next }),
  };
  const words = canonicalize(body);
  if (words === undefined) throw new Error('A webhook body is not JSON.');
  return words;
}

/** What is signed, by https://www.standardwebhooks.com: `id.timestamp.body`. */
export const signedWords = (id: string, atSeconds: number, body: string): string =>
  `${id}.${atSeconds}.${body}`;
