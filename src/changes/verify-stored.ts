import type { Kysely } from 'kysely';
import {
  findPasskeys,
  type Organization,
  type Passkey,
  type PasskeyAssertion,
  passkeyReasons,
  personByName,
  readAssertion,
  standsOnNow,
  statementChallenge,
  verifyAssertion,
} from '#accounts';
import {
  type EpochMs,
  err,
  ok,
  type PersonName,
  type Problem,
  problem,
  type Reason,
  type Result,
  text,
} from '#core-values';
import { sshCrypto } from '#platform';
import { extraNeedsDigest } from './core/added-need.ts';
import {
  type ApprovalStatement,
  isApproval,
  parseStatement,
  statementFault,
  unknownPerson,
  type VerifiedApproval,
  type VerifiedStatement,
  verifyApproval,
} from './core/approval/index.ts';
import type { ChangesRoom } from './room.ts';
import type { StoredApproval } from './store/approvals.ts';
import type { StoredPlan } from './store/plans.ts';

/** A statement, and what was signed over it: an armored SSH signature, or the kept form of a passkey's assertion. */
export interface Signed {
  readonly statement: string;
  readonly signature: string;
}

/** What signatures are held against: as it is now, not as it was when they were given. */
export interface HeldAgainst {
  readonly organization: Organization;
  readonly plan: StoredPlan;
  readonly now: EpochMs;
  /** By credential; what the server did not write itself is not among them. */
  readonly passkeys: ReadonlyMap<string, Passkey>;
}

/** The passkeys that signed, in whatever state they are now; where none did, nothing is looked up. */
export const passkeysBehind = (
  { passkeys }: Pick<ChangesRoom, 'passkeys'>,
  db: Kysely<object>,
  signed: readonly Signed[],
): Promise<ReadonlyMap<string, Passkey>> =>
  findPasskeys(
    db,
    signed.flatMap(({ signature }) => readAssertion(signature)?.credentialId ?? []),
    passkeys.key,
  );

/** Verifies form, signer, signature, target and time, as they are now. */
export async function verifyStored(
  room: Pick<ChangesRoom, 'approvalLifeMs' | 'passkeys'>,
  signed: Signed,
  against: HeldAgainst,
): Promise<Result<VerifiedStatement, Problem>> {
  const { organization, plan, now } = against;
  const target = { ...plan, extraNeeds: extraNeedsDigest(plan.facts.extraNeeds ?? [], sshCrypto.sha256) };
  const limits = { now, maxAgeMs: room.approvalLifeMs };
  const assertion = readAssertion(signed.signature);
  if (assertion === undefined) return verifyApproval(signed, target, organization.people, limits, sshCrypto);
  const parsed = parseStatement(signed.statement);
  if (!parsed.ok) return parsed;
  const by = await verifyByPasskey(room, { assertion, words: signed.statement, said: parsed.value }, against);
  if (!by.ok) return err(problem('denied', by.error));
  const fault = statementFault(parsed.value, target, limits);
  return fault === undefined ? ok(by.value) : err(problem('denied', fault));
}

/** The same of what must approve, reject or break the glass: that a plan is a repair is another thing to say. */
export async function verifyApprovalStored(
  room: Pick<ChangesRoom, 'approvalLifeMs' | 'passkeys'>,
  signed: Signed,
  against: HeldAgainst,
): Promise<Result<VerifiedApproval, Problem>> {
  const verified = await verifyStored(room, signed, against);
  if (!verified.ok) return verified;
  return isApproval(verified.value) ? ok(verified.value) : err(NO_APPROVAL);
}

const NO_APPROVAL: Problem = problem('denied', {
  rule: 'approval.none',
  message: text(
    'The statement says that the plan is a repair, which is no approval.',
    'これは修復であることを述べる文で、承認ではありません。',
  ),
  remedy: text(
    'Give it with `sekisho repair`; approve with `sekisho approve`.',
    '修復の登録や同意は `sekisho repair`、承認は `sekisho approve` で行ってください。',
  ),
});

interface SaidByPasskey {
  readonly assertion: PasskeyAssertion;
  /** The statement's exact bytes. */
  readonly words: string;
  readonly said: ApprovalStatement;
}

/**
 * Whether one of the approver's passkeys said these very words. What a removed or suspended one permitted is permitted no more; what it
 * rejected stays rejected until its owner says otherwise.
 */
async function verifyByPasskey(
  { passkeys: party }: Pick<ChangesRoom, 'passkeys'>,
  { assertion, words, said }: SaidByPasskey,
  { organization, passkeys }: HeldAgainst,
): Promise<Result<VerifiedStatement, Reason>> {
  const approver = personByName(organization, said.approver);
  if (approver === undefined) return err(unknownPerson(said.approver));
  const passkey = passkeys.get(assertion.credentialId);
  if (passkey === undefined) return err(passkeyReasons.UNKNOWN);
  if (passkey.person !== said.approver) return err(passkeyReasons.notTheirs(said.approver));
  if (said.decision !== 'reject' && passkey.state !== 'active')
    return err(passkey.state === 'removed' ? passkeyReasons.REMOVED : passkeyReasons.SUSPENDED);
  const challenge = statementChallenge(words);
  const verified = await verifyAssertion(assertion, { party, passkey, challenge });
  if (!verified.ok) return verified;
  const standsOn = standsOnNow(passkey, approver);
  const other = standsOn.find((name) => !organization.breakGlass.includes(name));
  if (said.decision === 'break-glass' && other !== undefined) return err(glassOnOthersWord(other));
  return ok({
    ...said,
    ...{ keyFingerprint: passkey.fingerprint, keyKind: 'passkey', userVerified: true },
    ...(standsOn.length === 0 ? {} : { standsOn }),
  });
}

/**
 * A no that was said with a key of the person's own is taken back with such a key alone: else whoever made the link for a passkey could say
 * yes in its owner's name, and the no would be gone.
 */
export async function rejectionThatStands(
  room: Pick<ChangesRoom, 'approvalLifeMs' | 'passkeys'>,
  { approver, decision, standsOn = [] }: VerifiedApproval,
  { earlier, ...against }: HeldAgainst & { readonly earlier: readonly StoredApproval[] },
): Promise<Problem | undefined> {
  if (decision === 'reject' || standsOn.length === 0) return undefined;
  for (const no of earlier.filter((one) => one.approver === approver && one.decision === 'reject')) {
    const verified = await verifyStored(room, no, against);
    if (verified.ok && verified.value.standsOn === undefined) return REJECTION_STANDS;
  }
  return undefined;
}

const REJECTION_STANDS: Problem = problem('denied', {
  rule: 'approval.rejection-stands',
  message: text(
    'You rejected this plan with a key of your own; a passkey that stands on another’s word does not take that back.',
    'このプランは本人の鍵で却下されています。他人のリンクで登録したパスキーでは取り消せません。',
  ),
  remedy: text(
    'Sign with the key that rejected it, or have the passkey’s fingerprint added to your `keys` in sekisho.yaml.',
    '却下に使った鍵で署名するか、パスキーのフィンガープリントを sekisho.yaml の自分の `keys` に追加してもらってください。',
  ),
});

/** Else whoever made the link for the passkey could break the glass without being among those who may. */
const glassOnOthersWord = (other: PersonName): Reason => ({
  rule: 'approval.glass-on-others-word',
  message: text(
    `Your passkey stands on the word of ${other}, who may not break the glass.`,
    `このパスキーの本人確認は、ブレークグラスを使えない ${other} が作成したリンクに基づいています。`,
  ),
  remedy: text(
    'Sign with your SSH key, or have the passkey’s fingerprint added to your `keys` in sekisho.yaml.',
    'SSH 鍵で署名するか、パスキーのフィンガープリントを sekisho.yaml の自分の `keys` に追加してもらってください。',
  ),
});
