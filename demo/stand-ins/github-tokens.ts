import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { type LocalServer, listen, sendJson } from './listen.ts';

/**
 * A stand-in for GitHub's OIDC issuer and for the runner's token endpoint: discovery, keys (RS256), and tokens with
 * the claims that GitHub Actions writes ("OpenID Connect reference", docs.github.com). Its tokens are worth nothing
 * to anybody who has not declared its loopback address as an issuer.
 */
export interface StandInGithub extends LocalServer, TokenIssuer {}

/** The issuer by itself, to stand at any address. */
export interface TokenIssuer {
  /** Starts a simulated job: what `GITHUB_*` and `ACTIONS_ID_TOKEN_*` say in it. */
  startJob(job: SimulatedJob): JobEnvironment;
  /** Signs claims of any kind, for the tests of what must be refused. */
  sign(claims: JWTPayload): Promise<string>;
  /** Signs with a new key from now on; publishes the old ones too, unless `withdraw`. */
  rotateKeys(options?: { readonly withdraw?: boolean }): Promise<void>;
}

/** What tells one job from another; ids are numeric strings, as GitHub's are. */
export interface SimulatedJob {
  readonly repository: string;
  readonly repositoryId: string;
  readonly ownerId: string;
  /** Numeric id and login of who started the run. */
  readonly actorId: string;
  readonly actor: string;
  /** `push`, `pull_request`, `workflow_dispatch` … */
  readonly event: string;
  /** `refs/heads/main`, `refs/pull/7/merge` */
  readonly ref: string;
  /** Source and target branch, of a pull request only. */
  readonly headRef?: string;
  readonly baseRef?: string;
  /** 40 hexadecimal digits. */
  readonly commit: string;
  /** The file of the run: `.github/workflows/change.yml` */
  readonly workflow: string;
  /** The reusable workflow that the job comes from, and its ref; the run's own file and ref if left out. */
  readonly jobWorkflow?: { readonly path: string; readonly ref: string; readonly commit: string };
  /** The job of this name in the workflow. */
  readonly job: string;
  readonly environment?: string;
  /** Given by the stand-in if left out: a new run. */
  readonly runId?: string;
  readonly runNumber?: string;
  readonly runAttempt?: string;
}

/** The variables that a runner sets for a job, as far as Sekisho and Terraform could see them. */
export type JobEnvironment = Readonly<Record<`GITHUB_${string}` | `ACTIONS_${string}` | 'CI', string>>;

interface RunningJob {
  readonly bearer: string;
  readonly claims: JWTPayload;
}

interface SigningKey {
  readonly privateKey: CryptoKey;
  readonly published: JWK;
}

/** As GitHub's own, read in 2026: a token lives five minutes and is valid ten minutes back. */
const TOKEN_LIFE_SECONDS = 300;
const TOKEN_BACKDATED_SECONDS = 600;

export async function startStandInGithub(): Promise<StandInGithub> {
  const answering: { answer?: AnswerTokens } = {};
  const server = await listen((request, response) => answering.answer?.(request, response));
  const { answer, ...issuer } = await tokenIssuer(server.url);
  answering.answer = answer;
  return { ...server, ...issuer };
}

type AnswerTokens = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** An issuer at this address; `answer` takes every request below it. */
export async function tokenIssuer(issuer: string): Promise<TokenIssuer & { readonly answer: AnswerTokens }> {
  const jobs = new Map<string, RunningJob>();
  let keys: readonly SigningKey[] = [await newKey()];
  let lastNumber = 1000;
  const nextNumber = (): string => {
    lastNumber += 1;
    return String(lastNumber);
  };

  const root = new URL(issuer).pathname.replace(/\/$/, '');

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', issuer);
    const path = url.pathname.slice(root.length);
    if (path === '/.well-known/openid-configuration') return sendJson(response, 200, discovery(issuer));
    if (path === '/.well-known/jwks') {
      return sendJson(response, 200, { keys: keys.map(({ published }) => published) });
    }
    const job = jobs.get(/^\/token\/([0-9a-f-]+)$/.exec(path)?.[1] ?? '');
    if (job === undefined) return sendJson(response, 404, { message: 'Not Found' });
    if (request.headers.authorization?.toLowerCase() !== `bearer ${job.bearer}`) {
      return sendJson(response, 401, { message: 'the job’s request token is missing or wrong' });
    }
    const audience =
      url.searchParams.get('audience') ?? `https://github.com/${String(job.claims.repository_owner)}`;
    const value = await sign({ ...job.claims, ...times(), aud: audience, jti: randomUUID() });
    return sendJson(response, 200, { count: value.length, value });
  }

  function sign(claims: JWTPayload): Promise<string> {
    const key = keys.at(-1);
    if (key === undefined) throw new Error('the stand-in issuer has no key');
    const header = { alg: 'RS256', typ: 'JWT', kid: key.published.kid ?? '', x5t: key.published.kid ?? '' };
    return new SignJWT(claims).setProtectedHeader(header).sign(key.privateKey);
  }

  function startJob(job: SimulatedJob): JobEnvironment {
    const id = randomUUID();
    const bearer = randomBytes(24).toString('hex');
    const run = {
      runId: job.runId ?? nextNumber(),
      runNumber: job.runNumber ?? nextNumber(),
      runAttempt: job.runAttempt ?? '1',
    };
    jobs.set(id, { bearer, claims: claimsOf(issuer, { ...job, ...run }, nextNumber()) });
    return {
      ...githubVariables({ ...job, ...run }),
      ACTIONS_ID_TOKEN_REQUEST_URL: `${issuer}/token/${id}?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer,
    };
  }

  const rotateKeys = async ({ withdraw = false } = {}): Promise<void> => {
    const key = await newKey();
    keys = withdraw ? [key] : [...keys, key];
  };
  return { answer, startJob, sign, rotateKeys };
}

async function newKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const kid = randomBytes(20).toString('hex').toUpperCase();
  return {
    privateKey,
    published: { ...(await exportJWK(publicKey)), kid, x5t: kid, alg: 'RS256', use: 'sig' },
  };
}

const discovery = (issuer: string): object => ({
  issuer,
  jwks_uri: `${issuer}/.well-known/jwks`,
  subject_types_supported: ['public', 'pairwise'],
  response_types_supported: ['id_token'],
  id_token_signing_alg_values_supported: ['RS256'],
  scopes_supported: ['openid'],
});

function times(): Pick<JWTPayload, 'iat' | 'nbf' | 'exp'> {
  const now = Math.floor(Date.now() / 1000);
  return { iat: now, nbf: now - TOKEN_BACKDATED_SECONDS, exp: now + TOKEN_LIFE_SECONDS };
}

type Run = SimulatedJob & Required<Pick<SimulatedJob, 'runId' | 'runNumber' | 'runAttempt'>>;

function claimsOf(issuer: string, job: Run, checkRunId: string): JWTPayload {
  const { path, ref, commit } = job.jobWorkflow ?? { path: job.workflow, ref: job.ref, commit: job.commit };
  return {
    iss: issuer,
    sub: subjectOf(job),
    repository: job.repository,
    repository_id: job.repositoryId,
    repository_owner: ownerOf(job),
    repository_owner_id: job.ownerId,
    repository_visibility: 'private',
    actor: job.actor,
    actor_id: job.actorId,
    event_name: job.event,
    ref: job.ref,
    ref_type: job.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    ref_protected: String(job.ref === 'refs/heads/main'),
    head_ref: job.headRef ?? '',
    base_ref: job.baseRef ?? '',
    sha: job.commit,
    workflow: nameOfWorkflow(job),
    workflow_ref: workflowRefOf(job),
    workflow_sha: job.commit,
    job_workflow_ref: `${job.repository}/${path}@${ref}`,
    job_workflow_sha: commit,
    run_id: job.runId,
    run_number: job.runNumber,
    run_attempt: job.runAttempt,
    check_run_id: checkRunId,
    runner_environment: 'github-hosted',
    ...(job.environment === undefined
      ? {}
      : { environment: job.environment, environment_node_id: 'EN_stand-in' }),
  };
}

/** As GitHub's default: the environment wins over the event, and the event over the ref; `:` is escaped. */
function subjectOf(job: SimulatedJob): string {
  const prefix = `repo:${job.repository}`;
  if (job.environment !== undefined) return `${prefix}:environment:${job.environment.replaceAll(':', '%3A')}`;
  return job.event === 'pull_request' ? `${prefix}:pull_request` : `${prefix}:ref:${job.ref}`;
}

const workflowRefOf = (job: SimulatedJob): string => `${job.repository}/${job.workflow}@${job.ref}`;

const ownerOf = (job: SimulatedJob): string => job.repository.split('/', 1)[0] ?? '';

const nameOfWorkflow = (job: SimulatedJob): string =>
  job.workflow.replace(/^.*\//, '').replace(/\.ya?ml$/, '');

function githubVariables(job: Run): JobEnvironment {
  return {
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTOR: job.actor,
    GITHUB_ACTOR_ID: job.actorId,
    GITHUB_BASE_REF: job.baseRef ?? '',
    GITHUB_EVENT_NAME: job.event,
    GITHUB_HEAD_REF: job.headRef ?? '',
    GITHUB_JOB: job.job,
    GITHUB_REF: job.ref,
    GITHUB_REF_NAME: job.ref.replace(/^refs\/(?:heads|tags|pull)\//, ''),
    GITHUB_REPOSITORY: job.repository,
    GITHUB_REPOSITORY_ID: job.repositoryId,
    GITHUB_REPOSITORY_OWNER: ownerOf(job),
    GITHUB_REPOSITORY_OWNER_ID: job.ownerId,
    GITHUB_RUN_ATTEMPT: job.runAttempt,
    GITHUB_RUN_ID: job.runId,
    GITHUB_RUN_NUMBER: job.runNumber,
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_SHA: job.commit,
    GITHUB_WORKFLOW: nameOfWorkflow(job),
    GITHUB_WORKFLOW_REF: workflowRefOf(job),
    GITHUB_WORKFLOW_SHA: job.commit,
  };
}
