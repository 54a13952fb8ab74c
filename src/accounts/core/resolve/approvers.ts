import { type Reason, text } from '#core-values';
import type { NodePath } from '#platform/core';
import type { GitHubTeam, Issuer, Person, StackApproval, StackRepository, Team } from '../model.ts';
import type { Faults } from './faults.ts';

/** Who may approve a stack's changes, and how. */
export interface Approvers extends Pick<StackApproval, 'accept'> {
  readonly team: Team;
  /** The people of the team. */
  readonly members: readonly Person[];
  readonly issuer: Issuer;
  /** Of the stack. */
  readonly path: NodePath;
}

/** Somebody must be able to approve, and nobody may hide from the rule "never the author". */
export function checkApprovers({ team, members, accept, issuer, path }: Approvers, faults: Faults): void {
  const reviews = accept.includes('review');
  const atIssuer = (person: Person): boolean =>
    person.identities.some((identity) => identity.issuer === issuer.name);
  if (reviews && issuer.kind !== 'github-actions') faults.report([...path, 'approval', 'accept'], NO_REVIEWS);
  const signers = members.filter(({ keys, passkeys }) => keys.length + passkeys.length > 0);
  // Whoever is in the team may enrol a passkey, which this file does not know.
  if (members.length === 0 && accept.includes('signature')) {
    faults.report([...path, 'approval', 'team'], nobodySigns(team.name));
  }
  if (reviews && !members.some(atIssuer)) {
    faults.report([...path, 'approval', 'team'], nobodyReviews(team.name, issuer.name));
  }
  for (const person of signers) {
    if (!atIssuer(person))
      faults.report([...path, 'approval', 'team'], identityMissing(person.name, issuer.name));
  }
}

/** Only the organization that has the repository can say who is in its team: nobody would ever be. */
export function checkTeamAtGitHub(
  { name, github }: Team,
  repository: Pick<StackRepository, 'issuer' | 'name'>,
  path: NodePath,
  faults: Faults,
): void {
  if (github === undefined) return;
  const [owner = ''] = repository.name.split('/');
  const isOwner = owner.toLowerCase() === github.organization.toLowerCase();
  if (repository.issuer.kind !== 'github-actions' || !isOwner)
    faults.report(path, teamElsewhere(name, github, repository.name));
}

const teamElsewhere = (name: string, { organization, slug }: GitHubTeam, repository: string): Reason => ({
  rule: 'stack.team-elsewhere',
  message: text(
    `The team ${name} is ${organization}/${slug} on GitHub, but ${repository} is no repository of ${organization}: nobody would ever count as of the team.`,
    `チーム ${name} は GitHub の ${organization}/${slug} ですが、${repository} は ${organization} のリポジトリではないため、誰もチームの一員として扱われません。`,
  ),
  remedy: text(
    `Choose a team of the repository’s own organization, or remove \`github\` from the team ${name}.`,
    `リポジトリと同じ Organization のチームにするか、チーム ${name} の \`github\` を取り除いてください。`,
  ),
});

const NO_REVIEWS: Reason = {
  rule: 'stack.reviews-not-offered',
  message: text(
    'Reviews count as approvals only in repositories on GitHub.',
    'レビューを承認として扱えるのは GitHub のリポジトリだけです。',
  ),
  remedy: text('Remove `review`.', '`review` を取り除いてください。'),
};

const nobodySigns = (team: string): Reason => ({
  rule: 'stack.nobody-can-approve',
  message: text(
    `Nobody is in the team ${team}: no change of this stack could ever be approved.`,
    `チーム ${team} には誰もいないため、このスタックの変更を誰も承認できません。`,
  ),
  remedy: text(
    `Add the team ${team} to the \`teams\` of somebody, who signs with an SSH key (\`keys\`) or a passkey.`,
    `SSH 鍵(\`keys\`)またはパスキーで署名する人の \`teams\` に、チーム ${team} を追加してください。`,
  ),
});

const nobodyReviews = (team: string, issuer: string): Reason => ({
  rule: 'stack.nobody-can-review',
  message: text(
    `Nobody in the team ${team} has an identity at ${issuer}: no review could ever count.`,
    `チーム ${team} には ${issuer} の ID を登録した人がいないため、レビューが承認として数えられることはありません。`,
  ),
  remedy: text(
    `Add the numeric id at ${issuer} to the \`identities\` of somebody in the team ${team}.`,
    `チーム ${team} の誰かの \`identities\` に ${issuer} の数字の ID を追加してください。`,
  ),
});

const identityMissing = (person: string, issuer: string): Reason => ({
  rule: 'person.identity-missing',
  message: text(
    `${person} may approve this stack but has no identity at ${issuer}: nobody could tell whether ${person} wrote the change.`,
    `${person} はこのスタックを承認できますが、${issuer} の ID が登録されていません。変更の作成者かどうか判別できません。`,
  ),
  remedy: text(
    `Add ${person}’s numeric id at ${issuer} to \`identities\`.`,
    `${person} の \`identities\` に ${issuer} の数字の ID を追加してください。`,
  ),
});
