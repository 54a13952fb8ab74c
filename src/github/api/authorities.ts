import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { type Clock, type EpochMs, epochMs, err, ok, type Problem, type Result } from '#core-values';
import { ask } from './asking.ts';
import type { Authority, RestClient } from './client.ts';
import type { AnswerOf, RepositoryAt } from './port.ts';
import { malformedAnswer } from './problems.ts';

/** An App with its key. */
export interface OpenedApp {
  readonly id: string;
  readonly host: string;
  readonly appId: number;
  readonly slug: string;
  readonly key: KeyObject;
}

/** `undefined` for anything but an RSA private key in PEM, as GitHub makes them. Says nothing of what it was given. */
export function privateKeyOf(pem: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'rsa' ? key : undefined;
  } catch {
    return undefined;
  }
}

// GitHub allows ten minutes, and asks to begin a minute ago because clocks differ.
// https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
const JWT_SECONDS = 540;
const SKEW_SECONDS = 60;

/** The App itself: for what is about installations, and for making their tokens. */
export const asApp = (clock: Clock, app: OpenedApp): Authority => ({
  host: app.host,
  rateKey: app.id,
  scope: app.id,
  forget: () => undefined,
  token: async () => {
    const now = Math.floor(clock.now() / 1000);
    const jwt = new SignJWT()
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuedAt(now - SKEW_SECONDS)
      .setExpirationTime(now + JWT_SECONDS)
      .setIssuer(String(app.appId));
    return ok(await jwt.sign(app.key));
  },
});

/** A token is taken for spent so long before it is: a request may take its time. */
const TOKEN_SKEW_MS = 5 * 60_000;

type TokenAnswer = AnswerOf<'POST /app/installations/{installation_id}/access_tokens'>;

interface KeptToken {
  readonly answer: Promise<Result<TokenAnswer, Problem>>;
  /** Absent while it is being asked for. */
  readonly until?: EpochMs;
}

export interface Installations {
  /** An installation, for one repository (by its id) or for all that it holds. */
  as(app: OpenedApp, installationId: number, repository?: RepositoryAt): Authority;
  /** What GitHub answered with the token, the repository that it is for among it. */
  tokenAnswer(
    app: OpenedApp,
    installationId: number,
    repository?: RepositoryAt,
  ): Promise<Result<TokenAnswer, Problem>>;
  forget(app: OpenedApp, installationId: number, repository?: RepositoryAt): void;
}

/** Tokens of installations: in memory only, each asked for once until shortly before its end. */
export function installations(client: RestClient, clock: Clock): Installations {
  const kept = new Map<string, KeptToken>();
  const keyOf = (app: OpenedApp, installationId: number, repository?: RepositoryAt): string =>
    `${app.id}/${installationId}/${repository?.id ?? ''}`;
  const obtain = async (
    app: OpenedApp,
    installationId: number,
    repository: RepositoryAt | undefined,
    key: string,
  ): Promise<Result<TokenAnswer, Problem>> => {
    const answer = await ask(
      client,
      asApp(clock, app),
      'POST /app/installations/{installation_id}/access_tokens',
      {
        installation_id: installationId,
        ...(repository !== undefined && { repository_ids: [Number(repository.id)] }),
      },
    );
    const until = answer.ok ? parseExpiry(answer.value) : undefined;
    const result =
      answer.ok && until === undefined ? err(malformedAnswer(app.host, 'access_tokens')) : answer;
    // A failure is not kept: the next who asks tries again.
    if (until === undefined) kept.delete(key);
    else kept.set(key, { answer: Promise.resolve(result), until });
    return result;
  };
  const tokenAnswer: Installations['tokenAnswer'] = (app, installationId, repository) => {
    const key = keyOf(app, installationId, repository);
    const found = kept.get(key);
    if (found !== undefined && (found.until === undefined || found.until - TOKEN_SKEW_MS > clock.now()))
      return found.answer;
    const answer = obtain(app, installationId, repository, key);
    kept.set(key, { answer });
    return answer;
  };
  const forget: Installations['forget'] = (...about) => void kept.delete(keyOf(...about));
  return {
    tokenAnswer,
    forget,
    as: (app, installationId, repository) => ({
      host: app.host,
      rateKey: `${app.id}/${installationId}`,
      scope: keyOf(app, installationId, repository),
      forget: () => forget(app, installationId, repository),
      token: async () => {
        const answer = await tokenAnswer(app, installationId, repository);
        return answer.ok ? ok(answer.value.token) : answer;
      },
    }),
  };
}

function parseExpiry({ token, expires_at }: TokenAnswer): EpochMs | undefined {
  const until = typeof expires_at === 'string' ? Date.parse(expires_at) : Number.NaN;
  return typeof token === 'string' && token !== '' && until > 0 ? epochMs(until) : undefined;
}
