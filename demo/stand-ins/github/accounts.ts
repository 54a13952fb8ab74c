import { type Account, accountOf, type Repository, type State, type Team } from './state.ts';

export function addAccount(state: State, login: string, type: Account['type'], id = state.nextId()): Account {
  const account: Account = { id, login, type, members: new Set(), teams: new Map() };
  state.accounts.set(login.toLowerCase(), account);
  return account;
}

export function addTeam(state: State, organization: string, name: string, members: readonly string[]): Team {
  const owner = accountOf(state, organization);
  const slug = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  for (const member of members) owner.members.add(accountOf(state, member).login);
  const team: Team = { id: state.nextId(), slug, name, members: new Set(members) };
  owner.teams.set(slug, team);
  return team;
}

export interface NewRepository {
  readonly owner: string;
  readonly name: string;
  /** As Sekisho's configuration knows it; given by the stand-in if left out. */
  readonly id?: number;
  readonly isPrivate?: boolean;
  readonly defaultBranch?: string;
  readonly forkOf?: number;
}

export function addRepository(state: State, options: NewRepository): Repository {
  const repository: Repository = {
    id: options.id ?? state.nextId(),
    owner: accountOf(state, options.owner).login,
    name: options.name,
    isPrivate: options.isPrivate ?? true,
    forkOf: options.forkOf,
    defaultBranch: options.defaultBranch ?? 'main',
    branches: new Map(),
    commits: new Map(),
    collaborators: new Map(),
    teams: new Map(),
    issues: new Map(),
    pulls: new Map(),
    comments: new Map(),
    checkRuns: new Map(),
    checkSuites: new Map(),
    statuses: [],
    deployments: new Map(),
    workflows: new Map(),
    runs: new Map(),
    labels: new Map(),
    nextNumber: 1,
  };
  state.repositories.set(repository.id, repository);
  return repository;
}
