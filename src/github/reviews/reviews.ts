import type { GitHubUser, PullRequestPlace, Review, ReviewsPort } from '#changes';
import { err, ok, own, type Problem, parseTime, problem, type Result, text } from '#core-values';
import { hostOfIssuer, siteOfHost } from '../api/host.ts';
import type { AnswerOf, GitHubConnections, GitHubRepository, ItemOf } from '../api/port.ts';

const REVIEWS = 'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews';
const PULL = 'GET /repos/{owner}/{repo}/pulls/{pull_number}';
const COMMITS = 'GET /repos/{owner}/{repo}/pulls/{pull_number}/commits';
const COMMIT = 'GET /repos/{owner}/{repo}/git/commits/{commit_sha}';
/** With those of the teams below it. https://docs.github.com/en/rest/teams/members#list-team-members */
const MEMBERS = 'GET /orgs/{org}/teams/{team_slug}/members';

type ReviewItem = ItemOf<AnswerOf<typeof REVIEWS>>;
type CommitItem = ItemOf<AnswerOf<typeof COMMITS>>;

/** What GitHub's REST API says of reviews, with the App's own token for the repository. */
export const githubReviews = (connections: GitHubConnections): Omit<ReviewsPort, 'dispatchOf'> => ({
  pullRequestUrl: ({ issuer, repositoryName, pullRequest }) => {
    const host = hostOfIssuer(issuer.url);
    return host === undefined || !/^[\w.-]+\/[\w.-]+$/.test(repositoryName)
      ? undefined
      : `${siteOfHost(host)}/${repositoryName}/pull/${pullRequest}`;
  },
  reviewsOf: async (place) => {
    const repository = await repositoryOf(connections, place);
    if (!repository.ok) return repository;
    const items = await repository.value.all(REVIEWS, { pull_number: place.pullRequest });
    return items.ok ? readReviews(items.value) : items;
  },
  authorsOf: async (place) => {
    const repository = await repositoryOf(connections, place);
    return repository.ok ? authorsOf(repository.value, place.pullRequest) : repository;
  },
  headOf: async (merge) => {
    const repository = await repositoryOf(connections, merge);
    if (!repository.ok) return repository;
    const commit = await repository.value.request(COMMIT, { commit_sha: merge.commit });
    if (!commit.ok) return commit;
    // https://docs.github.com/en/rest/git/commits: in Git's order, so the base comes first.
    const [, head, ...more] = commit.value.parents;
    const isMerge = commit.value.sha === merge.commit && head !== undefined && more.length === 0;
    return isMerge ? ok(head.sha) : err(notAMerge(merge.commit));
  },
  membersOf: async ({ team: { organization, slug }, ...of }) => {
    const repository = await repositoryOf(connections, of);
    if (!repository.ok) return repository;
    // Our token is of the repository's own organization, and nobody else can tell of another one's teams.
    if (repository.value.owner.toLowerCase() !== organization.toLowerCase()) return ok([]);
    const members = await repository.value.all(MEMBERS, { org: organization, team_slug: slug });
    return members.ok ? ok(members.value.map(({ id }) => String(id))) : members;
  },
});

function repositoryOf(
  connections: GitHubConnections,
  { issuer, repositoryId: id }: Pick<PullRequestPlace, 'issuer' | 'repositoryId'>,
): Promise<Result<GitHubRepository, Problem>> {
  const host = hostOfIssuer(issuer.url);
  return host === undefined
    ? Promise.resolve(err(notGitHub(issuer.name)))
    : connections.repository({ host, id });
}

const STATES: Readonly<Record<string, Review['state']>> = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'changes-requested',
  COMMENTED: 'commented',
};

/** Reviews that were not submitted yet are nobody's word; those of deleted users nobody's any more. */
function readReviews(items: readonly ReviewItem[]): Result<readonly Review[], Problem> {
  const reviews: Review[] = [];
  for (const { id, user, state, commit_id, submitted_at, html_url } of items) {
    if (state === 'PENDING' || user === null) continue;
    const at = submitted_at === undefined ? undefined : timeOf(submitted_at);
    if (at === undefined) return err(unreadable(id));
    reviews.push({
      id: String(id),
      by: { id: String(user.id), login: user.login },
      state: own(STATES, state) ?? 'dismissed',
      ...(commit_id === null ? {} : { commit: commit_id }),
      at,
      url: html_url,
    });
  }
  return ok(reviews);
}

/** GitHub writes whole seconds. */
const timeOf = (words: string) => parseTime(words.replace(/(?<=:\d{2})Z$/, '.000Z'));

/** GitHub lists no more commits of a pull request. https://docs.github.com/en/rest/pulls/pulls#list-commits-on-a-pull-request */
const MOST_COMMITS = 250;

async function authorsOf(
  repository: GitHubRepository,
  pullRequest: number,
): Promise<Result<readonly GitHubUser[], Problem>> {
  const asked = { pull_number: pullRequest };
  const pull = await repository.request(PULL, asked);
  if (!pull.ok) return pull;
  if (pull.value.commits > MOST_COMMITS) return err(tooManyCommits(pullRequest, pull.value.commits));
  const commits = await repository.all(COMMITS, asked, MOST_COMMITS);
  if (!commits.ok) return commits;
  if (commits.value.length < pull.value.commits) return err(tooManyCommits(pullRequest, pull.value.commits));
  const opener = pull.value.user;
  const found = [userOf(opener), ...commits.value.flatMap(authorsOfCommit)];
  return ok(found.filter(({ id }, at) => found.findIndex((other) => other.id === id) === at));
}

const userOf = ({ id, login }: { readonly id: number | bigint; readonly login: string }): GitHubUser => ({
  id: String(id),
  login,
});

/** `Co-authored-by: Hanako <1002+hanako@users.noreply.github.com>`: the address that names a user by id. */
const CO_AUTHOR = /^co-authored-by:.*<([1-9][0-9]{0,18})\+([^@<>\s]+)@users\.noreply\.[^<>\s]+>\s*$/gim;

function authorsOfCommit({ author, commit: { message } }: CommitItem): readonly GitHubUser[] {
  const together = [...message.matchAll(CO_AUTHOR)].map(([, id = '', login = '']) => ({ id, login }));
  // An author whom GitHub knows as no user is `null`, or an object with nothing in it.
  const { id, login } = author ?? {};
  return id === undefined || login === undefined ? together : [userOf({ id, login }), ...together];
}

const notGitHub = (issuer: string): Problem =>
  problem('denied', {
    rule: 'review.not-github',
    message: text(
      `Issuer ${issuer} is no GitHub: nobody reviews there.`,
      `発行者 ${issuer} は GitHub ではないため、レビューを読み取れません。`,
    ),
    remedy: text(
      'Take `review` out of the stack’s `approval.accept`.',
      'スタックの `approval.accept` から `review` を取り除いてください。',
    ),
  });

const AGAIN = text(
  'Try again; if it stays so, sign: `sekisho approve`, and take `review` out of `approval.accept`.',
  '時間をおいて再試行してください。解消しない場合は、`approval.accept` から `review` を取り除き、`sekisho approve` で署名して承認してください。',
);

const unreadable = (id: number | bigint): Problem =>
  problem('outside-failed', {
    rule: 'review.unreadable',
    message: text(
      `GitHub does not say when review ${id} was given.`,
      `レビュー ${id} の日時が GitHub の応答にありません。`,
    ),
    remedy: AGAIN,
  });

const notAMerge = (commit: string): Problem =>
  problem('outside-failed', {
    rule: 'review.not-a-merge',
    message: text(
      `Commit ${commit.slice(0, 12)} is not GitHub’s merge of a pull request: it cannot be told which commit was planned.`,
      `コミット ${commit.slice(0, 12)} は、GitHub がプルリクエストから作成したマージコミットではありません。どのコミットのプランか判別できません。`,
    ),
    remedy: text(
      'Run the pull request’s workflow again.',
      'プルリクエストのワークフローを再実行してください。',
    ),
  });

const tooManyCommits = (pullRequest: number, commits: number): Problem =>
  problem('denied', {
    rule: 'review.too-many-commits',
    message: text(
      `GitHub does not list all ${commits} commits of #${pullRequest}: who wrote it cannot be told.`,
      `#${pullRequest} のコミット ${commits} 件を GitHub がすべては返さないため、作成者を特定できません。`,
    ),
    remedy: text(
      'Squash its commits, or split the pull request.',
      'コミットをまとめるか、プルリクエストを分割してください。',
    ),
  });
