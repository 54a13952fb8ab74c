import {
  type AccountId,
  type Environment,
  type EpochMs,
  err,
  type Fingerprint,
  formatTime,
  ok,
  type PersonName,
  type Problem,
  problem,
  type Reason,
  type Result,
  type StackName,
  type Text,
  text,
} from '#core-values';
import {
  fromUtf8,
  parseSshSignature,
  type SshCrypto,
  type SshPublicKey,
  type SshSignature,
  type SshSignatureFault,
  type SshVerificationFault,
  sshKeyFingerprint,
  sshVerificationFault,
  toBase64,
  USER_VERIFIED,
  utf8,
} from '#platform/core';
import { type ApprovalStatement, DECISIONS, type Decision, parseStatement } from './statement.ts';

/** Given to `ssh-keygen -Y sign -n`: a signature for anything else is no approval. */
export const APPROVAL_NAMESPACE = 'sekisho-approval@v1';

/** A clock may run ahead of ours by so much. */
export const CLOCK_SKEW_MS = 120_000;

/** A statement and the armored signature over its bytes, as given and as stored. */
export interface SignedStatement {
  readonly statement: string | Uint8Array;
  readonly signature: string;
}

/** What the statement must be about; leave out what does not matter to the caller. */
export interface ApprovalTarget {
  readonly stack: StackName;
  readonly account: AccountId;
  readonly environment: Environment;
  readonly fingerprint: Fingerprint;
  readonly decision?: ApprovalStatement['decision'];
  /** As `ApprovalStatement` has it: where the plan has none, the statement must name none. */
  readonly extraNeeds: string | undefined;
}

/** A person as configured now. */
export interface SigningPerson {
  readonly name: PersonName;
  /** The blob of each key, as canonical Base64. */
  readonly keys: readonly { readonly blob: string }[];
}

export interface ApprovalLimits {
  readonly now: EpochMs;
  /** How long a statement counts after it was made. */
  readonly maxAgeMs: number;
}

/** Made where signatures are verified alone: who holds one knows that the person signed it. */
export interface VerifiedStatement extends ApprovalStatement {
  /** `SHA256:…`, as `ssh-keygen -l` shows it; of a passkey's public key. */
  readonly keyFingerprint: string;
  readonly keyKind: SshPublicKey['kind'] | 'passkey';
  /** On whose word the passkey is the approver's: they might hold it. Absent for keys that the configuration names. */
  readonly standsOn?: readonly PersonName[];
  /** The security key, or the passkey, also asked for its PIN or a fingerprint. */
  readonly userVerified: boolean;
}

/** One that approves, rejects or breaks the glass. */
export interface VerifiedApproval extends VerifiedStatement {
  readonly decision: Decision;
}

export const isApproval = (verified: VerifiedStatement): verified is VerifiedApproval =>
  DECISIONS.some((decision) => decision === verified.decision);

/** Checks form, signer, signature, target and time, in this order; the first fault is the reason. */
export function verifyApproval(
  given: SignedStatement,
  target: ApprovalTarget,
  people: readonly SigningPerson[],
  limits: ApprovalLimits,
  crypto: SshCrypto,
): Result<VerifiedStatement, Problem> {
  const words = typeof given.statement === 'string' ? given.statement : fromUtf8(given.statement);
  const parsed = parseStatement(words ?? '');
  if (!parsed.ok) return parsed;
  const statement = parsed.value;
  const signature = parseSshSignature(given.signature);
  if (signature.kind !== 'signature') return err(problem('bad-input', unreadable(signature.kind)));
  const signed = signature.signature;
  const fault =
    signerFault(statement.approver, signed, people, crypto) ??
    signatureFault(sshVerificationFault(signed, utf8(words ?? ''), crypto)) ??
    statementFault(statement, target, limits);
  if (fault !== undefined) return err(problem('denied', fault));
  return ok({
    ...statement,
    keyFingerprint: sshKeyFingerprint(signed.key, crypto),
    keyKind: signed.key.kind,
    userVerified: 'touch' in signed.made && (signed.made.touch.flags & USER_VERIFIED) !== 0,
  });
}

/** Whether a statement that was found to be signed is about this, and of this time. */
export const statementFault = (
  statement: ApprovalStatement,
  target: ApprovalTarget,
  limits: ApprovalLimits,
): Reason | undefined => targetFault(statement, target) ?? timeFault(statement.at, limits);

function signerFault(
  approver: PersonName,
  signed: SshSignature,
  people: readonly SigningPerson[],
  crypto: SshCrypto,
): Reason | undefined {
  if (signed.namespace !== APPROVAL_NAMESPACE) {
    return reason(
      'approval.wrong-namespace',
      text(
        `The signature was made for “${signed.namespace}”, not for an approval.`,
        `この署名は承認用ではなく「${signed.namespace}」用に作られています。`,
      ),
      text('Sign with `sekisho approve`.', '`sekisho approve` で署名してください。'),
    );
  }
  const person = people.find(({ name }) => name === approver);
  if (person === undefined) return unknownPerson(approver);
  const blob = toBase64(signed.key.blob);
  if (person.keys.some((key) => key.blob === blob)) return undefined;
  const shown = sshKeyFingerprint(signed.key, crypto);
  return reason(
    'approval.wrong-key',
    text(
      `The statement speaks for ${approver}, but key ${shown} is not one of ${approver}’s keys.`,
      `承認文は ${approver} のものですが、鍵 ${shown} は ${approver} の鍵として登録されていません。`,
    ),
    text(
      `Sign with a registered key, or add this one under ${approver} in sekisho.yaml.`,
      `登録済みの鍵で署名するか、sekisho.yaml の ${approver} にこの鍵を追加してください。`,
    ),
  );
}

export const unknownPerson = (approver: PersonName): Reason =>
  reason(
    'approval.unknown-person',
    text(`No person “${approver}” is configured.`, `「${approver}」という人物は設定にありません。`),
    text('Add the person to `people` in sekisho.yaml.', 'sekisho.yaml の `people` に追加してください。'),
  );

function signatureFault(fault: SshVerificationFault | undefined): Reason | undefined {
  switch (fault) {
    case undefined:
      return undefined;
    case 'bad-signature':
      return forged;
    case 'no-touch':
      return untouched;
  }
}

function targetFault(statement: ApprovalStatement, target: ApprovalTarget): Reason | undefined {
  const names = ['stack', 'account', 'environment', 'fingerprint', 'decision'] as const;
  const other = names.find((name) => target[name] !== undefined && statement[name] !== target[name]);
  if (other === undefined) {
    // Who said no to less says no to more; only a yes must be to exactly this.
    const isSame = statement.decision === 'reject' || statement.extraNeeds === target.extraNeeds;
    return isSame ? undefined : otherNeeds;
  }
  return reason(
    `approval.other-${other}`,
    text(
      `The statement is about ${other} ${statement[other]}; what is asked for is ${target[other]}.`,
      `承認文の ${other} は ${statement[other]} ですが、対象は ${target[other]} です。`,
    ),
    text(
      'Read the present plan and sign for it with `sekisho approve`.',
      '現在のプランを確認し、`sekisho approve` で署名し直してください。',
    ),
  );
}

function timeFault(at: EpochMs, { now, maxAgeMs }: ApprovalLimits): Reason | undefined {
  const again = text('Sign again with `sekisho approve`.', '`sekisho approve` で署名し直してください。');
  if (at > now + CLOCK_SKEW_MS) {
    return reason(
      'approval.from-the-future',
      text(
        `The statement is dated ${formatTime(at)}; now it is ${formatTime(now)}.`,
        `承認文の日時は ${formatTime(at)} ですが、現在は ${formatTime(now)} です。`,
      ),
      text(
        'Set the clock of the machine that signs, and sign again.',
        '署名するマシンの時計を合わせ、署名し直してください。',
      ),
    );
  }
  if (now - at <= maxAgeMs) return undefined;
  return reason(
    'approval.too-old',
    text(
      `The statement is from ${formatTime(at)}; it counted for ${Math.round(maxAgeMs / 60_000)} minutes.`,
      `承認文は ${formatTime(at)} のもので、有効期間(${Math.round(maxAgeMs / 60_000)} 分)を過ぎています。`,
    ),
    again,
  );
}

const reason = (rule: string, message: Text, remedy: Text): Reason => ({ rule, message, remedy });

const otherNeeds = reason(
  'approval.other-extra-needs',
  text(
    'The statement does not name exactly the extra needs that this plan carries: they were changed since, or not read.',
    '承認文が、このプランに含まれる追加権限と一致しません。承認後に変更されたか、確認されていません。',
  ),
  text(
    'Read the present plan, extra needs included, and sign for it with `sekisho approve` of the server’s version.',
    '追加権限を含めて現在のプランを確認し、サーバーと同じバージョンの `sekisho approve` で署名し直してください。',
  ),
);

const forged = reason(
  'approval.bad-signature',
  text('The signature does not belong to this statement.', '署名がこの承認文のものではありません。'),
  text(
    'Send the statement exactly as it was signed, or sign again with `sekisho approve`.',
    '署名したとおりの承認文を送るか、`sekisho approve` で署名し直してください。',
  ),
);

const untouched = reason(
  'approval.no-touch',
  text(
    'The security key signed without anybody touching it.',
    'セキュリティキーへのタッチなしで署名されています。',
  ),
  text(
    'Use a key made without the option `no-touch-required`.',
    '`no-touch-required` を指定せずに作った鍵を使ってください。',
  ),
);

function unreadable(fault: SshSignatureFault): Reason {
  const remedy = text(
    'Sign with `sekisho approve`, with an ed25519, ecdsa, security-key or RSA (3072 bits or more) key.',
    'ed25519、ecdsa、セキュリティキー、RSA(3072 ビット以上)のいずれかの鍵を使い、`sekisho approve` で署名してください。',
  );
  switch (fault) {
    case 'malformed':
      return reason(
        'approval.signature-malformed',
        text('This is not an armored OpenSSH signature.', 'OpenSSH の署名(アーマー形式)ではありません。'),
        remedy,
      );
    case 'unsupported-key':
      return reason(
        'approval.key-unusable',
        text(
          'The signature was made with a key that may not approve.',
          '承認に使えない種類の鍵で署名されています。',
        ),
        remedy,
      );
    case 'unsupported-algorithm':
      return reason(
        'approval.algorithm-unusable',
        text(
          'The signature uses an algorithm that is not accepted (SHA-1 for one).',
          '受け付けられないアルゴリズム(SHA-1 など)の署名です。',
        ),
        remedy,
      );
  }
}
