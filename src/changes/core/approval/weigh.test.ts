import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type EpochMs,
  epochMs,
  type PersonName,
  parseAccountId,
  parseFingerprint,
  parsePersonName,
  parseStackName,
  parseTeamName,
} from '#core-values';
import type { Decision } from './statement.ts';
import type { VerifiedApproval } from './verify.ts';
import { type ApprovalQuestion, type CountedPerson, weighApprovals } from './weigh.ts';

const must = <T>(value: T | undefined): T => value ?? expect.unreachable();
const stack = must(parseStackName('shop'));
const fingerprint = must(parseFingerprint('ab'.repeat(32)));
const sre = must(parseTeamName('sre'));
const web = must(parseTeamName('web'));
const GITHUB = 'https://token.actions.githubusercontent.com';

const person = (name: string, team = sre, issuer = GITHUB): CountedPerson => ({
  name: must(parsePersonName(name)),
  teams: [team],
  identities: [{ issuer, subject: `id-of-${name}` }],
});
const [taro, hanako, jiro, saburo] = [
  person('taro'),
  person('hanako'),
  person('jiro', web),
  person('saburo'),
];
const by = ({ name }: CountedPerson) => ({ issuer: GITHUB, subject: `id-of-${name}` });

const said = (
  who: PersonName,
  decision: Decision = 'approve',
  at: EpochMs = epochMs(1),
): VerifiedApproval => ({
  stack,
  account: must(parseAccountId('111122223333')),
  environment: 'production',
  fingerprint,
  decision,
  approver: who,
  at,
  keyFingerprint: 'SHA256:x',
  keyKind: 'ed25519',
  userVerified: false,
});

const ask = (more: Partial<ApprovalQuestion>) =>
  weighApprovals({
    approvals: [],
    stack,
    fingerprint,
    authors: [by(taro)],
    owningTeam: sre,
    people: [taro, hanako, jiro, saburo],
    ...more,
  });
const rulesOf = (facts: ReturnType<typeof ask>) =>
  facts.ignored.map(({ who, reason }) => `${who}: ${reason.rule}`);

describe('who counts as approver', () => {
  test('people of the owning team and others are told apart', () => {
    expect(ask({ approvals: [said(hanako.name), said(jiro.name)] })).toMatchObject({
      total: 2,
      fromOwningTeam: 1,
      approvers: ['hanako', 'jiro'],
      ignored: [],
    });
  });

  test('attack 7: an approval of the fingerprint before the push does not count for the one after it', () => {
    const facts = ask({
      approvals: [{ ...said(hanako.name), fingerprint: must(parseFingerprint('cd'.repeat(32))) }],
    });
    expect([facts.total, rulesOf(facts)]).toEqual([0, ['hanako: approval.other-plan']]);
  });

  test('attack 15: an approval for another stack does not count', () => {
    const facts = ask({ approvals: [{ ...said(hanako.name), stack: must(parseStackName('network')) }] });
    expect([facts.total, rulesOf(facts)]).toEqual([0, ['hanako: approval.other-plan']]);
  });

  test('attack 20: one person counts once, and the author never', () => {
    const facts = ask({
      approvals: [said(hanako.name), said(hanako.name, 'approve', epochMs(2)), said(taro.name)],
    });
    expect(facts).toMatchObject({ total: 1, fromOwningTeam: 1, approvers: ['hanako'] });
    expect(rulesOf(facts)).toEqual(['hanako: approval.one-person-once', 'taro: approval.by-author']);
  });

  test('attack 20: each of several authors is an author', () => {
    expect(ask({ authors: [by(taro), by(hanako)], approvals: [said(hanako.name)] }).total).toBe(0);
  });

  test('attack 21: somebody taken out of the configuration, or of the team, after approving', () => {
    const gone = ask({ approvals: [said(hanako.name)], people: [taro] });
    expect([gone.total, rulesOf(gone)]).toEqual([0, ['hanako: approval.person-gone']]);
    const moved = ask({ approvals: [said(hanako.name)], people: [taro, { ...hanako, teams: [web] }] });
    expect(moved).toMatchObject({ total: 1, fromOwningTeam: 0 });
  });

  test('beside a stranger’s change, an approver counts only with an identity at the same issuer', () => {
    const stranger = { issuer: 'https://gitlab.example.com', subject: '9' };
    const known = person('shiro', sre, stranger.issuer);
    const facts = ask({
      authors: [stranger],
      approvals: [said(hanako.name), said(known.name)],
      people: [hanako, known],
    });
    expect(facts.approvers).toEqual(['shiro']);
    expect(rulesOf(facts)).toEqual(['hanako: approval.author-indistinct']);
  });

  test('with no author known at all, nobody counts', () => {
    const facts = ask({ authors: [], approvals: [said(hanako.name)] });
    expect([facts.total, rulesOf(facts)]).toEqual([0, ['hanako: approval.author-unknown']]);
  });

  test('breaking glass is no approval', () => {
    const facts = ask({ approvals: [said(hanako.name, 'break-glass')] });
    expect([facts.total, rulesOf(facts)]).toEqual([0, ['hanako: approval.break-glass-is-none']]);
  });
});

describe('rejections', () => {
  test('one voids every approval', () => {
    const facts = ask({ approvals: [said(hanako.name), said(jiro.name, 'reject')] });
    expect(facts).toMatchObject({ total: 0, fromOwningTeam: 0, approvers: [], rejectedBy: ['jiro'] });
    expect(rulesOf(facts)).toEqual(['hanako: approval.rejected']);
  });

  test('a person’s last word holds, and of two at once the rejection', () => {
    const [early, late] = [epochMs(1), epochMs(2)];
    const inOrder = [said(hanako.name, 'reject', early), said(hanako.name, 'approve', late)];
    expect(ask({ approvals: inOrder }).total).toBe(1);
    expect(ask({ approvals: inOrder.toReversed() }).total).toBe(1);
    expect(
      ask({ approvals: [said(hanako.name, 'approve', early), said(hanako.name, 'reject', late)] }).total,
    ).toBe(0);
    const atOnce = [said(hanako.name, 'approve', early), said(hanako.name, 'reject', early)];
    expect(ask({ approvals: atOnce }).total).toBe(0);
    expect(ask({ approvals: atOnce.toReversed() }).total).toBe(0);
  });

  test('an author may reject, a person who is gone may not', () => {
    expect(ask({ approvals: [said(hanako.name), said(taro.name, 'reject')] }).total).toBe(0);
    expect(
      ask({ approvals: [said(hanako.name), said(jiro.name, 'reject')], people: [hanako, taro] }).total,
    ).toBe(1);
  });
});

describe('whatever is said, in whatever order', () => {
  const everybody = [taro, hanako, jiro, saburo, person('shiro', web, 'https://gitlab.example.com')];
  const statements = fc.array(
    fc.record({
      who: fc.constantFrom(...everybody, person('nobody')),
      decision: fc.constantFrom<Decision>('approve', 'approve', 'reject', 'break-glass'),
      at: fc.integer({ min: 0, max: 5 }),
      here: fc.boolean(),
    }),
    { maxLength: 12 },
  );
  const questions = fc.record({
    approvals: statements.map((all) =>
      all.map(({ who, decision, at, here }) => ({
        ...said(who.name, decision, epochMs(at)),
        ...(here ? {} : { stack: must(parseStackName('elsewhere')) }),
      })),
    ),
    authors: fc.subarray([by(taro), by(hanako), { issuer: GITHUB, subject: 'stranger' }]),
    people: fc.subarray(everybody),
  });

  test('approvers are distinct, configured, no authors, and said so about this plan', () => {
    fc.assert(
      fc.property(questions, (question) => {
        const facts = ask(question);
        expect(new Set(facts.approvers).size).toBe(facts.total);
        expect(facts.approvers.length).toBe(facts.total);
        expect(facts.fromOwningTeam).toBeLessThanOrEqual(facts.total);
        for (const name of facts.approvers) {
          const who = must(question.people.find((one) => one.name === name));
          expect(question.authors).not.toContainEqual(by(who));
          expect(
            question.approvals.some(
              (one) => one.approver === name && one.decision === 'approve' && one.stack === stack,
            ),
          ).toBe(true);
        }
        if (facts.rejectedBy.length > 0 || question.authors.length === 0) expect(facts.total).toBe(0);
      }),
    );
  });

  test('the order in which statements come in does not matter', () => {
    fc.assert(
      fc.property(questions, (question) => {
        const { ignored: _a, ...forwards } = ask(question);
        const { ignored: _b, ...backwards } = ask({
          ...question,
          approvals: question.approvals.toReversed(),
        });
        expect(backwards).toEqual(forwards);
      }),
    );
  });

  test('no statement is lost: each counts, rejects, or is ignored with a reason', () => {
    fc.assert(
      fc.property(questions, (question) => {
        const facts = ask(question);
        expect(facts.total + facts.rejectedBy.length + facts.ignored.length).toBe(question.approvals.length);
      }),
    );
  });
});
