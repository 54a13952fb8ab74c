import { randomBytes } from 'node:crypto';
import type { JsonObject } from '../../../../src/core-values/index.ts';
import { addApp } from '../apps.ts';
import { appOf, created, empty, listed, notFound, ok, type Routes, refused } from '../call.ts';
import { isObject, listAt, objectAt, textAt } from '../json.ts';
import { deliveryShape, installationShape } from '../shapes/apps.ts';
import { appShape, nodeId, repositoryShape, userShape } from '../shapes/common.ts';
import {
  accountOf,
  findAccount,
  findRepository,
  type Installation,
  isWithin,
  type Permissions,
  type State,
} from '../state.ts';
import { redeliver } from '../webhooks/deliver.ts';

const ORDER = ['read', 'write', 'admin'];

/** Whether one level gives another: `write` gives `read`. */
export const gives = (level: string | undefined, needed: string): boolean =>
  ORDER.indexOf(level ?? '') >= ORDER.indexOf(needed);

const TOKEN_LIFE_MS = 3_600_000;

function repositoriesFor(
  state: State,
  installation: Installation,
  body: JsonObject,
): ReadonlySet<number> | 'beyond' | undefined {
  const ids = listAt(body, 'repository_ids').map(Number);
  const names = listAt(body, 'repositories').map(
    (name) => findRepository(state, `${installation.account}/${String(name)}`)?.id ?? -1,
  );
  if (ids.length + names.length === 0) return undefined;
  const all = [...ids, ...names];
  const isAllowed = all.every((id) => {
    const repository = state.repositories.get(id);
    return repository !== undefined && isWithin(installation, repository);
  });
  return isAllowed ? new Set(all) : 'beyond';
}

const isText = (value: unknown): value is string => typeof value === 'string';

function permissionsFor(installation: Installation, body: JsonObject): Permissions | 'beyond' {
  const asked = body.permissions;
  if (!isObject(asked)) return installation.permissions;
  const wanted = Object.entries(asked).flatMap(([name, level]) =>
    isText(level) ? [[name, level] as const] : [],
  );
  return wanted.every(([name, level]) => gives(installation.permissions[name], level))
    ? Object.fromEntries([['metadata', 'read'], ...wanted])
    : 'beyond';
}

const accessToken: Routes = {
  'POST /app/installations/{installation_id}/access_tokens': {
    needs: 'app',
    handle: (state, call) => {
      const installation = state.installations.get(Number(call.path.installation_id));
      if (installation === undefined || installation.app !== appOf(call)) return notFound;
      if (installation.suspendedAt !== undefined) return refused(403, 'This installation has been suspended');
      const repositories = repositoriesFor(state, installation, call.body);
      if (repositories === 'beyond')
        return refused(
          422,
          'There is at least one repository that does not exist or is not accessible to the parent installation.',
        );
      const permissions = permissionsFor(installation, call.body);
      if (permissions === 'beyond')
        return refused(422, 'The permissions requested are not granted to this installation.');
      const expiresAtMs = state.nowMs() + TOKEN_LIFE_MS;
      const value = `ghs_${randomBytes(18).toString('hex')}`;
      state.tokens.set(value, { value, installation, permissions, repositories, expiresAtMs });
      return created({
        token: value,
        expires_at: `${new Date(expiresAtMs).toISOString().slice(0, 19)}Z`,
        permissions,
        repository_selection: repositories === undefined ? 'all' : 'selected',
        ...(repositories === undefined
          ? {}
          : {
              repositories: [...repositories].flatMap((id) => {
                const repository = state.repositories.get(id);
                return repository === undefined ? [] : [repositoryShape(state, repository)];
              }),
            }),
      });
    },
  },
  'DELETE /installation/token': {
    needs: 'metadata:read',
    handle: (state, { caller }) => {
      if (caller.kind === 'installation') state.tokens.delete(caller.token.value);
      return empty;
    },
  },
};

function installationAt(state: State, appId: number, owner: string, repo?: string): Installation | undefined {
  return state.installations.values().find((installation) => {
    if (installation.app.id !== appId || installation.account.toLowerCase() !== owner.toLowerCase())
      return false;
    if (repo === undefined) return true;
    const repository = findRepository(state, `${owner}/${repo}`);
    return repository !== undefined && isWithin(installation, repository);
  });
}

const installations: Routes = {
  'GET /app': {
    needs: 'app',
    handle: (state, call) => ok({ ...appShape(state, appOf(call)), events: appOf(call).events }),
  },
  'GET /app/installations': {
    needs: 'app',
    handle: (state, call) =>
      listed(
        [...state.installations.values()]
          .filter(({ app }) => app === appOf(call))
          .map((each) => installationShape(state, each)),
      ),
  },
  'GET /app/installations/{installation_id}': {
    needs: 'app',
    handle: (state, call) => {
      const found = state.installations.get(Number(call.path.installation_id));
      return found?.app === appOf(call) ? ok(installationShape(state, found)) : notFound;
    },
  },
  'GET /installation/repositories': {
    needs: 'metadata:read',
    handle: (state, { caller }) => {
      if (caller.kind !== 'installation') return notFound;
      const { installation, repositories } = caller.token;
      const seen = [...state.repositories.values()].filter(
        (each) => isWithin(installation, each) && (repositories?.has(each.id) ?? true),
      );
      return listed(
        seen.map((each) => repositoryShape(state, each)),
        'repositories',
      );
    },
  },
  ...Object.fromEntries(
    [
      'GET /repos/{owner}/{repo}/installation',
      'GET /orgs/{org}/installation',
      'GET /users/{username}/installation',
    ].map((route) => [
      route,
      {
        needs: 'app',
        handle: (state, call) => {
          const owner = call.path.owner ?? call.path.org ?? call.path.username ?? '';
          const found = installationAt(state, appOf(call).id, owner, call.path.repo);
          return found === undefined ? notFound : ok(installationShape(state, found));
        },
      },
    ]),
  ),
};

const hook: Routes = {
  'GET /app/hook/config': {
    needs: 'app',
    handle: (_, call) =>
      ok({ content_type: 'json', insecure_ssl: '0', secret: '********', url: appOf(call).hook.url }),
  },
  'PATCH /app/hook/config': {
    needs: 'app',
    handle: (_, call) => {
      const app = appOf(call);
      app.hook.url = textAt(call.body, 'url') ?? app.hook.url;
      app.hook.secret = textAt(call.body, 'secret') ?? app.hook.secret;
      return ok({ content_type: 'json', insecure_ssl: '0', secret: '********', url: app.hook.url });
    },
  },
  'GET /app/hook/deliveries': {
    needs: 'app',
    handle: (_, call) => listed(appOf(call).deliveries.toReversed().map(deliveryShape)),
  },
  'GET /app/hook/deliveries/{delivery_id}': {
    needs: 'app',
    handle: (_, call) => {
      const found = appOf(call).deliveries.find(({ id }) => id === Number(call.path.delivery_id));
      return found === undefined
        ? notFound
        : ok({
            ...deliveryShape(found),
            url: appOf(call).hook.url,
            request: { headers: { 'X-GitHub-Delivery': found.guid }, payload: found.payload },
            response: { headers: {}, payload: '' },
          });
    },
  },
  'POST /app/hook/deliveries/{delivery_id}/attempts': {
    needs: 'app',
    handle: (state, call) => {
      const app = appOf(call);
      const found = app.deliveries.find(({ id }) => id === Number(call.path.delivery_id));
      if (found === undefined) return notFound;
      redeliver(state, app, found);
      return { kind: 'json', status: 202, body: {} };
    },
  },
};

const manifest: Routes = {
  'POST /app-manifests/{code}/conversions': {
    needs: 'public',
    handle: (state, { path }) => {
      const kept = state.manifests.get(path.code ?? '');
      if (kept === undefined) return notFound;
      // A code is good once, and for an hour.
      state.manifests.delete(path.code ?? '');
      const app = addApp(state, {
        name: textAt(kept, 'name') ?? 'sekisho',
        owner: textAt(kept, 'owner') ?? '',
        permissions: Object.fromEntries(
          Object.entries(objectAt(kept, 'default_permissions')).map(([name, level]) => [name, String(level)]),
        ),
        events: listAt(kept, 'default_events').map(String),
        hookUrl: textAt(objectAt(kept, 'hook_attributes'), 'url') ?? '',
      });
      return created({
        ...appShape(state, app),
        events: app.events,
        client_id: app.clientId,
        client_secret: app.clientSecret,
        webhook_secret: app.hook.secret,
        pem: app.privateKeyPem,
      });
    },
  },
};

const users: Routes = {
  'GET /users/{username}': {
    needs: 'public',
    handle: (state, { path }) => {
      const found = findAccount(state, path.username ?? '');
      return found === undefined ? notFound : ok(publicUser(state, found.login));
    },
  },
  'GET /user/{account_id}': {
    needs: 'public',
    handle: (state, { path }) => {
      const found = state.accounts.values().find(({ id }) => id === Number(path.account_id));
      return found === undefined ? notFound : ok(publicUser(state, found.login));
    },
  },
};

const publicUser = (state: State, login: string): JsonObject => ({
  ...userShape(state, login),
  user_view_type: 'public',
  node_id: nodeId('User', accountOf(state, login).id),
  created_at: '2020-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
});

/** As the headers of every answer have it. */
const HOURLY_LIMIT = 5000;

const limits: Routes = {
  'GET /rate_limit': {
    needs: 'public',
    handle: (state, { caller }) => {
      const remaining = caller.kind === 'installation' ? caller.token.installation.remaining : HOURLY_LIMIT;
      const left = Math.max(0, remaining);
      const reset = Math.ceil((state.nowMs() + 1000) / 1000);
      const core = { limit: HOURLY_LIMIT, remaining: left, used: HOURLY_LIMIT - left, reset };
      return ok({ resources: { core, search: core }, rate: core });
    },
  },
};

export const appRoutes: Routes = {
  ...{ ...accessToken, ...installations, ...hook },
  ...{ ...manifest, ...users, ...limits },
};
