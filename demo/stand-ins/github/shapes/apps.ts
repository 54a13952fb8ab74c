import type { JsonObject } from '../../../../src/core-values/index.ts';
import { accountOf, type Installation, type State } from '../state.ts';
import { userShape } from './common.ts';

export function installationShape(state: State, installation: Installation): JsonObject {
  const { id, app, account, permissions, repositories, suspendedAt } = installation;
  return {
    id,
    account: userShape(state, account),
    access_tokens_url: `${state.api}/app/installations/${id}/access_tokens`,
    repositories_url: `${state.api}/installation/repositories`,
    html_url: `${state.site}/organizations/${account}/settings/installations/${id}`,
    app_id: app.id,
    app_slug: app.slug,
    client_id: app.clientId,
    target_id: accountOf(state, account).id,
    target_type: accountOf(state, account).type,
    permissions,
    events: app.events,
    repository_selection: repositories === 'all' ? 'all' : 'selected',
    single_file_name: null,
    suspended_at: suspendedAt ?? null,
    suspended_by: null,
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
  };
}

export function deliveryShape(delivery: {
  readonly id: number;
  readonly guid: string;
  readonly event: string;
  readonly action: string | undefined;
  readonly status: number;
  readonly isRedelivery: boolean;
  readonly installation: number | undefined;
  readonly repository: number | undefined;
  readonly at: string;
}): JsonObject {
  const { id, guid, event, action, status } = delivery;
  return {
    id,
    guid,
    delivered_at: delivery.at,
    redelivery: delivery.isRedelivery,
    duration: 0.1,
    status:
      status >= 200 && status < 300
        ? 'OK'
        : status === 0
          ? 'failed to connect to host'
          : 'Invalid HTTP Response',
    status_code: status,
    event,
    action: action ?? null,
    installation_id: delivery.installation ?? null,
    repository_id: delivery.repository ?? null,
  };
}
