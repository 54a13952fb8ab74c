import type { JsonObject } from '../../../../src/core-values/index.ts';
import { type Answer, empty, inRepository, listed, notFound, ok, type Routes, refused } from '../call.ts';
import { blobIn, difference, folderOf, history, mergeBase, resolved, treeSha, wholeTree } from '../git.ts';
import { commitShape, encoded, fileShape, signature } from '../shapes/commits.ts';
import { apiOf, fullName, nodeId, repositoryShape, siteOf, userShape } from '../shapes/common.ts';
import { type Commit, findAccount, permissionOf, type Repository, type State } from '../state.ts';

/** A commit by `?ref=`, or the default branch's; the tree of a sha is found by the commit that has it. */
const commitFor = (repository: Repository, ref: unknown): Commit | undefined =>
  resolved(repository, typeof ref === 'string' && ref !== '' ? ref : repository.defaultBranch);

function contentShape(
  state: State,
  repository: Repository,
  path: string,
  ref: string,
  content: string,
): JsonObject {
  const sha = folderOf(new Map([[path, content]]), path.split('/').slice(0, -1).join('/'))[0]?.sha ?? '';
  const url = `${apiOf(state, repository)}/contents/${encoded(path)}?ref=${ref}`;
  return {
    type: 'file',
    encoding: 'base64',
    size: Buffer.byteLength(content),
    name: path.split('/').at(-1) ?? '',
    path,
    content: Buffer.from(content).toString('base64'),
    sha,
    url,
    git_url: `${apiOf(state, repository)}/git/blobs/${sha}`,
    html_url: `${siteOf(state, repository)}/blob/${ref}/${encoded(path)}`,
    download_url: null,
    _links: { self: url, git: null, html: null },
  };
}

function contents(state: State, repository: Repository, path: string, ref: unknown, accept: string): Answer {
  const commit = commitFor(repository, ref);
  if (commit === undefined) return notFound;
  const file = commit.files.get(path);
  if (file !== undefined) {
    return accept.includes('raw')
      ? { kind: 'raw', body: file }
      : ok(contentShape(state, repository, path, commit.sha, file));
  }
  const inside = folderOf(commit.files, path);
  if (inside.length === 0) return notFound;
  const url = (name: string): string =>
    `${apiOf(state, repository)}/contents/${encoded(name)}?ref=${commit.sha}`;
  return ok(
    inside.map(({ path: each, kind, sha, content }) => ({
      type: kind === 'tree' ? 'dir' : 'file',
      size: Buffer.byteLength(content),
      name: each.split('/').at(-1) ?? '',
      path: each,
      sha,
      url: url(each),
      git_url: null,
      html_url: null,
      download_url: null,
      _links: { self: url(each), git: null, html: null },
    })),
  );
}

const MODES = { blob: '100644', tree: '040000' };

const trees: Routes = {
  'GET /repos/{owner}/{repo}/git/trees/{tree_sha}': {
    needs: 'contents:read',
    handle: inRepository((state, { path, query }, repository) => {
      const asked = path.tree_sha ?? '';
      const commit =
        resolved(repository, asked) ??
        repository.commits.values().find(({ files }) => treeSha(files) === asked);
      if (commit === undefined) return notFound;
      const entries = query.recursive === undefined ? folderOf(commit.files, '') : wholeTree(commit.files);
      return ok({
        sha: treeSha(commit.files),
        url: `${apiOf(state, repository)}/git/trees/${treeSha(commit.files)}`,
        truncated: false,
        tree: entries.map(({ path: each, kind, sha, content }) => ({
          path: each,
          mode: MODES[kind],
          type: kind,
          sha,
          ...(kind === 'blob' ? { size: Buffer.byteLength(content) } : {}),
          url: `${apiOf(state, repository)}/git/${kind}s/${sha}`,
        })),
      });
    }),
  },
  'GET /repos/{owner}/{repo}/git/blobs/{file_sha}': {
    needs: 'contents:read',
    handle: inRepository((state, { path, accept }, repository) => {
      const asked = path.file_sha ?? '';
      const found = blobIn(repository, asked);
      if (found === undefined) return notFound;
      if (accept.includes('raw')) return { kind: 'raw', body: found };
      return ok({
        sha: asked,
        node_id: nodeId('Blob', repository.id),
        url: `${apiOf(state, repository)}/git/blobs/${asked}`,
        size: Buffer.byteLength(found),
        encoding: 'base64',
        content: Buffer.from(found).toString('base64'),
      });
    }),
  },
};

const commits: Routes = {
  'GET /repos/{owner}/{repo}/commits/{ref}': {
    needs: 'contents:read',
    handle: inRepository((state, { path }, repository) => {
      const commit = resolved(repository, path.ref ?? '');
      if (commit === undefined) return refused(422, `No commit found for SHA: ${path.ref}`);
      const before = repository.commits.get(commit.parents[0] ?? '')?.files ?? new Map<string, string>();
      const files = difference(before, commit.files).map((file) =>
        fileShape(state, repository, commit.sha, file),
      );
      return ok({ ...commitShape(state, repository, commit), files });
    }),
  },
  'GET /repos/{owner}/{repo}/git/commits/{commit_sha}': {
    needs: 'contents:read',
    handle: inRepository((state, { path }, repository) => {
      const commit = repository.commits.get(path.commit_sha ?? '');
      if (commit === undefined) return notFound;
      const { sha, author, committer, at, message, parents, files } = commit;
      const api = apiOf(state, repository);
      return ok({
        sha,
        url: `${api}/git/commits/${sha}`,
        html_url: `${siteOf(state, repository)}/commit/${sha}`,
        author: signature(state, author, at),
        committer: signature(state, committer, at),
        message,
        tree: { sha: treeSha(files), url: `${api}/git/trees/${treeSha(files)}` },
        parents: parents.map((parent) => ({
          sha: parent,
          url: `${api}/git/commits/${parent}`,
          html_url: `${siteOf(state, repository)}/commit/${parent}`,
        })),
        verification: {
          verified: false,
          reason: 'unsigned',
          signature: null,
          payload: null,
          verified_at: null,
        },
      });
    }),
  },
  'GET /repos/{owner}/{repo}/commits': {
    needs: 'contents:read',
    handle: inRepository((state, { query }, repository) => {
      const from = commitFor(repository, query.sha);
      if (from === undefined) return notFound;
      return listed(history(repository, from.sha).map((each) => commitShape(state, repository, each)));
    }),
  },
  'GET /repos/{owner}/{repo}/compare/{basehead}': {
    needs: 'contents:read',
    handle: inRepository((state, { path }, repository) => {
      const [base, head] = (path.basehead ?? '').split('...').map((ref) => resolved(repository, ref));
      if (base === undefined || head === undefined) return notFound;
      const parted = mergeBase(repository, head.sha, base.sha) ?? base;
      const behind = new Set(history(repository, base.sha).map(({ sha }) => sha));
      const inHead = history(repository, head.sha);
      const ahead = inHead.filter(({ sha }) => !behind.has(sha));
      const known = new Set(inHead.map(({ sha }) => sha));
      const missing = [...behind].filter((sha) => !known.has(sha)).length;
      const status =
        ahead.length > 0 && missing > 0
          ? 'diverged'
          : ahead.length > 0
            ? 'ahead'
            : missing > 0
              ? 'behind'
              : 'identical';
      return ok({
        url: `${apiOf(state, repository)}/compare/${path.basehead}`,
        base_commit: commitShape(state, repository, base),
        merge_base_commit: commitShape(state, repository, parted),
        status,
        ahead_by: ahead.length,
        behind_by: missing,
        total_commits: ahead.length,
        commits: ahead.toReversed().map((each) => commitShape(state, repository, each)),
        files: difference(parted.files, head.files).map((file) =>
          fileShape(state, repository, head.sha, file),
        ),
      });
    }),
  },
};

function refShape(state: State, repository: Repository, branch: string, sha: string): JsonObject {
  const api = apiOf(state, repository);
  return {
    ref: `refs/heads/${branch}`,
    node_id: nodeId('Ref', repository.id),
    url: `${api}/git/refs/heads/${branch}`,
    object: { type: 'commit', sha, url: `${api}/git/commits/${sha}` },
  };
}

const branches: Routes = {
  'GET /repos/{owner}/{repo}/git/ref/{ref}': {
    needs: 'contents:read',
    handle: inRepository((state, { path }, repository) => {
      const branch = (path.ref ?? '').replace(/^heads\//, '');
      const sha = repository.branches.get(branch);
      return sha === undefined ? notFound : ok(refShape(state, repository, branch, sha));
    }),
  },
  'GET /repos/{owner}/{repo}/git/matching-refs/{ref}': {
    needs: 'contents:read',
    handle: inRepository((state, { path }, repository) => {
      const beginning = (path.ref ?? '').replace(/^heads\//, '');
      return ok(
        [...repository.branches]
          .filter(([name]) => name.startsWith(beginning))
          .map(([name, sha]) => refShape(state, repository, name, sha)),
      );
    }),
  },
  'GET /repos/{owner}/{repo}/branches': {
    needs: 'contents:read',
    handle: inRepository((state, _, repository) =>
      listed(
        [...repository.branches].map(([name, sha]) => ({
          name,
          commit: { sha, url: `${apiOf(state, repository)}/commits/${sha}` },
          protected: name === repository.defaultBranch,
        })),
      ),
    ),
  },
  'GET /repos/{owner}/{repo}/branches/{branch}': {
    needs: 'contents:read',
    handle: inRepository((state, { path }, repository) => {
      const name = path.branch ?? '';
      const commit = repository.commits.get(repository.branches.get(name) ?? '');
      if (commit === undefined) return refused(404, 'Branch not found');
      const url = `${apiOf(state, repository)}/branches/${encoded(name)}`;
      return ok({
        name,
        commit: commitShape(state, repository, commit),
        protected: name === repository.defaultBranch,
        protection: {},
        protection_url: `${url}/protection`,
        _links: { self: url, html: `${siteOf(state, repository)}/tree/${encoded(name)}` },
      });
    }),
  },
};

const collaborators: Routes = {
  'GET /repos/{owner}/{repo}/collaborators/{username}/permission': {
    needs: 'metadata:read',
    handle: inRepository((state, { path }, repository) => {
      const account = findAccount(state, path.username ?? '');
      if (account === undefined) return notFound;
      const role = permissionOf(state, repository, account.login);
      // `permission` knows four words only: maintain counts as write, triage as read.
      const permission = role === 'maintain' ? 'write' : role === 'triage' ? 'read' : role;
      return ok({
        permission,
        role_name: role,
        user: { ...userShape(state, account.login), role_name: role },
      });
    }),
  },
  'GET /repos/{owner}/{repo}/collaborators/{username}': {
    needs: 'metadata:read',
    handle: inRepository((state, { path }, repository) => {
      const account = findAccount(state, path.username ?? '');
      return account !== undefined && permissionOf(state, repository, account.login) !== 'none'
        ? empty
        : notFound;
    }),
  },
};

export const repositoryRoutes: Routes = {
  'GET /repos/{owner}/{repo}': {
    needs: 'metadata:read',
    handle: inRepository((state, _, repository) => ok(repositoryShape(state, repository))),
  },
  'GET /repos/{owner}/{repo}/contents/{path}': {
    needs: 'contents:read',
    handle: inRepository((state, { path, query, accept }, repository) =>
      contents(state, repository, (path.path ?? '').replace(/\/$/, ''), query.ref, accept),
    ),
  },
  'GET /repos/{owner}/{repo}/codeowners/errors': {
    needs: 'contents:read',
    handle: inRepository((_, __, repository) =>
      fullName(repository) === '' ? notFound : ok({ errors: [] }),
    ),
  },
  ...trees,
  ...commits,
  ...branches,
  ...collaborators,
};
