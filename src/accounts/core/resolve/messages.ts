import { text } from '#core-values';
import type { NodePath } from '#platform/core';
import { type MessageDestination, type MessageWay, PAGER_NEWS, QUIET_NEWS } from '../messages.ts';
import type { Team } from '../model.ts';
import type { ServerInput } from '../schema.ts';
import { type Faults, namedAll, type Table, tableOf } from './faults.ts';
import { secretOf } from './secrets.ts';

type Input = ServerInput['messages'][number];

/** Each destination has exactly one way, and each way what it needs. */
export function resolveMessages(
  { messages }: ServerInput,
  teams: Table<Team>,
  faults: Faults,
): readonly MessageDestination[] {
  tableOf('destination', '送信先', ['server', 'messages'], messages, faults);
  return messages.flatMap((input, index) => {
    const path = ['server', 'messages', index];
    const owners = namedAll(teams, input.teams ?? [], [...path, 'teams'], faults).map(({ name }) => name);
    const way = wayOf(input, path, faults);
    if (way === undefined) return [];
    const { name, language, environments } = input;
    const kinds = input.kinds ?? (way.kind === 'pagerduty' ? ['incident'] : QUIET_NEWS);
    if (way.kind === 'pagerduty' && kinds.some((kind) => !PAGER_NEWS.includes(kind)))
      faults.report([...path, 'kinds'], ONLY_PAGES);
    return {
      name,
      way,
      kinds,
      language,
      ...(environments === undefined ? {} : { environments }),
      ...(input.teams === undefined ? {} : { teams: owners }),
    };
  });
}

function wayOf(input: Input, path: NodePath, faults: Faults): MessageWay | undefined {
  const { slack, email, webhook, pagerduty } = input;
  const ways = [slack, email, webhook, pagerduty].filter((way) => way !== undefined);
  if (ways.length !== 1) {
    faults.report(path, ONE_WAY);
    return undefined;
  }
  if (slack !== undefined) return slackWay(slack, [...path, 'slack'], faults);
  if (email !== undefined) return emailWay(email, [...path, 'email'], faults);
  if (pagerduty !== undefined) {
    const key = secretOf(pagerduty.routingKey, [...path, 'pagerduty', 'routingKey'], faults);
    return key === undefined ? undefined : { kind: 'pagerduty', url: pagerduty.url, routingKey: key };
  }
  if (webhook === undefined) return undefined;
  const secret = secretOf(webhook.secret, [...path, 'webhook', 'secret'], faults);
  return secret === undefined ? undefined : { kind: 'webhook', url: webhook.url, secret };
}

function slackWay(
  { webhook, token, channel }: NonNullable<Input['slack']>,
  path: NodePath,
  faults: Faults,
): MessageWay | undefined {
  if (webhook !== undefined && token === undefined && channel === undefined) {
    const url = secretOf(webhook, [...path, 'webhook'], faults);
    return url === undefined ? undefined : { kind: 'slack-webhook', url };
  }
  if (webhook === undefined && token !== undefined && channel !== undefined) {
    const found = secretOf(token, [...path, 'token'], faults);
    return found === undefined ? undefined : { kind: 'slack-app', token: found, channel };
  }
  faults.report(path, WEBHOOK_OR_APP);
  return undefined;
}

function emailWay(
  { user, password, ...email }: NonNullable<Input['email']>,
  path: NodePath,
  faults: Faults,
): MessageWay | undefined {
  const isOnThisMachine = ['localhost', '127.0.0.1', '::1'].includes(email.host);
  if (email.security === 'none' && !isOnThisMachine) faults.report([...path, 'security'], IN_CLEAR);
  if ((user === undefined) !== (password === undefined)) faults.report(path, HALF_A_LOGIN);
  if (user === undefined || password === undefined) return { kind: 'email', ...email };
  const found = secretOf(password, [...path, 'password'], faults);
  return found === undefined ? undefined : { kind: 'email', ...email, login: { user, password: found } };
}

const ONE_WAY = {
  rule: 'server.message-way',
  message: text(
    'A destination is reached in exactly one way.',
    '送信先の送信方法は、ちょうど一つ指定しなければなりません。',
  ),
  remedy: text(
    'Write one of `slack:`, `email:`, `webhook:` and `pagerduty:`; a second destination for another.',
    '`slack:`、`email:`、`webhook:`、`pagerduty:` のうち一つを書いてください。別の方法でも送るには、送信先をもう一つ追加してください。',
  ),
};

const ONLY_PAGES = {
  rule: 'server.message-pages',
  message: text(
    'PagerDuty is sent incidents and alarms only: nothing else would ever be closed there.',
    'PagerDuty に送れるのは incident と alarm だけです。ほかは PagerDuty 側で閉じられることがありません。',
  ),
  remedy: text(
    'Write `kinds: [incident]`, or leave it out.',
    '`kinds: [incident]` と書くか、省いてください。',
  ),
};

const WEBHOOK_OR_APP = {
  rule: 'server.message-slack',
  message: text(
    'Slack is reached by an incoming webhook, or by an app’s token and a channel.',
    'Slack には、Incoming Webhook か、アプリのトークンとチャンネルのどちらかで送信します。',
  ),
  remedy: text(
    'Write `webhook:` alone, or `token:` and `channel:`.',
    '`webhook:` だけ、または `token:` と `channel:` を書いてください。',
  ),
};

const IN_CLEAR = {
  rule: 'server.message-in-clear',
  message: text('Mail would cross the network in clear.', 'メールが暗号化されずにネットワークを流れます。'),
  remedy: text(
    'Use `tls` (port 465); `none` is for a mail server on this machine.',
    '`tls`(ポート 465)を使ってください。`none` は同じマシンのメールサーバーに限ります。',
  ),
};

const HALF_A_LOGIN = {
  rule: 'server.message-login',
  message: text('A user needs a password, and a password a user.', 'user と password は両方必要です。'),
  remedy: text('Write both, or neither.', '両方を書くか、両方を省いてください。'),
};
