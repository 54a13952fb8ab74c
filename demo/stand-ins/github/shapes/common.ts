import type { JsonObject } from '../../../../src/core-values/index.ts';
import { type App, accountOf, type Repository, type State } from '../state.ts';

/** Opaque to people: GitHub's GraphQL ids, of which nothing may be read. */
export const nodeId = (kind: string, id: number): string =>
  Buffer.from(`${kind}:${id}`).toString('base64url');

export function userShape(state: State, login: string): JsonObject {
  const { id, login: name, type } = accountOf(state, login);
  return {
    id,
    login: name,
    type,
    node_id: nodeId('User', id),
    url: `${state.api}/users/${encodeURIComponent(name)}`,
    html_url: `${state.site}/${encodeURIComponent(name)}`,
    avatar_url: `${state.site}/avatars/${id}`,
    site_admin: false,
  };
}

export const fullName = ({ owner, name }: Repository): string => `${owner}/${name}`;

export const apiOf = (state: State, repository: Repository): string =>
  `${state.api}/repos/${fullName(repository)}`;

export const siteOf = (state: State, repository: Repository): string =>
  `${state.site}/${fullName(repository)}`;

export function repositoryShape(state: State, repository: Repository): JsonObject {
  return {
    id: repository.id,
    node_id: nodeId('Repository', repository.id),
    name: repository.name,
    full_name: fullName(repository),
    private: repository.isPrivate,
    visibility: repository.isPrivate ? 'private' : 'public',
    fork: repository.forkOf !== undefined,
    owner: userShape(state, repository.owner),
    default_branch: repository.defaultBranch,
    url: apiOf(state, repository),
    html_url: siteOf(state, repository),
    clone_url: `${siteOf(state, repository)}.git`,
    archived: false,
    disabled: false,
  };
}

/** What somebody is to a repository: a word beside every comment, for people to see. */
export function associationOf(state: State, repository: Repository, login: string): string {
  if (login.toLowerCase() === repository.owner.toLowerCase()) return 'OWNER';
  if (accountOf(state, repository.owner).members.has(login)) return 'MEMBER';
  return repository.collaborators.has(login) ? 'COLLABORATOR' : 'NONE';
}

/** As an App stands in comments, checks and deployments: what it listens to is said to itself only. */
export function appShape(state: State, app: App): JsonObject {
  return {
    id: app.id,
    slug: app.slug,
    name: app.name,
    node_id: nodeId('App', app.id),
    client_id: app.clientId,
    owner: userShape(state, app.owner),
    description: '',
    external_url: 'https://sekisho.example',
    html_url: `${state.site}/apps/${app.slug}`,
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    permissions: app.permissions,
    events: [],
  };
}
