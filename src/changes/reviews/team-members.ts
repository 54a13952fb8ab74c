import { type GitHubTeam, type Organization, type Person, personByName, type Stack } from '#accounts/core';
import {
  err,
  ok,
  type PersonName,
  type Problem,
  problem,
  type Reason,
  type Result,
  text,
} from '#core-values';
import type { ChangesRoom } from '../room.ts';

/** Ids of the users whom GitHub has in each team that `sekisho.yaml` ties to one, or why it could not say. */
export type TeamReading = ReadonlyMap<string, Result<ReadonlySet<string>, Problem>>;

type ReadingRoom = Pick<ChangesRoom, 'organization' | 'reviews'>;

/** For what is over, and for what no team matters to: nobody is in a team that is tied to GitHub. */
export const NO_TEAMS: TeamReading = new Map();

/**
 * Asks GitHub who is in the tied teams, through the stack's repository; nothing is asked where none is tied. Never inside a transaction.
 */
export async function readTeams(room: ReadingRoom, { repository }: Stack): Promise<TeamReading> {
  const { issuer, id: repositoryId } = repository;
  if (issuer.kind !== 'github-actions') return NO_TEAMS;
  const read = room.organization().teams.map(async ({ name, github }) => {
    if (github === undefined) return [];
    const members: Result<readonly string[], Problem> =
      room.reviews === undefined
        ? err(noApp(github))
        : await room.reviews.membersOf({ issuer, repositoryId, team: github });
    const ids = members.ok
      ? ok<ReadonlySet<string>>(new Set(members.value))
      : err(unread(github, members.error));
    return [[name, ids] as const];
  });
  return new Map((await Promise.all(read)).flat());
}

/** The organization in which everybody is only in those teams that GitHub has them in too, as far as these are tied. */
export function organizationNow(
  organization: Organization,
  { repository }: Stack,
  teams: TeamReading,
): Organization {
  const tied = new Set(
    organization.teams.flatMap(({ name, github }) => (github === undefined ? [] : [name])),
  );
  if (tied.size === 0) return organization;
  const isIn = ({ identities }: Person, team: string): boolean => {
    const members = teams.get(team);
    return (
      members?.ok === true &&
      identities.some(({ issuer, id }) => issuer === repository.issuer.name && members.value.has(id))
    );
  };
  const people = organization.people.map((person) => ({
    ...person,
    teams: person.teams.filter((team) => !tied.has(team) || isIn(person, team)),
  }));
  return { ...organization, people };
}

/** Why it is not known of these people whether they still are in their teams. */
export const unreadTeamsOf = (
  organization: Organization,
  teams: TeamReading,
  names: readonly PersonName[],
): readonly Reason[] =>
  [...teams].flatMap(([team, members]) => {
    const concerns = organization.people.some(
      (person) => names.includes(person.name) && person.teams.some((one) => one === team),
    );
    return members.ok || !concerns ? [] : members.error.reasons;
  });

/** Somebody who asks for something about a stack, in the organization as GitHub has its teams now. */
export interface AskingNow {
  readonly organization: Organization;
  readonly person: Person;
  /** The refusal where GitHub could not say whether the person may. */
  readonly unread: Problem | undefined;
}

export function askingNow(room: ReadingRoom, stack: Stack, person: Person, teams: TeamReading): AskingNow {
  const configured = room.organization();
  const organization = organizationNow(configured, stack, teams);
  const [first, ...more] = unreadTeamsOf(configured, teams, [person.name]);
  return {
    organization,
    person: personByName(organization, person.name) ?? { ...person, teams: [] },
    unread: first && problem('denied', first, ...more),
  };
}

const nameOf = ({ organization, slug }: GitHubTeam): string => `${organization}/${slug}`;

/** A person who may have left is none of the team: said with what GitHub answered. */
function unread(team: GitHubTeam, { code, reasons: [first, ...more] }: Problem): Problem {
  const reason: Reason = {
    rule: 'team.unread',
    message: text(
      `GitHub does not say who is in ${nameOf(team)}, so nobody counts as of the team: ${first.message.en}`,
      `GitHub の ${nameOf(team)} のメンバーを確認できないため、誰もチームの一員として扱えません: ${first.message.ja}`,
    ),
    remedy: first.remedy,
  };
  return problem(code, reason, ...more);
}

const noApp = (team: GitHubTeam): Problem =>
  problem('denied', {
    rule: 'team.no-app',
    message: text(
      `no GitHub App is set up that could read ${nameOf(team)}.`,
      `${nameOf(team)} を読み取る GitHub App が設定されていません。`,
    ),
    remedy: text(
      'Set the App up, or take `github` off the team in sekisho.yaml.',
      'GitHub App を設定するか、sekisho.yaml のチームから `github` を取り除いてください。',
    ),
  });
