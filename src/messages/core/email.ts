import type { Message } from './message.ts';

export interface Email {
  readonly subject: string;
  readonly text: string;
  /** `<…@…>`: the same for the same news, so that a message sent twice is one to whoever reads it. */
  readonly messageId: string;
  /** Of the thread's first message; it need not exist. */
  readonly inReplyTo: string;
}

/** `threadHash` and `newsId` are words of letters, digits, dots and hyphens; `host` is the server's own. */
export function emailOf(
  message: Message,
  {
    newsId,
    threadHash,
    host,
  }: { readonly newsId: string; readonly threadHash: string; readonly host: string },
): Email {
  const next = message.next === undefined ? [] : ['', `    ${message.next}`];
  return {
    subject: `[Sekisho] ${message.title}`,
    text: `${[message.title, '', ...message.lines, ...next].join('\n')}\n`,
    messageId: `<${newsId}@${host}>`,
    inReplyTo: `<thread.${threadHash}@${host}>`,
  };
}
