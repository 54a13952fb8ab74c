import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { addAccount } from './accounts.ts';
import type { App, Installation, Permissions, Repository, State } from './state.ts';

export interface NewApp {
  readonly name: string;
  readonly owner: string;
  readonly permissions: Permissions;
  readonly events: readonly string[];
  readonly hookUrl: string;
}

let pair: { readonly pem: string } | undefined;

/** As GitHub gives them: PKCS #1, 2048 bits. Made once a process, because it takes a tenth of a second and no test depends on two. */
function privateKey(): string {
  pair ??= {
    pem: generateKeyPairSync('rsa', { modulusLength: 2048 })
      .privateKey.export({ type: 'pkcs1', format: 'pem' })
      .toString(),
  };
  return pair.pem;
}

export function addApp(state: State, { name, owner, permissions, events, hookUrl }: NewApp): App {
  const slug = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  const privateKeyPem = privateKey();
  const app: App = {
    id: state.nextId(),
    slug,
    name,
    owner,
    clientId: `Iv23${randomBytes(8).toString('hex')}`,
    clientSecret: randomBytes(20).toString('hex'),
    privateKeyPem,
    publicKey: createPublicKey(privateKeyPem),
    permissions: { metadata: 'read', ...permissions },
    events,
    hook: { url: hookUrl, secret: randomBytes(20).toString('hex') },
    deliveries: [],
  };
  state.apps.set(app.id, app);
  addAccount(state, `${slug}[bot]`, 'Bot');
  return app;
}

export function addInstallation(
  state: State,
  app: App,
  account: string,
  repositories: 'all' | readonly Repository[],
): Installation {
  const installation: Installation = {
    id: state.nextId(),
    app,
    account,
    permissions: app.permissions,
    repositories: repositories === 'all' ? 'all' : new Set(repositories.map(({ id }) => id)),
    suspendedAt: undefined,
    remaining: 5000,
  };
  state.installations.set(installation.id, installation);
  return installation;
}
