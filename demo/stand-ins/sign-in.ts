import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { bodyOf, type LocalServer, listen, sendJson } from './listen.ts';

/**
 * A stand-in for a provider where people sign in: an OpenID provider at its root, and beside it what GitHub's OAuth has. It asks nobody for
 * a password: whoever is named by `login` in the address, or clicked on, is signed in. What a client does wrong is refused as the
 * specifications say (RFC 6749, RFC 7636, OpenID Connect Core).
 */
export interface StandInSignIn extends LocalServer {
  readonly clientId: string;
  readonly clientSecret: string;
  /** What a person's browser does at the provider: from where our server sends it, to where the provider sends it back. */
  signIn(address: string, login: string): Promise<string>;
  /** Changes the claims of id tokens from now on, for the tests of what must be refused. */
  lie(change: (claims: JWTPayload) => JWTPayload): void;
}

export interface SignInAccount {
  /** How people call it. */
  readonly login: string;
  /** `sub`, and GitHub's numeric id. */
  readonly id: string;
}

interface Code {
  readonly account: SignInAccount;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly nonce: string | undefined;
}

/** What the provider keeps. */
interface Provider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly accounts: readonly SignInAccount[];
  readonly codes: Map<string, Code>;
  readonly tokens: Map<string, SignInAccount>;
  readonly keys: readonly object[];
  idToken(code: Code): Promise<string>;
}

export async function startStandInSignIn(accounts: readonly SignInAccount[]): Promise<StandInSignIn> {
  const answering: { provider?: Provider } = {};
  const server = await listen((request, response) =>
    answering.provider === undefined
      ? sendJson(response, 503, {})
      : answer(answering.provider, request, response),
  );
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const key = { ...(await exportJWK(publicKey)), kid: 'key-1', alg: 'RS256', use: 'sig' };
  const client = { clientId: 'sekisho', clientSecret: randomBytes(16).toString('hex') };
  let change = (claims: JWTPayload): JWTPayload => claims;
  const idToken = ({ account, nonce }: Code): Promise<string> => {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: server.url, sub: account.id, aud: client.clientId, iat: now, exp: now + 300 };
    return new SignJWT(change({ ...claims, ...(nonce === undefined ? {} : { nonce }) }))
      .setProtectedHeader({ alg: 'RS256', kid: 'key-1', typ: 'JWT' })
      .sign(privateKey);
  };
  const kept = { codes: new Map<string, Code>(), tokens: new Map<string, SignInAccount>() };
  answering.provider = { issuer: server.url, ...client, accounts, ...kept, keys: [key], idToken };
  return {
    ...{ ...server, ...client },
    lie: (how) => {
      change = how;
    },
    signIn: signInAt,
  };
}

async function signInAt(address: string, login: string): Promise<string> {
  const url = new URL(address);
  url.searchParams.set('login', login);
  const answered = await fetch(url, { redirect: 'manual' });
  const location = answered.headers.get('location');
  if (location === null) throw new Error(`the stand-in answered ${answered.status}`);
  return location;
}

async function answer(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', provider.issuer);
  const path = url.pathname.replace(/^\/login\/oauth/, '');
  if (path === '/.well-known/openid-configuration') {
    return sendJson(response, 200, discovery(provider.issuer));
  }
  if (path === '/keys') return sendJson(response, 200, { keys: provider.keys });
  if (path === '/authorize') return authorize(provider, url, response);
  if (path === '/token' || path === '/access_token') return exchange(provider, request, response);
  if (path === '/api/v3/user') return whoIs(provider, request, response);
  return sendJson(response, 404, { message: 'Not Found' });
}

function authorize({ accounts, clientId, codes }: Provider, url: URL, response: ServerResponse): void {
  const asked = url.searchParams;
  const redirectUri = asked.get('redirect_uri');
  if (asked.get('client_id') !== clientId || redirectUri === null) {
    sendJson(response, 400, { error: 'invalid_request' });
    return;
  }
  if (!asked.has('login')) {
    choose(accounts, asked, response);
    return;
  }
  const back = new URL(redirectUri);
  back.searchParams.set('state', asked.get('state') ?? '');
  const account = accounts.find(({ login }) => login === asked.get('login'));
  const challenge = asked.get('code_challenge');
  const isComplete = asked.get('response_type') === 'code' && asked.get('code_challenge_method') === 'S256';
  if (account === undefined || challenge === null || !isComplete) {
    back.searchParams.set('error', account === undefined ? 'access_denied' : 'invalid_request');
  } else {
    const code = randomBytes(16).toString('hex');
    codes.set(code, { account, redirectUri, challenge, nonce: asked.get('nonce') ?? undefined });
    back.searchParams.set('code', code);
  }
  response.writeHead(302, { location: back.href }).end();
}

function choose(accounts: readonly SignInAccount[], asked: URLSearchParams, response: ServerResponse): void {
  const links = accounts.map(({ login }) => {
    const query = new URLSearchParams([...asked, ['login', login]]);
    return `<li><a href="?${query.toString().replaceAll('&', '&amp;')}">${login}</a></li>`;
  });
  response
    .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    .end(`<!doctype html><title>Stand-in</title><h1>Who are you?</h1><ul>${links.join('')}</ul>`);
}

async function exchange(
  { clientId, clientSecret, codes, tokens, idToken }: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const sent = new URLSearchParams(await bodyOf(request));
  if (sent.get('client_id') !== clientId || sent.get('client_secret') !== clientSecret) {
    return sendJson(response, 401, { error: 'invalid_client' });
  }
  const code = codes.get(sent.get('code') ?? '');
  codes.delete(sent.get('code') ?? '');
  const challenge = createHash('sha256')
    .update(sent.get('code_verifier') ?? '')
    .digest('base64url');
  if (code?.challenge !== challenge || code.redirectUri !== sent.get('redirect_uri')) {
    return sendJson(response, 400, { error: 'invalid_grant' });
  }
  const accessToken = `gho_${randomBytes(18).toString('hex')}`;
  tokens.set(accessToken, code.account);
  const granted = { access_token: accessToken, token_type: 'bearer', scope: '' };
  const isGitHub = request.url?.startsWith('/login/oauth/') === true;
  sendJson(response, 200, isGitHub ? granted : { ...granted, id_token: await idToken(code) });
}

function whoIs({ tokens }: Provider, request: IncomingMessage, response: ServerResponse): void {
  const account = tokens.get(request.headers.authorization?.replace(/^Bearer /, '') ?? '');
  if (account === undefined) sendJson(response, 401, { message: 'Bad credentials' });
  else sendJson(response, 200, { login: account.login, id: Number(account.id), type: 'User' });
}

const discovery = (issuer: string): object => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/keys`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
  token_endpoint_auth_methods_supported: ['client_secret_post'],
  code_challenge_methods_supported: ['S256'],
  scopes_supported: ['openid'],
});
