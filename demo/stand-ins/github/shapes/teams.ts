import type { JsonObject } from '../../../../src/core-values/index.ts';
import { accountOf, type State, type Team } from '../state.ts';
import { nodeId } from './common.ts';

export function teamShape(state: State, organization: string, team: Team): JsonObject {
  const { id } = accountOf(state, organization);
  const url = `${state.api}/organizations/${id}/team/${team.id}`;
  return {
    id: team.id,
    node_id: nodeId('Team', team.id),
    name: team.name,
    slug: team.slug,
    description: null,
    privacy: 'closed',
    notification_setting: 'notifications_enabled',
    permission: 'pull',
    type: 'organization',
    organization_id: id,
    url,
    html_url: `${state.site}/orgs/${organization}/teams/${team.slug}`,
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    parent: null,
  };
}
