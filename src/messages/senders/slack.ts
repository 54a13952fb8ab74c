import { z } from 'zod';
import { err, ok, type Text, text } from '#core-values';
import { slackBody } from '../core/index.ts';
import type { Sender } from '../sender.ts';
import { post } from './http.ts';

const SLACK = 'https://slack.com';

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks: no threads, because it does not say what it made. */
export const slackWebhook = (url: string): Sender => ({
  async send({ message }) {
    const posted = await post({ url, whom: 'Slack', body: JSON.stringify(slackBody(message)) });
    return posted.ok ? ok({}) : posted;
  },
});

const answer = z.object({
  ok: z.boolean(),
  ts: z.string().optional(),
  error: z.string().optional(),
});

/** Errors of chat.postMessage that pass by themselves, https://docs.slack.dev/reference/methods/chat.postMessage, read on 2026-11-23. */
const PASSING: ReadonlySet<string> = new Set([
  'fatal_error',
  'internal_error',
  'ratelimited',
  'rate_limited',
  'request_timeout',
  'service_unavailable',
  'team_added_to_org',
]);

/** `chat.postMessage` as an app: the first message of a thread opens it, and later ones are put below. `origin` is for tests. */
export const slackApp = (token: string, channel: string, origin = SLACK): Sender => ({
  async send({ message, threadReference }) {
    const posted = await post({
      url: `${origin}/api/chat.postMessage`,
      whom: 'Slack',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({
        ...slackBody(message),
        channel,
        unfurl_links: false,
        unfurl_media: false,
        ...(threadReference === undefined ? {} : { thread_ts: threadReference }),
      }),
    });
    if (!posted.ok) return posted;
    const parsed = answer.safeParse(parseJson(posted.value));
    if (!parsed.success) return err({ again: 'later', why: NOT_SLACK });
    const { ok: isSent, ts, error = '' } = parsed.data;
    if (isSent) return ok(ts === undefined ? {} : { reference: threadReference ?? ts });
    const said = /^[a-z_]{1,60}$/.test(error) ? error : undefined;
    // A token that was taken back or an app that was not invited can be mended: what waits is kept for a day.
    return err({
      again: said !== undefined && (MENDABLE.has(said) || PASSING.has(said)) ? 'later' : 'never',
      why: said === undefined ? NO_REASON : ANSWERED(said),
    });
  },
});

const NOT_SLACK = text(
  'Slack answered something that is not its own.',
  'Slack のものではない応答が返りました。',
);
const NO_REASON = text('Slack refused without a reason.', 'Slack が理由を示さずに拒否しました。');
const ANSWERED = (said: string): Text => text(`Slack answered ${said}.`, `Slack が ${said} を返しました。`);

const MENDABLE: ReadonlySet<string> = new Set([
  'account_inactive',
  'channel_not_found',
  'invalid_auth',
  'is_archived',
  'missing_scope',
  'not_authed',
  'not_in_channel',
  'token_expired',
  'token_revoked',
]);

function parseJson(words: string): unknown {
  try {
    return JSON.parse(words);
  } catch {
    return undefined;
  }
}
