import type { NewsKind } from '#accounts/core';
import type { Json, JsonObject } from '#core-values';
import type { Message } from './message.ts';

/** Slack's limits, https://docs.slack.dev/reference/block-kit/blocks, read on 2026-11-23. */
export const SLACK_LIMITS = { headerCharacters: 150, sectionCharacters: 3_000 } as const;

const SIGNS: Readonly<Record<NewsKind, string>> = {
  waiting: '⏳',
  approved: '✅',
  rejected: '🛑',
  refused: '⛔',
  applied: '✅',
  failed: '❌',
  'break-glass': '🚨',
  revoked: '↩️',
  alarm: '🚨',
  incident: '🔥',
};

/** The body of `chat.postMessage` or an incoming webhook, without channel and thread. What people wrote is only ever plain text. */
export function slackBody(message: Message): JsonObject {
  const title = `${SIGNS[message.kind]} ${message.title}`;
  const lines = message.lines.join('\n');
  return {
    // What notifications and screen readers say; Slack makes mentions of `<…>` wherever it is not escaped.
    text: escaped(title),
    mrkdwn: false,
    blocks: [
      { type: 'header', text: plain(title, SLACK_LIMITS.headerCharacters) },
      ...(lines === '' ? [] : [{ type: 'section', text: plain(lines, SLACK_LIMITS.sectionCharacters) }]),
      ...(message.next === undefined ? [] : [command(message.next)]),
    ],
  };
}

const plain = (words: string, most: number): Json => ({
  type: 'plain_text',
  text: cut(words, most),
  emoji: false,
});

/** To be copied, so nothing but the command is in it. */
const command = (words: string): Json => ({
  type: 'section',
  text: { type: 'mrkdwn', text: `\`${escaped(words).replaceAll('`', "'")}\``, verbatim: true },
});

const escaped = (words: string): string =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Never half a character at the end. */
const cut = (words: string, most: number): string =>
  words.length <= most ? words : `${words.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
