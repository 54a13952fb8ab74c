import { randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { type Clock, type EpochMs, err, ok, type Problem, problem, type Result, text } from '#core-values';
import { AWS_AUDIENCE } from './core/account-roles/index.ts';
import { type OwnKey, signingKey } from './core/issuer-documents.ts';
import type { SessionRequest } from './sts.ts';

/** A key pair of Sekisho's own issuer. The private part is to be kept encrypted. */
export interface OwnKeyPair extends OwnKey {
  readonly privateJwk: JWK;
}

/** Signs the tokens that AWS takes for AssumeRoleWithWebIdentity. */
export interface OwnIssuer {
  sign(request: SessionRequest): Promise<Result<string, Problem>>;
}

export interface OwnIssuerOptions {
  /** `https://…` without a slash at the end, as the accounts' identity providers name it. */
  readonly url: string;
  readonly clock: Clock;
  /** Asked for every token: keys rotate while we run. */
  readonly keys: () => readonly OwnKeyPair[];
}

const TOKEN_LIFE_SECONDS = 300;

/** RSA, because IAM's OIDC providers verify RS256. The id is the key's own thumbprint (RFC 7638). */
export async function newOwnKey(now: EpochMs): Promise<OwnKeyPair> {
  const pair = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
  const privateJwk = await exportJWK(pair.privateKey);
  const { n = '', e = '' } = privateJwk;
  const publicJwk = { kty: 'RSA', n, e } as const;
  return { keyId: await calculateJwkThumbprint(publicJwk), createdAt: now, publicJwk, privateJwk };
}

/**
 * The subject is `purpose:apply:stack:NAME`, so that a role's trust policy can name the stacks that may have it.
 * Session tags and source identity travel inside the token.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_adding-assume-role-idp
 */
export function ownIssuer(options: OwnIssuerOptions): OwnIssuer {
  const imported = new Map<string, Awaited<ReturnType<typeof importJWK>>>();
  return {
    sign: async (request) => {
      const now = options.clock.now();
      const pair = signingKey(options.keys(), now);
      if (pair === undefined) return err(noKey());
      const key = imported.get(pair.keyId) ?? (await importJWK(pair.privateJwk, 'RS256'));
      imported.set(pair.keyId, key);
      const issuedAt = Math.floor(now / 1000);
      const token = await new SignJWT({
        'https://aws.amazon.com/tags': {
          principal_tags: Object.fromEntries(
            Object.entries(request.tags).map(([name, value]) => [name, [value]]),
          ),
        },
        'https://aws.amazon.com/source_identity': request.sourceIdentity,
      })
        .setProtectedHeader({ alg: 'RS256', kid: pair.keyId, typ: 'JWT' })
        .setIssuer(options.url)
        .setAudience(AWS_AUDIENCE)
        .setSubject(`purpose:${request.purpose}:stack:${request.stack}`)
        .setJti(randomUUID())
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + TOKEN_LIFE_SECONDS)
        .sign(key);
      return ok(token);
    },
  };
}

const noKey = (): Problem =>
  problem('bad-config', {
    rule: 'issuer.no-key',
    message: text('Sekisho’s own issuer has no key yet.', 'Sekisho 自身の発行者にまだ鍵がありません。'),
    remedy: text(
      'Make one and publish its documents first.',
      '先に鍵を作成し、ドキュメントを公開してください。',
    ),
  });
