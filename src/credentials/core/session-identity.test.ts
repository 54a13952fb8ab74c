import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PersonName } from '#core-values';
import { exampleGrantId } from './example-grant.ts';
import { EXAMPLE_STACK } from './example-stack.ts';
import { sessionIdentity } from './session-identity.ts';

const facts = {
  grant: exampleGrantId(1),
  purpose: 'apply' as const,
  stack: EXAMPLE_STACK.name,
  repositoryName: 'shop/infra',
  actorId: '42',
  approvers: ['taro', 'hanako'] as unknown as readonly PersonName[],
};

describe('how AWS names a session', () => {
  it('carries grant, stack, repository and approvers', () => {
    expect(sessionIdentity(facts)).toEqual({
      sessionName: exampleGrantId(1),
      sourceIdentity: 'hanako,taro',
      tags: {
        'sekisho:grant': exampleGrantId(1),
        'sekisho:purpose': 'apply',
        'sekisho:stack': 'web-production',
        'sekisho:repository': 'shop/infra',
        'sekisho:approvers': 'hanako taro',
      },
    });
  });

  it('names the actor where nobody has to approve', () => {
    const { sourceIdentity, tags } = sessionIdentity({ ...facts, approvers: [] });
    expect(sourceIdentity).toBe('actor-42');
    expect(tags).not.toHaveProperty('sekisho:approvers');
  });

  it('says how many more approvers there are than fit', () => {
    const approvers = Array.from({ length: 12 }, (_, index) => `person-${index + 10}` as PersonName);
    expect(sessionIdentity({ ...facts, approvers }).sourceIdentity).toMatch(/^person-10,.*\+6$/);
  });

  it('stays within AWS’s characters and lengths, whatever the names are (attack 5)', () => {
    const names = fc.array(
      fc.string({ unit: 'grapheme', maxLength: 90 }).map((name) => name as PersonName),
      { maxLength: 20 },
    );
    const word = fc.string({ unit: 'grapheme', maxLength: 400 });
    fc.assert(
      fc.property(names, word, word, (approvers, repositoryName, actorId) => {
        const session = sessionIdentity({ ...facts, approvers, repositoryName, actorId });
        expect(session.sessionName).toMatch(/^[\w+=,.@-]{2,64}$/);
        expect(session.sourceIdentity).toMatch(/^[\w+=,.@-]{2,64}$/);
        for (const value of Object.values(session.tags))
          expect(value).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u);
      }),
    );
  });
});
