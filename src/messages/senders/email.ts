import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { SMTPClient, SMTPError, SMTPErrorStates } from 'emailjs';
import { err, ok, text } from '#core-values';
import { emailOf } from '../core/index.ts';
import type { NotDelivered, Sender } from '../sender.ts';

export interface MailServer {
  readonly from: string;
  readonly to: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly security: 'tls' | 'none';
  readonly login?: { readonly user: string; readonly password: string };
  /** Certificate authority to trust besides the system's; for tests. */
  readonly ca?: string;
  /** Of Sekisho itself: what message ids end in. */
  readonly ownHost: string;
}

const TIMEOUT_MS = 10_000;

/** One connection a message: there are few, and a mail server forgets who is silent. */
export const email = (server: MailServer): Sender => ({
  async send({ message, id, thread }) {
    const threadHash = createHash('sha256').update(thread).digest('hex').slice(0, 32);
    const mail = emailOf(message, { newsId: id, threadHash, host: server.ownHost });
    const client = clientOf(server);
    try {
      await client.sendAsync({
        from: server.from,
        to: server.to.join(', '),
        subject: mail.subject,
        text: mail.text,
        'message-id': mail.messageId,
        'in-reply-to': mail.inReplyTo,
        references: mail.inReplyTo,
        // No answers of absent people's machines: RFC 3834.
        'auto-submitted': 'auto-generated',
      });
      return ok({});
    } catch (cause) {
      return err(failureOf(cause));
    } finally {
      client.smtp.close(true);
    }
  },
});

const clientOf = ({ host, port, security, login, ca, ownHost }: MailServer): SMTPClient =>
  new SMTPClient({
    host,
    port,
    timeout: TIMEOUT_MS,
    domain: ownHost.split(':')[0] ?? 'localhost',
    ssl:
      security === 'tls'
        ? { ...(isIP(host) === 0 ? { servername: host } : {}), ...(ca === undefined ? {} : { ca }) }
        : false,
    ...(login === undefined ? {} : login),
  });

const STATES: ReadonlyMap<number, string> = new Map(
  Object.entries(SMTPErrorStates).map(([name, code]) => [code, name.toLowerCase()]),
);

const NOT_REACHED = text('The mail server could not be reached.', 'メールサーバーに接続できません。');

/** Only the kind and the server's number: its sentence can hold addresses, and the library's the login. */
function failureOf(cause: unknown): NotDelivered {
  if (!(cause instanceof SMTPError)) return { again: 'later', why: NOT_REACHED };
  const number = /^\s*([45]\d\d)\b/.exec(String(cause.smtp ?? ''))?.[1];
  const state = STATES.get(cause.code ?? 0) ?? 'error';
  const said = number === undefined ? state : `${state} ${number}`;
  return {
    // 5xx of a message is for good (RFC 5321, 4.2.1); a refused login can be mended.
    again: number?.startsWith('5') === true && state === 'badresponse' ? 'never' : 'later',
    why: text(`The mail server failed: ${said}.`, `メールサーバーがエラーを返しました(${said})。`),
  };
}
