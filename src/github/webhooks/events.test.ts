import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { marksOf, sha256 } from './events.ts';

const repository = { id: 7, full_name: 'shop/infra' };
const marked = (event: string, body: object): readonly string[] | undefined =>
  marksOf('github.com', event, body)?.subjects.map(
    ({ kind, at, key }) => `${kind} ${at.host} ${at.id} ${key}`,
  );
const PULL = 'pull-request github.com 7 12';
const REPOSITORY = 'repository github.com 7 ';

describe('what an event makes dirty', () => {
  test.each([
    ['pull_request', { action: 'synchronize', repository, pull_request: { number: 12 } }, [PULL]],
    ['pull_request_review', { action: 'dismissed', repository, pull_request: { number: 12 } }, [PULL]],
    ['issue_comment', { action: 'created', repository, issue: { number: 12, pull_request: {} } }, [PULL]],
    ['issue_comment', { action: 'created', repository, issue: { number: 12 } }, []],
    [
      'check_run',
      { action: 'rerequested', repository, check_run: { pull_requests: [{ number: 12 }] } },
      [PULL],
    ],
    ['check_suite', { action: 'rerequested', repository, check_suite: { pull_requests: [] } }, [REPOSITORY]],
    ['check_run', { action: 'completed', repository, check_run: { pull_requests: [{ number: 12 }] } }, []],
    [
      'workflow_run',
      { action: 'completed', repository, workflow_run: { pull_requests: [{ number: 12 }] } },
      [PULL],
    ],
    [
      'merge_group',
      {
        action: 'checks_requested',
        repository,
        merge_group: { head_ref: `refs/heads/gh-readonly-queue/main/pr-12-${'a'.repeat(40)}` },
      },
      [PULL],
    ],
    ['merge_group', { repository, merge_group: { head_ref: 'refs/heads/other' } }, [REPOSITORY]],
    ['push', { repository, ref: 'refs/heads/main' }, [REPOSITORY]],
    ['repository', { action: 'renamed', repository }, [REPOSITORY]],
    ['installation', { action: 'created', repositories: [{ id: 7 }] }, [REPOSITORY]],
    ['installation_repositories', { action: 'added', repositories_added: [{ id: 7 }] }, [REPOSITORY]],
    ['star', { action: 'created', repository }, []],
    ['ping', {}, []],
  ])('%s %j', (event, body, subjects) => {
    expect(marked(event, body)).toEqual(subjects);
  });

  test.each(['membership', 'team', 'organization'])(
    '%s: everything open, because who may do what changed',
    (event) => {
      expect(marksOf('github.com', event, { action: 'removed' })).toMatchObject({ isAboutPeople: true });
    },
  );

  test('the host is that of the App, whatever the payload says', () => {
    const body = { host: 'evil.example', repository: { ...repository, html_url: 'https://evil.example/x' } };
    expect(marksOf('github.example.com', 'push', body)?.subjects[0]?.at.host).toBe('github.example.com');
  });
});

describe('a comment that may hold a command', () => {
  const body = 'Looks good\n  /sekisho apply';
  const written = {
    action: 'created',
    repository,
    issue: { number: 12, pull_request: {} },
    comment: { id: 99, body, user: { id: 42 } },
  };
  const commentOf = (changed: object) =>
    marksOf('github.com', 'issue_comment', { ...written, ...changed })?.comment;

  test('is kept by ids and by the hash of what was written', () => {
    expect(commentOf({})).toEqual({
      commentId: '99',
      repositoryId: '7',
      number: '12',
      authorId: '42',
      bodySha256: sha256(body),
    });
  });

  test.each([
    ['edited', { action: 'edited' }],
    ['deleted', { action: 'deleted' }],
    ['on an issue', { issue: { number: 12 } }],
    ['of nobody', { comment: { id: 99, body, user: null } }],
    ['that only mentions us', { comment: { id: 99, body: 'use /sekisho apply', user: { id: 42 } } }],
    ['for somebody else', { comment: { id: 99, body: '/sekishoapply', user: { id: 42 } } }],
  ])('is not one that is %s', (_, changed) => {
    expect(commentOf(changed)).toBeUndefined();
  });
});

test('whatever a payload is, it marks or is refused, and throws nothing', () => {
  const events = ['pull_request', 'issue_comment', 'merge_group', 'installation', 'check_run', '__proto__'];
  fc.assert(
    fc.property(fc.constantFrom(...events), fc.jsonValue(), fc.anything(), (event, json, anything) => {
      for (const body of [json, anything, { repository: json, pull_request: json, comment: json }])
        expect(['object', 'undefined']).toContain(typeof marksOf('github.com', event, body));
    }),
  );
});
