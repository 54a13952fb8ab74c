import { STSServiceException } from '@aws-sdk/client-sts';
import { epochMs, err, ok, type Problem, problem, type Result, type Text, text } from '#core-values';
import limits from './core/sts-limits.json' with { type: 'json' };
import type { IssuedSession, SessionRequest } from './sts.ts';

/** What both ways of asking STS answer. */
interface StsAnswer {
  readonly Credentials?:
    | {
        readonly AccessKeyId: string | undefined;
        readonly SecretAccessKey: string | undefined;
        readonly SessionToken: string | undefined;
        readonly Expiration: Date | undefined;
      }
    | undefined;
  readonly AssumedRoleUser?:
    | { readonly AssumedRoleId: string | undefined; readonly Arn: string | undefined }
    | undefined;
  readonly PackedPolicySize?: number | undefined;
}

/** Of STS clients: an apply waits for nobody, and 64 grants may be in flight. */
export const STS_CLIENT_OPTIONS = {
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    // Without it the SDK only warns.
    throwOnRequestTimeout: true,
    httpsAgent: { maxSockets: 64 },
  },
} as const;

export const withinLimits = (seconds: number, max: number): number =>
  Math.max(limits.durationSeconds.min, Math.min(Math.floor(seconds), limits.durationSeconds.max, max));

/** Reads the answer, and proves that it is a session of the account and role that were asked for. */
export function sessionOf(answer: StsAnswer, request: SessionRequest): Result<IssuedSession, Problem> {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
  const { AssumedRoleId, Arn } = answer.AssumedRoleUser ?? {};
  if (!isSessionOf(Arn, request)) return err(wrongSession(Arn, request));
  if (
    AccessKeyId === undefined ||
    SecretAccessKey === undefined ||
    SessionToken === undefined ||
    Expiration === undefined ||
    AssumedRoleId === undefined
  ) {
    return err(
      failed(request, text('The answer holds no credentials.', '応答に認証情報が含まれていません。')),
    );
  }
  return ok({
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiresAt: epochMs(Expiration.getTime()),
    assumedRoleId: AssumedRoleId,
    ...(answer.PackedPolicySize !== undefined && { packedPolicyPercent: answer.PackedPolicySize }),
  });
}

/** `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION`: the role's path is not in it. */
function isSessionOf(arn: string | undefined, { account, roleArn, sessionName }: SessionRequest): boolean {
  const [, partition, , , roleAccount, role] = roleArn.split(':');
  const name = role?.split('/').at(-1);
  return (
    roleAccount === account && arn === `arn:${partition}:sts::${account}:assumed-role/${name}/${sessionName}`
  );
}

const wrongSession = (arn: string | undefined, request: SessionRequest): Problem =>
  problem('denied', {
    rule: 'sts.wrong-session',
    message: text(
      `AWS answered with a session of ${arn ?? 'nobody'}, not of ${request.roleArn} in account ${request.account}; it was thrown away.`,
      `AWS から返されたセッションは ${arn ?? '不明な主体'} のもので、アカウント ${request.account} の ${request.roleArn} のものではないため、破棄しました。`,
    ),
    remedy: text(
      'Check the role and the account of the stack in sekisho.yaml.',
      'sekisho.yaml でスタックのロールとアカウントを確認してください。',
    ),
  });

const REMEDIES: Readonly<Record<string, Text>> = {
  AccessDenied: text(
    'Let the role’s trust policy allow Sekisho sts:AssumeRole (or AssumeRoleWithWebIdentity), sts:TagSession and sts:SetSourceIdentity.',
    'ロールの信頼ポリシーで、Sekisho に sts:AssumeRole(または AssumeRoleWithWebIdentity)、sts:TagSession、sts:SetSourceIdentity を許可してください。',
  ),
  PackedPolicyTooLarge: text(
    'Split the change: fewer AWS services in one apply.',
    '変更を分割し、1 回の適用で扱う AWS サービスを減らしてください。',
  ),
  RegionDisabledException: text(
    'Activate STS for this region in the account.',
    'アカウントでこのリージョンの STS を有効化してください。',
  ),
  InvalidIdentityToken: text(
    'Check that the account’s identity provider names this issuer, and that its keys are published.',
    'アカウントの ID プロバイダーがこの発行者を指しているか、公開鍵が公開されているかを確認してください。',
  ),
  IDPCommunicationError: text(
    'AWS could not fetch the issuer’s documents: check that they are reachable from the internet.',
    'AWS が発行者の公開ドキュメントを取得できません。インターネットから参照できることを確認してください。',
  ),
  ValidationError: text(
    'Check the role’s maximum session duration against the duration that is asked for.',
    'ロールの最大セッション時間と、要求した有効期間を確認してください。',
  ),
};

const CHECK = text(
  'Check the server’s AWS credentials and its network with `sekisho doctor`.',
  '`sekisho doctor` でサーバーの AWS 認証情報とネットワークを確認してください。',
);

/** Names the call, the role and AWS's word for what went wrong; never a token, never a credential. */
export function stsProblem(call: string, request: SessionRequest, cause: unknown): Problem {
  const name = cause instanceof Error ? cause.name : 'Error';
  // Only where AWS explains who lacks which permission; other messages may echo what was sent.
  const detail = cause instanceof STSServiceException && name === 'AccessDenied' ? `: ${cause.message}` : '';
  return problem('outside-failed', {
    rule: 'sts.failed',
    message: text(
      `${call} on ${request.roleArn} failed with ${name}${detail}.`,
      `${request.roleArn} に対する ${call} が ${name} で失敗しました${detail}`,
    ),
    remedy: REMEDIES[name] ?? CHECK,
  });
}

const failed = (request: SessionRequest, message: Text): Problem =>
  problem('outside-failed', {
    rule: 'sts.failed',
    message: text(`STS on ${request.roleArn}: ${message.en}`, `STS(${request.roleArn}): ${message.ja}`),
    remedy: CHECK,
  });
