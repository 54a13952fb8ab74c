import type { Json } from '../../../../src/core-values/index.ts';
import { empty, inPull, inRepository, listed, notFound, ok, type Routes } from '../call.ts';
import { dismissReview } from '../happenings/reviews.ts';
import { textAt } from '../json.ts';
import { commitShape, fileShape } from '../shapes/commits.ts';
import { commitsOf, filesOf, pullShape, reviewShape, wholePullShape } from '../shapes/pulls.ts';
import type { PullRequest } from '../state.ts';

const ORDERS = { asc: 1, desc: -1 };

const pulls: Routes = {
  'GET /repos/{owner}/{repo}/pulls': {
    needs: 'pull_requests:read',
    handle: inRepository((state, { query }, repository) => {
      const wanted = query.state ?? 'open';
      const direction = ORDERS[query.direction === 'asc' ? 'asc' : 'desc'];
      return listed(
        [...repository.pulls.values()]
          .filter(({ issue }) => wanted === 'all' || issue.state === wanted)
          .filter(({ base }) => query.base === undefined || base.branch === query.base)
          .filter(
            ({ head }) =>
              query.head === undefined || `${head.repository.owner}:${head.branch}` === query.head,
          )
          .toSorted((one, other) => direction * (one.issue.number - other.issue.number))
          .map((each) => pullShape(state, repository, each)),
      );
    }),
  },
  'GET /repos/{owner}/{repo}/pulls/{pull_number}': {
    needs: 'pull_requests:read',
    handle: inPull((state, _, repository, pull) => ok(wholePullShape(state, repository, pull))),
  },
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/files': {
    needs: 'pull_requests:read',
    // No more than 3,000 files are listed, however many there are.
    handle: inPull((state, _, repository, pull) =>
      listed(
        filesOf(repository, pull)
          .slice(0, 3000)
          .map((file) => fileShape(state, repository, pull.head.sha, file)),
      ),
    ),
  },
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/commits': {
    needs: 'pull_requests:read',
    // No more than 250 commits are listed.
    handle: inPull((state, _, repository, pull) =>
      listed(
        commitsOf(repository, pull)
          .slice(0, 250)
          .map((each) => commitShape(state, repository, each)),
      ),
    ),
  },
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/merge': {
    needs: 'contents:read',
    handle: inPull((_, __, ___, pull) => (pull.mergedAt === null ? notFound : empty)),
  },
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers': {
    needs: 'pull_requests:read',
    handle: inPull((state, _, repository, pull) => {
      const { requested_reviewers: users, requested_teams: teams } = pullShape(state, repository, pull);
      return ok({ users: users ?? [], teams: teams ?? [] });
    }),
  },
};

const reviews: Routes = {
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews': {
    needs: 'pull_requests:read',
    handle: inPull((state, _, repository, pull) =>
      listed(pull.reviews.map((review) => reviewShape(state, repository, pull, review))),
    ),
  },
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}': {
    needs: 'pull_requests:read',
    handle: inPull((state, { path }, repository, pull) => {
      const found = pull.reviews.find(({ id }) => id === Number(path.review_id));
      return found === undefined ? notFound : ok(reviewShape(state, repository, pull, found));
    }),
  },
  'PUT /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/dismissals': {
    needs: 'pull_requests:write',
    handle: inPull((state, call, repository, pull) => {
      const found = pull.reviews.find(({ id }) => id === Number(call.path.review_id));
      if (found === undefined) return notFound;
      const sender = call.caller.kind === 'installation' ? call.caller.token.installation.app.slug : '';
      dismissReview(state, repository, pull, found, `${sender}[bot]`);
      return ok(reviewShape(state, repository, pull, found));
    }),
  },
};

const ofCommit: Routes = {
  'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls': {
    needs: 'pull_requests:read',
    handle: inRepository((state, { path }, repository) => {
      const sha = path.commit_sha ?? '';
      const holds = (pull: PullRequest): boolean =>
        pull.mergeCommit === sha || commitsOf(repository, pull).some((each) => each.sha === sha);
      return listed(
        [...repository.pulls.values()].filter(holds).map((each) => pullShape(state, repository, each)),
      );
    }),
  },
  'PATCH /repos/{owner}/{repo}/pulls/{pull_number}': {
    needs: 'pull_requests:write',
    handle: inPull((state, { body }, repository, pull) => {
      pull.issue.title = textAt(body, 'title') ?? pull.issue.title;
      const text: Json | undefined = body.body;
      if (typeof text === 'string') pull.issue.body = text;
      pull.issue.updatedAt = state.now();
      return ok(wholePullShape(state, repository, pull));
    }),
  },
};

export const pullRoutes: Routes = { ...pulls, ...reviews, ...ofCommit };
