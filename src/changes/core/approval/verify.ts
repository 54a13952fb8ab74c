import { fromUtf8, sameBytes, toBase64, utf8 } from '#audit/core';
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
import { parseSshPublicKey, type SshPublicKey } from './ssh-key.ts';
import {
  parseSshSignature,
  type SshSignature,
  type SshSignatureFault,
  signedFrame,
  touchedFrame,
  USER_PRESENT,
  USER_VERIFIED,
} from './ssh-signature.ts';
import { type ApprovalStatement, type Decision, parseStatement } from './statement.ts';

/** Given to `ssh-keygen -Y sign -n`: a signature for anything else is no approval. */
export const APPROVAL_NAMESPACE = 'sekisho-approval@v1';

/** A clock may run ahead of ours by so much. */
export const CLOCK_SKEW_MS = 120_000;

/** Cryptography, passed in: `sshCrypto` of `src/changes/ssh-signature.ts` in production. */
export interface SshCrypto {
  sha256(data: Uint8Array): Uint8Array;
  sha512(data: Uint8Array): Uint8Array;
  /** Whether the key made this signature over exactly this data. */
  verify(key: SshPublicKey, made: SshSignature['made'], data: Uint8Array): boolean;
}

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
  readonly decision?: Decision;
}

/** A person as configured now, with lines as in `id_ed25519.pub`. */
export interface SigningPerson {
  readonly name: PersonName;
  readonly sshKeys: readonly string[];
}

export interface ApprovalLimits {
  readonly now: EpochMs;
  /** How long a statement counts after it was made. */
  readonly maxAgeMs: number;
}

/** Made by `verifyApproval` alone: who holds one knows that the person signed it. */
export interface VerifiedApproval extends ApprovalStatement {
  /** `SHA256:…`, as `ssh-keygen -l` shows it. */
  readonly keyFingerprint: string;
  readonly keyKind: SshPublicKey['kind'];
  /** The security key also asked for its PIN or a fingerprint. */
  readonly userVerified: boolean;
}

/** Checks form, signer, signature, target and time, in this order; the first fault is the reason. */
export function verifyApproval(
  given: SignedStatement,
  target: ApprovalTarget,
  people: readonly SigningPerson[],
  limits: ApprovalLimits,
  crypto: SshCrypto,
): Result<VerifiedApproval, Problem> {
  const words = typeof given.statement === 'string' ? given.statement : fromUtf8(given.statement);
  const parsed = parseStatement(words ?? '');
  if (!parsed.ok) return parsed;
  const statement = parsed.value;
  const signature = parseSshSignature(given.signature);
  if (signature.kind !== 'signature') return err(problem('bad-input', unreadable(signature.kind)));
  const signed = signature.signature;
  const fault =
    signerFault(statement.approver, signed, people, crypto) ??
    signatureFault(signed, utf8(words ?? ''), crypto) ??
    targetFault(statement, target) ??
    timeFault(statement.at, limits);
  if (fault !== undefined) return err(problem('denied', fault));
  return ok({
    ...statement,
    keyFingerprint: keyFingerprint(signed.key, crypto),
    keyKind: signed.key.kind,
    userVerified: 'touch' in signed.made && (signed.made.touch.flags & USER_VERIFIED) !== 0,
  });
}

export const keyFingerprint = (key: SshPublicKey, crypto: Pick<SshCrypto, 'sha256'>): string =>
  `SHA256:${toBase64(crypto.sha256(key.blob)).replace(/=+$/, '')}`;

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
  if (person === undefined) {
    return reason(
      'approval.unknown-person',
      text(`No person “${approver}” is configured.`, `「${approver}」という人物は設定にありません。`),
      text('Add the person to `people` in sekisho.yaml.', 'sekisho.yaml の `people` に追加してください。'),
    );
  }
  if (person.sshKeys.some((line) => isKey(line, signed.key))) return undefined;
  const shown = keyFingerprint(signed.key, crypto);
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

function isKey(line: string, key: SshPublicKey): boolean {
  const parsed = parseSshPublicKey(line);
  return parsed.ok && sameBytes(parsed.value.blob, key.blob);
}

function signatureFault(signed: SshSignature, message: Uint8Array, crypto: SshCrypto): Reason | undefined {
  const { key, made } = signed;
  const frame = signedFrame(
    signed,
    signed.hash === 'sha256' ? crypto.sha256(message) : crypto.sha512(message),
  );
  if (!('touch' in made)) return crypto.verify(key, made, frame) ? undefined : forged;
  if (!('application' in key)) return forged;
  if (!crypto.verify(key, made, touchedFrame(key, made.touch, frame, crypto.sha256))) return forged;
  // Any other bit would announce data that these signatures do not carry.
  const known = (made.touch.flags & ~(USER_PRESENT | USER_VERIFIED)) === 0;
  return known && (made.touch.flags & USER_PRESENT) !== 0 ? undefined : untouched;
}

/**
 * The key that made a signature over a message under a namespace, for uses other than approvals; `undefined` for anything that
 * is no such signature. Whose key it is, is the caller's question.
 */
export function signerOf(
  message: string,
  armored: string,
  namespace: string,
  crypto: SshCrypto,
): SshPublicKey | undefined {
  const parsed = parseSshSignature(armored);
  if (parsed.kind !== 'signature' || parsed.signature.namespace !== namespace) return undefined;
  return signatureFault(parsed.signature, utf8(message), crypto) === undefined
    ? parsed.signature.key
    : undefined;
}

function targetFault(statement: ApprovalStatement, target: ApprovalTarget): Reason | undefined {
  const names = ['stack', 'account', 'environment', 'fingerprint', 'decision'] as const;
  const other = names.find((name) => target[name] !== undefined && statement[name] !== target[name]);
  if (other === undefined) return undefined;
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
