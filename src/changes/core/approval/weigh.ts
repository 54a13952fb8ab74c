import type { Fingerprint, PersonName, Reason, StackName, TeamName } from '#core-values';
import { text } from '#core-values';
import { type HandWord, onAuthorsWordReason, oneHandOnce, oneHandReason, wordGoneReason } from './hands.ts';
import type { VerifiedApproval } from './verify.ts';

/** Somebody at an issuer: who wrote the commit, or started the run. */
export interface IssuedIdentity {
  readonly issuer: string;
  /** The issuer's own id, not a name. */
  readonly subject: string;
}

/** A person as configured now. */
export interface CountedPerson {
  readonly name: PersonName;
  readonly teams: readonly TeamName[];
  readonly identities: readonly IssuedIdentity[];
}

/** What a person says by reviewing the pull request; read from GitHub now, and found to be about this plan. */
export interface ReviewWord {
  readonly approver: PersonName;
  readonly decision: 'approve' | 'reject';
}

export interface ApprovalQuestion {
  /** Verified now, not when they were given. */
  readonly approvals: readonly VerifiedApproval[];
  /** None where the stack accepts none. */
  readonly reviews?: readonly ReviewWord[];
  readonly stack: StackName;
  readonly fingerprint: Fingerprint;
  /** Everybody whose work this is; none means nobody knows, and then nobody counts. */
  readonly authors: readonly IssuedIdentity[];
  readonly owningTeam: TeamName;
  readonly people: readonly CountedPerson[];
}

/** How somebody said it. */
export type ApprovalWay = 'signature' | 'review';

export interface IgnoredApproval {
  readonly who: PersonName;
  readonly by: ApprovalWay;
  readonly reason: Reason;
}

export interface ApprovalFacts {
  readonly total: number;
  readonly fromOwningTeam: number;
  readonly approvers: readonly PersonName[];
  /** Of these, who signed, and who reviewed; some did both. */
  readonly signers: readonly PersonName[];
  readonly reviewers: readonly PersonName[];
  /** Any rejection in force sets the counts to zero. */
  readonly rejectedBy: readonly PersonName[];
  /** Of these, who signed. */
  readonly rejectedBySignature: readonly PersonName[];
  /** Statements that did not count, each with why. */
  readonly ignored: readonly IgnoredApproval[];
}

/**
 * Counts people, not statements: the last word of each person about this stack and fingerprint, never the author's,
 * and only of people whom the configuration still knows. Where an author is nobody in the configuration, an approver
 * counts only with an identity at the same issuer, which shows that the two are not the same person. Who signed and
 * reviewed counts once; who said no by either says no. Approvals that may be of one hand count once (`oneHandOnce`).
 *
 * The policy counts the approvers that come out of here again (`countPersons` of `#policy`), as a last line of defence.
 */
export function weighApprovals(question: ApprovalQuestion): ApprovalFacts {
  const ignored: IgnoredApproval[] = [];
  const signatures = wordsThatCount(lastWords(question, ignored), 'signature', question, ignored);
  const reviews = wordsThatCount(question.reviews ?? [], 'review', question, ignored);
  const { counted: hands, doubled } = oneHandOnce([...signatures.approvers, ...reviews.approvers]);
  for (const { word, with: other } of doubled) {
    ignored.push({ who: word.who, by: word.by, reason: oneHandReason(other) });
  }
  const signed = { ...signatures, approvers: signatures.approvers.filter((word) => hands.includes(word)) };
  const reviewed = { ...reviews, approvers: reviews.approvers.filter((word) => hands.includes(word)) };
  const rejectedBy = distinct([...signed.rejectedBy, ...reviewed.rejectedBy]);
  const rejectedBySignature = signed.rejectedBy;
  if (rejectedBy.length > 0) {
    const reason = voidedReason(rejectedBy);
    const voided = [...signed.approvers, ...reviewed.approvers].map(({ who, by }) => ({ who, by, reason }));
    return { ...NOBODY, rejectedBy, rejectedBySignature, ignored: [...ignored, ...voided] };
  }
  const namesOf = (words: readonly Counted[]): readonly PersonName[] => words.map(({ who }) => who);
  const approvers = distinct(namesOf([...signed.approvers, ...reviewed.approvers]));
  const counted = question.people.filter(({ name }) => approvers.includes(name));
  return {
    total: approvers.length,
    fromOwningTeam: counted.filter(({ teams }) => teams.includes(question.owningTeam)).length,
    approvers,
    signers: namesOf(signed.approvers),
    reviewers: distinct(namesOf(reviewed.approvers)),
    rejectedBy,
    rejectedBySignature,
    ignored,
  };
}

const NOBODY = { total: 0, fromOwningTeam: 0, approvers: [], signers: [], reviewers: [] };

const distinct = <T>(values: readonly T[]): readonly T[] => [...new Set(values)];

type Counted = Omit<IgnoredApproval, 'reason'> & HandWord;

interface Word {
  readonly approver: PersonName;
  readonly decision: VerifiedApproval['decision'];
  readonly standsOn?: readonly PersonName[];
}

/** Whose yes and whose no counts, of what was said by one way. */
function wordsThatCount(
  words: readonly Word[],
  by: ApprovalWay,
  question: ApprovalQuestion,
  ignored: IgnoredApproval[],
): { readonly approvers: readonly Counted[]; readonly rejectedBy: readonly PersonName[] } {
  const approvers: Counted[] = [];
  const rejectedBy: PersonName[] = [];
  for (const { approver, decision, standsOn = [] } of words) {
    const person = question.people.find(({ name }) => name === approver);
    const isNo = decision === 'reject';
    const fault =
      person === undefined
        ? goneReason(approver)
        : isNo
          ? undefined
          : (whyNotCounted(decision, person, question) ?? whyNotOnWord(standsOn, question));
    if (fault !== undefined) ignored.push({ who: approver, by, reason: fault });
    else if (isNo) rejectedBy.push(approver);
    else approvers.push({ who: approver, by, standsOn });
  }
  return { approvers, rejectedBy };
}

/** One statement a person: the latest, and of two made at once the rejection. */
function lastWords(question: ApprovalQuestion, ignored: IgnoredApproval[]): VerifiedApproval[] {
  const byPerson = new Map<PersonName, VerifiedApproval>();
  for (const approval of question.approvals) {
    if (approval.stack !== question.stack || approval.fingerprint !== question.fingerprint) {
      ignored.push({ who: approval.approver, by: 'signature', reason: elsewhereReason });
      continue;
    }
    const earlier = byPerson.get(approval.approver);
    if (earlier === undefined) byPerson.set(approval.approver, approval);
    else {
      if (isLater(approval, earlier)) byPerson.set(approval.approver, approval);
      ignored.push({ who: approval.approver, by: 'signature', reason: repeatedReason });
    }
  }
  return [...byPerson.values()].toSorted((a, b) => a.at - b.at || (a.approver < b.approver ? -1 : 1));
}

const RANK = { 'break-glass': 0, approve: 1, reject: 2 } as const;

const isLater = (a: VerifiedApproval, b: VerifiedApproval): boolean =>
  a.at === b.at ? RANK[a.decision] > RANK[b.decision] : a.at > b.at;

function whyNotCounted(
  decision: Word['decision'],
  person: CountedPerson,
  { authors, people }: ApprovalQuestion,
): Reason | undefined {
  if (decision === 'break-glass') return breakGlassReason;
  if (authors.length === 0) return authorUnknownReason;
  if (authors.some((author) => isAuthor(person, author))) return authorReason;
  const stranger = authors.find((author) => !people.some((other) => isAuthor(other, author)));
  const distinguished =
    stranger === undefined || person.identities.some(({ issuer }) => issuer === stranger.issuer);
  return distinguished ? undefined : indistinctReason(person.name, stranger.issuer);
}

/** Whoever vouched for the passkey might be the one who approves: what would not count of them, does not count. */
function whyNotOnWord(standsOn: readonly PersonName[], question: ApprovalQuestion): Reason | undefined {
  for (const name of standsOn) {
    const voucher = question.people.find((person) => person.name === name);
    if (voucher === undefined) return wordGoneReason(name);
    if (whyNotCounted('approve', voucher, question) !== undefined) return onAuthorsWordReason(name);
  }
  return undefined;
}

const isAuthor = (person: CountedPerson, author: IssuedIdentity): boolean =>
  person.identities.some(({ issuer, subject }) => issuer === author.issuer && subject === author.subject);

const goneReason = (who: PersonName): Reason => ({
  rule: 'approval.person-gone',
  message: text(`${who} is no longer in the configuration.`, `${who} は現在の設定に存在しません。`),
  remedy: text(
    'Ask somebody who is configured to approve.',
    '設定に登録されている人に承認を依頼してください。',
  ),
});

const elsewhereReason: Reason = {
  rule: 'approval.other-plan',
  message: text(
    'The statement is about another stack or fingerprint.',
    '別のスタック、または別のフィンガープリントに対する承認文です。',
  ),
  remedy: text('Approve the present plan.', '現在のプランを承認してください。'),
};

const repeatedReason: Reason = {
  rule: 'approval.one-person-once',
  message: text(
    'A person counts once; the last word holds.',
    '1 人につき 1 票です。最後の意思表示だけが有効です。',
  ),
  remedy: text('Ask another person.', '別の人に依頼してください。'),
};

const authorReason: Reason = {
  rule: 'approval.by-author',
  message: text('Authors do not approve their own changes.', '変更の作成者は自分の変更を承認できません。'),
  remedy: text('Ask somebody else to review it.', '別の人にレビューを依頼してください。'),
};

const authorUnknownReason: Reason = {
  rule: 'approval.author-unknown',
  message: text(
    'Nobody knows who the author is, so nobody can be told apart from the author.',
    '作成者が分からないため、承認者が作成者本人でないことを確かめられません。',
  ),
  remedy: text(
    'Upload the plan from a CI job whose token names who started it.',
    '実行者が分かるトークンを持つ CI ジョブからプランをアップロードしてください。',
  ),
};

const breakGlassReason: Reason = {
  rule: 'approval.break-glass-is-none',
  message: text('Break-glass is not an approval.', 'ブレークグラスは承認ではありません。'),
  remedy: text('It is decided on by its own policy.', 'ブレークグラスは専用のポリシーで判定されます。'),
};

const indistinctReason = (who: PersonName, issuer: string): Reason => ({
  rule: 'approval.author-indistinct',
  message: text(
    `An author known only at ${issuer} might be ${who}, who has no identity registered there.`,
    `作成者は ${issuer} の ID しか分からず、そこに ID を登録していない ${who} が本人である可能性を否定できません。`,
  ),
  remedy: text(
    `Register ${who}’s id at ${issuer} under \`people\` in sekisho.yaml.`,
    `sekisho.yaml の \`people\` に ${who} の ${issuer} での ID を登録してください。`,
  ),
});

const voidedReason = (by: readonly PersonName[]): Reason => ({
  rule: 'approval.rejected',
  message: text(`${by.join(', ')} rejected this plan.`, `${by.join('、')} がこのプランを却下しています。`),
  remedy: text(
    'Settle it with them; they can approve, or the plan can change.',
    '却下した人と話し合い、承認してもらうか、プランを変更してください。',
  ),
});
