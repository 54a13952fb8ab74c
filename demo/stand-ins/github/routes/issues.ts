import type { JsonObject } from '../../../../src/core-values/index.ts';
import {
  type Answer,
  appOf,
  botOf,
  type Call,
  created,
  empty,
  inRepository,
  listed,
  notFound,
  ok,
  type Routes,
  refused,
  textOf,
} from '../call.ts';
import { addComment, addIssue, changeIssue, deleteComment, editComment } from '../happenings/issues.ts';
import { listAt, textAt } from '../json.ts';
import { commentShape, issueShape, labelShape, reactionShape } from '../shapes/issues.ts';
import type { Comment, Issue, Repository, State } from '../state.ts';

/** GitHub refuses a longer text of a comment, an issue or a check. */
const LONGEST_BODY = 65_536;

const tooLong = (body: string): Answer | undefined =>
  [...body].length > LONGEST_BODY
    ? refused(422, 'Validation Failed', [
        {
          resource: 'IssueComment',
          code: 'unprocessable',
          field: 'data',
          message: 'Body is too long (maximum is 65536 characters)',
        },
      ])
    : undefined;

const inIssue = (handle: (state: State, call: Call, repository: Repository, issue: Issue) => Answer) =>
  inRepository((state, call, repository) => {
    const issue = repository.issues.get(Number(call.path.issue_number));
    return issue === undefined ? notFound : handle(state, call, repository, issue);
  });

const inComment = (handle: (state: State, call: Call, repository: Repository, comment: Comment) => Answer) =>
  inRepository((state, call, repository) => {
    const comment = repository.comments.get(Number(call.path.comment_id));
    return comment === undefined ? notFound : handle(state, call, repository, comment);
  });

const labelsIn = (body: JsonObject): readonly string[] =>
  listAt(body, 'labels').map((label) => (typeof label === 'string' ? label : (textAt(label, 'name') ?? '')));

const issues: Routes = {
  'GET /repos/{owner}/{repo}/issues': {
    needs: 'issues:read',
    handle: inRepository((state, { query }, repository) => {
      const wanted = query.state ?? 'open';
      const labels = String(query.labels ?? '')
        .split(',')
        .filter((label) => label !== '');
      return listed(
        [...repository.issues.values()]
          .filter(({ state: now }) => wanted === 'all' || now === wanted)
          .filter((issue) => labels.every((label) => issue.labels.includes(label)))
          .filter(({ author }) => query.creator === undefined || author === query.creator)
          .toSorted((one, other) => (query.direction === 'asc' ? 1 : -1) * (one.number - other.number))
          .map((each) => issueShape(state, repository, each)),
      );
    }),
  },
  'POST /repos/{owner}/{repo}/issues': {
    needs: 'issues:write',
    handle: inRepository((state, call, repository) => {
      const long = tooLong(textOf(call, 'body'));
      if (long !== undefined) return long;
      const app = appOf(call);
      const issue = addIssue(state, repository, {
        author: botOf(app),
        app,
        title: textOf(call, 'title'),
        body: textAt(call.body, 'body') ?? null,
        labels: labelsIn(call.body),
      });
      return created(issueShape(state, repository, issue));
    }),
  },
  'GET /repos/{owner}/{repo}/issues/{issue_number}': {
    needs: 'issues:read',
    handle: inIssue((state, _, repository, issue) => ok(issueShape(state, repository, issue))),
  },
  'PATCH /repos/{owner}/{repo}/issues/{issue_number}': {
    needs: 'issues:write',
    handle: inIssue((state, call, repository, issue) => {
      const long = tooLong(textOf(call, 'body'));
      if (long !== undefined) return long;
      changeIssue(state, repository, issue, botOf(appOf(call)), {
        title: textAt(call.body, 'title'),
        body: textAt(call.body, 'body'),
        state: textAt(call.body, 'state'),
        stateReason: textAt(call.body, 'state_reason'),
        labels: call.body.labels === undefined ? undefined : labelsIn(call.body),
      });
      return ok(issueShape(state, repository, issue));
    }),
  },
};

const isSince = ({ updatedAt }: Comment, { since }: Call['query']): boolean =>
  since === undefined || updatedAt >= String(since);

const comments: Routes = {
  'GET /repos/{owner}/{repo}/issues/comments': {
    needs: 'issues:read',
    handle: inRepository((state, { query }, repository) =>
      listed(
        [...repository.comments.values()]
          .filter((each) => isSince(each, query))
          .map((each) => commentShape(state, repository, each)),
      ),
    ),
  },
  'GET /repos/{owner}/{repo}/issues/{issue_number}/comments': {
    needs: 'issues:read',
    handle: inIssue((state, { query }, repository, issue) =>
      listed(
        [...repository.comments.values()]
          .filter((each) => each.issue === issue.number)
          .filter((each) => isSince(each, query))
          .map((each) => commentShape(state, repository, each)),
      ),
    ),
  },
  'POST /repos/{owner}/{repo}/issues/{issue_number}/comments': {
    needs: 'issues:write',
    handle: inIssue((state, call, repository, issue) => {
      const long = tooLong(textOf(call, 'body'));
      if (long !== undefined) return long;
      const app = appOf(call);
      const comment = addComment(state, repository, issue, {
        author: botOf(app),
        app,
        body: textOf(call, 'body'),
      });
      return created(commentShape(state, repository, comment));
    }),
  },
  'GET /repos/{owner}/{repo}/issues/comments/{comment_id}': {
    needs: 'issues:read',
    handle: inComment((state, _, repository, comment) => ok(commentShape(state, repository, comment))),
  },
  'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}': {
    needs: 'issues:write',
    handle: inComment((state, call, repository, comment) => {
      const long = tooLong(textOf(call, 'body'));
      if (long !== undefined) return long;
      editComment(state, repository, comment, botOf(appOf(call)), textOf(call, 'body'));
      return ok(commentShape(state, repository, comment));
    }),
  },
  'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}': {
    needs: 'issues:write',
    handle: inComment((state, call, repository, comment) => {
      deleteComment(state, repository, comment, botOf(appOf(call)));
      return empty;
    }),
  },
};

const reactions: Routes = {
  'GET /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions': {
    needs: 'issues:read',
    handle: inComment((state, _, __, comment) =>
      listed(comment.reactions.map((each) => reactionShape(state, each))),
    ),
  },
  'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions': {
    needs: 'issues:write',
    handle: inComment((state, call, _, comment) => {
      const [author, content] = [botOf(appOf(call)), textOf(call, 'content')];
      const same = comment.reactions.find((each) => each.author === author && each.content === content);
      if (same !== undefined) return ok(reactionShape(state, same));
      const reaction = { id: state.nextId(), author, content };
      comment.reactions.push(reaction);
      return created(reactionShape(state, reaction));
    }),
  },
};

const labels: Routes = {
  'GET /repos/{owner}/{repo}/labels/{name}': {
    needs: 'issues:read',
    handle: inRepository((state, { path }, repository) =>
      repository.labels.has(path.name ?? '') ? ok(labelShape(state, repository, path.name ?? '')) : notFound,
    ),
  },
  'POST /repos/{owner}/{repo}/labels': {
    needs: 'issues:write',
    handle: inRepository((state, call, repository) => {
      const name = textOf(call, 'name');
      if (repository.labels.has(name))
        return refused(422, 'Validation Failed', [
          { resource: 'Label', code: 'already_exists', field: 'name' },
        ]);
      repository.labels.set(name, textAt(call.body, 'color') ?? 'ededed');
      return created(labelShape(state, repository, name));
    }),
  },
};

export const issueRoutes: Routes = { ...issues, ...comments, ...reactions, ...labels };
