import { personByName } from '#accounts/core';
import { type JsonObject, type Problem, problem, type Reason, text } from '#core-values';
import { type ApplyRequest, personPrincipal } from '#policy/core';
import { oneHandOnce, oneHandReason } from '../core/approval/hands.ts';
import {
  type ApprovalQuestion,
  LEAST_REPAIR_REASON,
  type RepairWord,
  type VerifiedStatement,
  weighApprovals,
} from '../core/approval/index.ts';
import type { ChangesRoom } from '../room.ts';
import { type HeldAgainst, verifyStored } from '../verify-stored.ts';
import type { SignedWord, StoredRepair } from './store.ts';

type RepairFacts = ApplyRequest['facts']['repair'];

/** A repair in force, and what of it counts now. */
export interface WeighedRepair {
  readonly stored: StoredRepair;
  readonly facts: RepairFacts;
  /** As it was signed; absent where the mark does not count. */
  readonly reason?: string;
  /** Why the mark, or the agreement, does not count. */
  readonly why?: Reason;
}

/** Who may say yes to the plan, as approvals are weighed. */
export type AsApprovals = Pick<
  ApprovalQuestion,
  'stack' | 'fingerprint' | 'authors' | 'owningTeam' | 'people'
>;

/**
 * Verifies both statements again and says what of them counts now: a mark of somebody who left is none, and neither is an agreement of the
 * marker's own, or of what may be one hand, or of an author.
 */
export async function weighRepair(
  room: Pick<ChangesRoom, 'approvalLifeMs' | 'passkeys'>,
  stored: StoredRepair,
  against: HeldAgainst,
  as: AsApprovals,
): Promise<WeighedRepair> {
  const inactive = (why: Reason): WeighedRepair => ({ stored, facts: { active: false }, why });
  const { organization } = against;
  const mark = await saidBy(room, stored.mark, 'repair', against);
  if ('rule' in mark) return inactive(mark);
  const by = personByName(organization, mark.approver);
  // Who verifies is configured; this is for the types.
  if (by === undefined || mark.reason === undefined) return inactive(NO_WORD);
  const marked = {
    active: true,
    by: personPrincipal(organization, by),
    reasonLength: mark.reason.length,
  } as const;
  const { reason } = mark;
  if (stored.agreement === undefined) return { stored, facts: marked, reason };
  const agreement = await saidBy(room, stored.agreement, 'agree-repair', against);
  const why = 'rule' in agreement ? agreement : agreementFault(mark, agreement, as);
  const second = personByName(organization, stored.agreement.by);
  if (why !== undefined || second === undefined)
    return { stored, facts: marked, reason, why: why ?? NO_WORD };
  return { stored, reason, facts: { ...marked, agreedBy: personPrincipal(organization, second) } };
}

/** One of the two statements, verified, or why it is not that person's word. */
async function saidBy(
  room: Pick<ChangesRoom, 'approvalLifeMs' | 'passkeys'>,
  word: SignedWord,
  says: RepairWord,
  against: HeldAgainst,
): Promise<VerifiedStatement | Reason> {
  const verified = await verifyStored(room, word, against);
  if (!verified.ok) return verified.error.reasons[0];
  const { approver, decision } = verified.value;
  return approver === word.by && decision === says ? verified.value : NO_WORD;
}

/** Why an agreement does not count beside this mark. */
export function agreementFault(
  mark: VerifiedStatement,
  agreement: VerifiedStatement,
  as: AsApprovals,
): Reason | undefined {
  if (agreement.approver === mark.approver) return SAME_PERSON;
  if (agreement.reason !== mark.reason) return OTHER_REASON;
  const asApproval = { ...agreement, decision: 'approve' as const };
  const { signers, ignored } = weighApprovals({ ...as, approvals: [asApproval] });
  if (!signers.includes(agreement.approver)) return ignored[0]?.reason ?? NO_WORD;
  const hands = [mark, agreement].map(({ approver, standsOn = [] }) => ({ who: approver, standsOn }));
  const [twice] = oneHandOnce(hands).doubled;
  return twice && oneHandReason(twice.with);
}

/** As the audit log keeps it with a decision that it served. */
export const repairEvidence = (repair: WeighedRepair | undefined): JsonObject =>
  repair === undefined
    ? {}
    : {
        repair: {
          id: repair.stored.id,
          active: repair.facts.active,
          agreed: repair.facts.active && repair.facts.agreedBy !== undefined,
          ...(repair.reason === undefined ? {} : { reason: repair.reason }),
          mark: wordEvidence(repair.stored.mark),
          ...(repair.stored.agreement === undefined
            ? {}
            : { agreement: wordEvidence(repair.stored.agreement) }),
          ...(repair.why === undefined ? {} : { why: repair.why.rule }),
        },
      };

const wordEvidence = ({ by, statement, signature }: SignedWord): JsonObject => ({ by, statement, signature });

const NO_WORD: Reason = {
  rule: 'repair.not-said',
  message: text(
    'What is kept as a mark or agreement does not say so, or not in the name of whom it is kept under.',
    '保存されている修復の登録または同意が、その人によるその内容の文ではありません。',
  ),
  remedy: text(
    'Withdraw the mark (`sekisho repair PLAN --withdraw`) and mark the plan anew.',
    '登録を取り下げ(`sekisho repair PLAN --withdraw`)、登録し直してください。',
  ),
};

const SAME_PERSON: Reason = {
  rule: 'repair.same-person',
  message: text(
    'You marked this plan as a repair yourself: a second person has to agree.',
    'このプランを修復として登録した本人です。同意は別の人が行います。',
  ),
  remedy: text(
    'Ask somebody who has written no part of the change: `sekisho repair PLAN --agree`.',
    'この変更を作成していない人に `sekisho repair PLAN --agree` を依頼してください。',
  ),
};

const OTHER_REASON: Reason = {
  rule: 'repair.other-reason',
  message: text(
    'The agreement names another reason than the mark: it was agreed to something else.',
    '同意の理由が登録時の理由と異なります。別の内容への同意です。',
  ),
  remedy: text(
    'Read the mark, and agree to its very words with `sekisho repair PLAN --agree`.',
    '登録内容を確認し、`sekisho repair PLAN --agree` で同じ文に同意してください。',
  ),
};

export const REASON_TOO_SHORT: Problem = problem('bad-input', {
  rule: 'repair.reason-short',
  message: text(
    `The reason of a repair has at least ${LEAST_REPAIR_REASON} characters.`,
    `修復の理由は ${LEAST_REPAIR_REASON} 文字以上で書きます。`,
  ),
  remedy: text(
    'Say what is broken, and what this plan does about it.',
    '何が起きていて、このプランで何を直すのかを書いてください。',
  ),
});
