import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { MessageDestination, SecretSource } from '#accounts/core';
import { stackByName } from '#accounts/core';
import { planInShort, type RouteRoom, showPlan } from '#changes';
import { err, ok, type Problem, parseStackName, problem, type Result, text } from '#core-values';
import {
  email,
  type MessagesRoom,
  pagerDuty,
  type Reachable,
  type Sender,
  signedWebhook,
  slackApp,
  slackWebhook,
} from '#messages';
import { type Logger, systemClock } from '#platform';
import type { BuiltConfiguration } from './build-configuration.ts';
import type { Environment } from './environment.ts';

/** The destinations of `server.messages`, each with the secret that it needs; a secret that is not there is found at the start. */
export async function buildDestinations(
  environment: Environment,
  { configuration }: BuiltConfiguration,
): Promise<Result<readonly Reachable[], Problem>> {
  const { messages = [], publicUrl } = configuration.current().server;
  const reachable: Reachable[] = [];
  for (const destination of messages) {
    const sender = await senderOf(destination, environment, new URL(publicUrl).host);
    if (!sender.ok) return sender;
    reachable.push({ destination, sender: sender.value });
  }
  return ok(reachable);
}

export function messagesRoom(
  destinations: readonly Reachable[],
  changes: RouteRoom,
  logger: Logger,
): MessagesRoom {
  return {
    db: changes.db,
    clock: systemClock,
    dice: Math.random,
    destinations,
    stack: (words) => {
      const name = parseStackName(words);
      const stack = name === undefined ? undefined : stackByName(changes.organization(), name);
      return stack && { environment: stack.account.environment, team: stack.approval.team };
    },
    plan: (id) => planInShort(changes, id),
    planDetails: async (id, language) => {
      const shown = await showPlan(changes, id, language);
      return shown.ok ? shown.value : undefined;
    },
    undelivered: ({ ending, ...about }) =>
      ending === 'later'
        ? logger.warn('A message could not be delivered yet', about)
        : logger.error('A message was given up', { ending, ...about }),
  };
}

async function senderOf(
  { name, way }: MessageDestination,
  environment: Environment,
  ownHost: string,
): Promise<Result<Sender, Problem>> {
  const secret = (source: SecretSource) => secretOf(source, name, environment);
  switch (way.kind) {
    case 'slack-webhook': {
      const url = await secret(way.url);
      if (!url.ok) return url;
      return URL.canParse(url.value) && new URL(url.value).protocol === 'https:'
        ? ok(slackWebhook(url.value))
        : err(notAnAddress(name));
    }
    case 'slack-app': {
      const token = await secret(way.token);
      return token.ok ? ok(slackApp(token.value, way.channel)) : token;
    }
    case 'webhook': {
      const found = await secret(way.secret);
      if (!found.ok) return found;
      const bytes = Buffer.from(found.value.replace(/^whsec_/, ''), 'base64');
      return bytes.length >= LEAST_SECRET_BYTES
        ? ok(signedWebhook(way.url, bytes, systemClock))
        : err(shortSecret(name));
    }
    case 'pagerduty': {
      const key = await secret(way.routingKey);
      return key.ok ? ok(pagerDuty({ url: way.url, routingKey: key.value, source: ownHost })) : key;
    }
    case 'email': {
      const { kind: _, login, ...server } = way;
      if (login === undefined) return ok(email({ ...server, ownHost }));
      const password = await secret(login.password);
      return password.ok
        ? ok(email({ ...server, ownHost, login: { user: login.user, password: password.value } }))
        : password;
    }
  }
}

/** As https://www.standardwebhooks.com asks: 24 to 64 bytes. */
const LEAST_SECRET_BYTES = 24;

async function secretOf(
  source: SecretSource,
  name: string,
  { variables, configFile }: Environment,
): Promise<Result<string, Problem>> {
  if (source.kind === 'env') {
    const value = variables[source.variable]?.trim() ?? '';
    return value === '' ? err(noSecret(name, source.variable)) : ok(value);
  }
  const path = resolve(dirname(configFile), source.path);
  const words = await readFile(path, 'utf8').catch(() => '');
  return words.trim() === '' ? err(noSecret(name, path)) : ok(words.trim());
}

const noSecret = (name: string, where: string): Problem =>
  problem('bad-config', {
    rule: 'config.message-secret',
    message: text(
      `The destination ${name} of server.messages has no secret: ${where} is missing or empty.`,
      `server.messages の送信先 ${name} の秘密がありません。${where} が存在しないか空です。`,
    ),
    remedy: text('Put it there, or take the destination out.', '設定するか、送信先を取り除いてください。'),
  });

const notAnAddress = (name: string): Problem =>
  problem('bad-config', {
    rule: 'config.message-address',
    message: text(
      `What the destination ${name} of server.messages names is not a Slack webhook’s address.`,
      `server.messages の送信先 ${name} に設定された値は Slack の Webhook の URL ではありません。`,
    ),
    remedy: text(
      'Copy it from the Slack app’s page “Incoming Webhooks”; it begins with https://.',
      'Slack アプリの「Incoming Webhooks」のページからコピーしてください。https:// で始まります。',
    ),
  });

const shortSecret = (name: string): Problem =>
  problem('bad-config', {
    rule: 'config.message-signing-secret',
    message: text(
      `The signing secret of the destination ${name} of server.messages is shorter than ${LEAST_SECRET_BYTES} bytes, or not base64.`,
      `server.messages の送信先 ${name} の署名用の秘密が ${LEAST_SECRET_BYTES} バイト未満か、base64 ではありません。`,
    ),
    remedy: text(
      'Make one: `openssl rand -base64 32`.',
      '次のコマンドで作成してください: `openssl rand -base64 32`',
    ),
  });
