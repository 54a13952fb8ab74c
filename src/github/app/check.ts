import { epochMs, formatTime, type Language, type Problem, type Reason, type Text, text } from '#core-values';
import { ask, askAll } from '../api/asking.ts';
import { asApp, type OpenedApp } from '../api/authorities.ts';
import type { GitHubCheckAnswer } from '../core/app-answers.ts';
import { countDirtySubjects, failingSubjects } from '../counts.ts';
import { connectedApps, type GitHubApp, type SealedApp } from '../store/apps.ts';
import { lastDeliveries } from '../store/deliveries.ts';
import { configuredRepositories } from '../subjects/reconcile.ts';
import { installUrl, webhookUrl } from './manifest.ts';
import { missingPermissions } from './permissions.ts';
import type { AppRoom } from './room.ts';

type AppAnswer = GitHubCheckAnswer['apps'][number];

/** An App as it is shown: never its key. */
export const appAnswer = (
  publicUrl: string,
  app: GitHubApp,
  lastDelivery: Date | undefined,
): AppAnswer['app'] => ({
  id: app.id,
  host: app.host,
  appId: app.appId,
  slug: app.slug,
  connectedAt: app.connectedAt.toISOString(),
  connectedBy: app.connectedBy,
  webhookUrl: webhookUrl(publicUrl, app.id),
  installUrl: installUrl(app.host, app.slug),
  ...(lastDelivery !== undefined && { lastDeliveryAt: lastDelivery.toISOString() }),
});

/** Asks each GitHub who we are, what we may do and what is left of its limits; tells what waits here. */
export async function checkGitHub(room: AppRoom, language: Language): Promise<GitHubCheckAnswer> {
  const last = await lastDeliveries(room.db);
  const apps: AppAnswer[] = [];
  for (const sealed of await connectedApps(room.db)) {
    const app = appAnswer(room.publicUrl, sealed, last.get(sealed.id));
    apps.push({ app, ...(await checkApp(room, sealed, language)) });
  }
  const repositories: GitHubCheckAnswer['repositories'] = [];
  for (const at of configuredRepositories(room.organization())) {
    const reached = await room.connections.repository(at);
    const configured = room.organization().stacks.find(({ repository }) => repository.id === at.id)
      ?.repository.name;
    repositories.push({
      ...at,
      name: reached.ok ? `${reached.value.owner}/${reached.value.name}` : (configured ?? ''),
      ...(!reached.ok && { problem: inWords(reached.error, language) }),
    });
  }
  const { dirty, oldestSeconds } = await countDirtySubjects(room.db, room.clock);
  const failing = (await failingSubjects(room.db, MOST_FAILING)).map(({ nextTryAt, ...one }) => ({
    ...one,
    nextTryAt: nextTryAt.toISOString(),
  }));
  return { apps, repositories, queue: { dirty, oldestSeconds, failing } };
}

const MOST_FAILING = 20;

type Checked = Omit<AppAnswer, 'app'>;

async function checkApp(room: AppRoom, sealed: SealedApp, language: Language): Promise<Checked> {
  const nothing = { warnings: [], installations: [] };
  const app = await room.connections.open(sealed);
  if (!app.ok) return { ...nothing, problem: inWords(app.error, language) };
  const authority = asApp(room.clock, app.value);
  const { client } = room.connections;
  const itself = await ask(client, authority, 'GET /app', {});
  if (!itself.ok) return { ...nothing, problem: inWords(itself.error, language) };
  const hook = await ask(client, authority, 'GET /app/hook/config', {});
  const all = await askAll(client, authority, 'GET /app/installations', {});
  if (!all.ok) return { ...nothing, problem: inWords(all.error, language) };
  const expected = webhookUrl(room.publicUrl, app.value.id);
  const missing = missingPermissions(itself.value?.permissions ?? {});
  const warnings: readonly (Reason | undefined)[] = [
    missing.length > 0 ? missesPermissions(missing) : undefined,
    hook.ok && hook.value.url !== expected ? otherAddress(expected) : undefined,
    hook.ok && hook.value.content_type === 'form' ? NOT_JSON : undefined,
    hook.ok && String(hook.value.insecure_ssl ?? '0') !== '0' ? UNCHECKED_TLS : undefined,
    all.value.length === 0 ? notInstalled(installUrl(app.value.host, app.value.slug)) : undefined,
  ];
  const first = all.value.find(({ suspended_at }) => typeof suspended_at !== 'string');
  return {
    warnings: warnings.filter((one) => one !== undefined).map((one) => said(one, language)),
    installations: all.value.map(({ id, account, permissions, suspended_at }) => ({
      id,
      account: account?.login ?? '',
      isSuspended: typeof suspended_at === 'string',
      missing: [...missingPermissions(permissions)],
    })),
    ...(first !== undefined && (await rateLimitOf(room, app.value, first.id))),
  };
}

async function rateLimitOf(
  room: AppRoom,
  app: OpenedApp,
  installationId: number,
): Promise<Pick<Checked, 'rateLimit'>> {
  const { client, installations } = room.connections;
  const limit = await ask(client, installations.as(app, installationId), 'GET /rate_limit', {});
  if (!limit.ok) return {};
  const { remaining, limit: most, reset } = limit.value.resources.core;
  return { rateLimit: { remaining, limit: most, resetAt: formatTime(epochMs(reset * 1000)) } };
}

const inWords = ({ reasons }: Problem, language: Language) => said(reasons[0], language);
const said = ({ rule, message, remedy }: Reason, language: Language) => ({
  rule,
  message: message[language],
  remedy: remedy[language],
});

const SETTINGS: Text = text(
  'Change it in the App’s settings on GitHub; a new permission must also be accepted by each installation’s owner.',
  'GitHub の App 設定で変更してください。権限の追加は、各インストール先の所有者による承認も必要です。',
);

const missesPermissions = (missing: readonly string[]): Reason => ({
  rule: 'github.missing-permissions',
  message: text(
    `The App lacks permissions: ${missing.join(', ')}.`,
    `App に不足している権限があります: ${missing.join(', ')}`,
  ),
  remedy: SETTINGS,
});

const otherAddress = (expected: string): Reason => ({
  rule: 'github.webhook-elsewhere',
  message: text(
    `The App’s webhooks do not go to ${expected}.`,
    `App の Webhook の送信先が ${expected} ではありません。`,
  ),
  remedy: SETTINGS,
});

const NOT_JSON: Reason = {
  rule: 'github.webhook-form',
  message: text('The App’s webhooks are sent as a form.', 'App の Webhook がフォーム形式で送信されます。'),
  remedy: text(
    'Set the content type of the webhook to application/json.',
    'Webhook のコンテンツタイプを application/json にしてください。',
  ),
};

const UNCHECKED_TLS: Reason = {
  rule: 'github.webhook-unchecked-tls',
  message: text(
    'GitHub does not check our certificate when it delivers webhooks.',
    'GitHub が Webhook の送信時にサーバー証明書を検証していません。',
  ),
  remedy: text(
    'Enable SSL verification in the App’s settings.',
    'App の設定で SSL 検証を有効にしてください。',
  ),
};

const notInstalled = (url: string): Reason => ({
  rule: 'github.installed-nowhere',
  message: text('The App is installed nowhere.', 'App がどこにもインストールされていません。'),
  remedy: text(`Install it: ${url}`, `次のページからインストールしてください: ${url}`),
});
