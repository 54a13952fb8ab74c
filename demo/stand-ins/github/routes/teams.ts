import { type Answer, empty, inOrganization, listed, notFound, ok, type Routes, refused } from '../call.ts';
import { userShape } from '../shapes/common.ts';
import { teamShape } from '../shapes/teams.ts';
import { type Account, findAccount, type State, type Team } from '../state.ts';

const inTeam = (handle: (state: State, team: Team, organization: Account, username: string) => Answer) =>
  inOrganization((state, { path }, organization) => {
    const team = organization.teams.get(path.team_slug ?? '');
    return team === undefined ? notFound : handle(state, team, organization, path.username ?? '');
  });

export const teamRoutes: Routes = {
  'GET /orgs/{org}/teams': {
    needs: 'members:read',
    handle: inOrganization((state, _, organization) =>
      listed([...organization.teams.values()].map((team) => teamShape(state, organization.login, team))),
    ),
  },
  'GET /orgs/{org}/teams/{team_slug}': {
    needs: 'members:read',
    handle: inTeam((state, team, organization) =>
      ok({
        ...teamShape(state, organization.login, team),
        members_count: team.members.size,
        organization: {
          ...userShape(state, organization.login),
          type: 'Organization',
          created_at: '2020-01-01T00:00:00Z',
          updated_at: '2026-01-01T00:00:00Z',
        },
        created_at: '2020-01-01T00:00:00Z',
        updated_at: '2026-01-01T00:00:00Z',
      }),
    ),
  },
  'GET /orgs/{org}/teams/{team_slug}/members': {
    needs: 'members:read',
    handle: inTeam((state, team) => listed([...team.members].map((login) => userShape(state, login)))),
  },
  'GET /orgs/{org}/teams/{team_slug}/memberships/{username}': {
    needs: 'members:read',
    handle: inTeam((state, team, _, username) => {
      const login = findAccount(state, username)?.login;
      if (login === undefined || !team.members.has(login)) return notFound;
      return ok({
        url: `${state.api}/teams/${team.id}/memberships/${login}`,
        role: 'member',
        state: 'active',
      });
    }),
  },
  'GET /orgs/{org}/members': {
    needs: 'members:read',
    handle: inOrganization((state, _, organization) =>
      listed([...organization.members].map((login) => userShape(state, login))),
    ),
  },
  'GET /orgs/{org}/members/{username}': {
    needs: 'members:read',
    handle: inOrganization((state, { path }, organization) => {
      const login = findAccount(state, path.username ?? '')?.login;
      return login !== undefined && organization.members.has(login)
        ? empty
        : refused(404, 'User does not exist or is not a member of the organization');
    }),
  },
};
