import { createHash } from 'node:crypto';
import { type ExternalId, parseExternalId } from '#accounts/core';
import { z } from '#platform';
import type { AnySubject } from '../subjects/subject.ts';

/** What a delivery makes dirty. It carries no facts: whoever works on a subject asks GitHub. */
export interface Marks {
  readonly action?: string;
  readonly subjects: readonly AnySubject[];
  /** Who may do what changed: every open subject of the App. */
  readonly isAboutPeople: boolean;
  readonly comment?: NewComment;
}

/** A comment on a pull request that may hold commands. */
export interface NewComment {
  readonly commentId: ExternalId;
  readonly repositoryId: ExternalId;
  readonly number: string;
  readonly authorId: ExternalId;
  readonly bodySha256: string;
}

const id = z.union([z.int(), z.bigint()]).transform((value, context) => {
  const parsed = parseExternalId(String(value));
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: 'not an id' });
  return z.NEVER;
});
const number = z.int().positive();
const ofPulls = z.object({ pull_requests: z.array(z.object({ number })).optional() });

/** Of every event only what is looked at; GitHub adds members at any time. */
const payload = z.object({
  action: z.string().max(100).optional(),
  repository: z.object({ id }).optional(),
  pull_request: z.object({ number }).optional(),
  issue: z.object({ number, pull_request: z.unknown().optional() }).optional(),
  comment: z.object({ id, body: z.string().nullish(), user: z.object({ id }).nullish() }).optional(),
  check_run: ofPulls.optional(),
  check_suite: ofPulls.optional(),
  workflow_run: ofPulls.optional(),
  merge_group: z.object({ head_ref: z.string() }).optional(),
  repositories_added: z.array(z.object({ id })).optional(),
  repositories: z.array(z.object({ id })).optional(),
});

type Payload = z.infer<typeof payload>;

const NOTHING: Marks = { subjects: [], isAboutPeople: false };

/** `undefined` for what is not even of the form; an event that we do not know marks nothing. */
export function marksOf(host: string, event: string, body: unknown): Marks | undefined {
  const parsed = payload.safeParse(body);
  if (!parsed.success) return undefined;
  const { action } = parsed.data;
  const marks = marksOfKnown(host, event, parsed.data);
  return { ...marks, ...(action !== undefined && { action }) };
}

/** `/sekisho …` at the beginning of a line. */
const MAY_COMMAND = /^[ \t]*\/sekisho\b/m;

/** GitHub names the branch of a merge group after the pull request at its end: `refs/heads/gh-readonly-queue/main/pr-7-0123…`. */
const GROUP_OF = /\/pr-([1-9][0-9]{0,9})-[0-9a-f]+$/;

function marksOfKnown(host: string, event: string, body: Payload): Marks {
  const { repository, action } = body;
  const pulls = (...numbers: readonly (number | string | undefined)[]): Marks => {
    if (repository === undefined) return NOTHING;
    const at = { host, id: repository.id };
    const known = numbers.filter((one) => one !== undefined);
    // Nobody says which: its open ones are listed, and what changed is found.
    if (known.length === 0) return { ...NOTHING, subjects: [{ kind: 'repository', at, key: '' }] };
    const subjects = known.map((one): AnySubject => ({ kind: 'pull-request', at, key: String(one) }));
    return { ...NOTHING, subjects };
  };
  const ofPulls = ({ pull_requests }: NonNullable<Payload['check_run']> = {}): Marks =>
    pulls(...(pull_requests ?? []).map((one) => one.number));
  switch (event) {
    case 'pull_request':
    case 'pull_request_review':
      return pulls(body.pull_request?.number);
    case 'issue_comment':
      return body.issue?.pull_request === undefined
        ? NOTHING
        : { ...pulls(body.issue.number), ...commentOf(body) };
    case 'check_run':
      return action === 'rerequested' ? ofPulls(body.check_run) : NOTHING;
    case 'check_suite':
      return action === 'rerequested' ? ofPulls(body.check_suite) : NOTHING;
    case 'workflow_run':
      return action === 'completed' ? ofPulls(body.workflow_run) : NOTHING;
    case 'merge_group':
      return pulls(GROUP_OF.exec(body.merge_group?.head_ref ?? '')?.[1]);
    case 'push':
    case 'repository':
      return pulls();
    case 'installation':
    case 'installation_repositories':
      return { ...NOTHING, subjects: repositoriesOf(host, body) };
    case 'membership':
    case 'team':
    case 'organization':
      return { ...NOTHING, isAboutPeople: true };
    default:
      return NOTHING;
  }
}

const repositoriesOf = (host: string, { repositories, repositories_added }: Payload): readonly AnySubject[] =>
  [...(repositories ?? []), ...(repositories_added ?? [])].map(
    ({ id }): AnySubject => ({ kind: 'repository', at: { host, id }, key: '' }),
  );

/** Only what was just written: an edit is no command, and undoes none. */
function commentOf({ action, comment, repository, issue }: Payload): Pick<Marks, 'comment'> {
  if (action !== 'created' || repository === undefined || issue === undefined) return {};
  const { id, body, user } = comment ?? {};
  if (id === undefined || typeof body !== 'string' || user == null || !MAY_COMMAND.test(body)) return {};
  return {
    comment: {
      commentId: id,
      repositoryId: repository.id,
      number: String(issue.number),
      authorId: user.id,
      bodySha256: sha256(body),
    },
  };
}

interface Listed {
  readonly id: number | bigint;
  readonly body?: string | undefined;
  readonly html_url: string;
  readonly user: { readonly id: number | bigint } | null;
}

/** The same of a comment that GitHub lists, for those of which no webhook told; `…/pull/7#issuecomment-1` is its address. */
export function commentListed(
  repositoryId: ExternalId,
  { id, body = '', html_url, user }: Listed,
): NewComment | undefined {
  const [, number] = /\/pull\/([1-9][0-9]{0,9})#issuecomment-/.exec(html_url) ?? [];
  const [commentId, authorId] = [parseExternalId(String(id)), parseExternalId(String(user?.id))];
  if (number === undefined || commentId === undefined || authorId === undefined || !MAY_COMMAND.test(body))
    return undefined;
  return { commentId, repositoryId, number, authorId, bodySha256: sha256(body) };
}

export const sha256 = (words: string): string => createHash('sha256').update(words, 'utf8').digest('hex');
