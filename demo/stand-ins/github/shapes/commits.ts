import type { Json, JsonObject } from '../../../../src/core-values/index.ts';
import { type ChangedFile, patchOf, treeSha } from '../git.ts';
import { type Commit, findAccount, type Repository, type State } from '../state.ts';
import { apiOf, nodeId, siteOf, userShape } from './common.ts';

export const encoded = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

export function signature(state: State, login: string, at: string): JsonObject {
  const account = findAccount(state, login);
  return { name: account?.login ?? login, email: `${login}@users.noreply.example`, date: at };
}

export function commitShape(state: State, repository: Repository, commit: Commit): JsonObject {
  const { sha, author, committer, at, message, parents, files } = commit;
  const api = apiOf(state, repository);
  const person = (login: string): Json =>
    findAccount(state, login) === undefined ? null : userShape(state, login);
  return {
    sha,
    node_id: nodeId('Commit', repository.id),
    url: `${api}/commits/${sha}`,
    html_url: `${siteOf(state, repository)}/commit/${sha}`,
    comments_url: `${api}/commits/${sha}/comments`,
    commit: {
      author: signature(state, author, at),
      committer: signature(state, committer, at),
      message,
      tree: { sha: treeSha(files), url: `${api}/git/trees/${treeSha(files)}` },
      url: `${api}/git/commits/${sha}`,
      comment_count: 0,
      verification: {
        verified: false,
        reason: 'unsigned',
        signature: null,
        payload: null,
        verified_at: null,
      },
    },
    author: person(author),
    committer: person(committer),
    parents: parents.map((parent) => ({
      sha: parent,
      url: `${api}/commits/${parent}`,
      html_url: `${siteOf(state, repository)}/commit/${parent}`,
    })),
  };
}

export const linesOf = (text: string | undefined): number =>
  text === undefined || text === '' ? 0 : text.replace(/\n$/, '').split('\n').length;

export function fileShape(state: State, repository: Repository, sha: string, file: ChangedFile): JsonObject {
  const isSame = file.before === file.after;
  const [additions, deletions] = isSame ? [0, 0] : [linesOf(file.after), linesOf(file.before)];
  return {
    sha: '0'.repeat(40),
    filename: file.path,
    status: file.status,
    additions,
    deletions,
    changes: additions + deletions,
    blob_url: `${siteOf(state, repository)}/blob/${sha}/${encoded(file.path)}`,
    raw_url: `${siteOf(state, repository)}/raw/${sha}/${encoded(file.path)}`,
    contents_url: `${apiOf(state, repository)}/contents/${encoded(file.path)}?ref=${sha}`,
    ...(file.previous === undefined ? {} : { previous_filename: file.previous }),
    ...(isSame ? {} : { patch: patchOf(file) }),
  };
}
