import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type ActionStep, type RunningStep, startStep } from '../demo/stand-ins/github-runner/index.ts';

/* Where the tests play the bundled action: the runner's stand-in, a server that answers as told, and a Terraform of a few lines. */

export const PLAN = 'pln_00000000-0000-7000-8000-000000000001';
const FILE = 'the plan file, with secrets in clear';
const TIME = '2027-01-01T01:00:00.000Z';
export const LINEAGE = '11111111-2222-4333-8444-555555555555';

/** Every secret that a job meets; none may ever be shown. */
export const SECRETS = {
  accessKeyId: 'ASIACANARYCANARY0001',
  secretAccessKey: 'canary/secret+access=key',
  sessionToken: 'canary-session-token%0Awith%25signs',
  grant: `skg_${'canary'.repeat(7)}x`,
  token: 'canary.id.token',
  requestToken: 'canary-request-token',
} as const;

/** Notes its arguments and does as the folder it runs in says; a signal ends it with what `on-signal` says. */
const TERRAFORM = `#!/bin/sh
echo "$*" >> "$ROOT/calls"
env > "$ROOT/environment-$1"
for word in "$@"; do case $word in -out=*) printf '%s' '${FILE}' > "\${word#-out=}" ;; esac; done
if [ "$1" = state ]; then cat "$ROOT/state"; exit; fi
[ ! -e "$ROOT/says-$1" ] || cat "$ROOT/says-$1"
[ ! -e "$ROOT/leaks-$1" ] || curl -s -H "Authorization: $AWS_CONTAINER_AUTHORIZATION_TOKEN" "$AWS_CONTAINER_CREDENTIALS_FULL_URI"
if [ -e "$ROOT/hang-$1" ]; then
  trap 'echo "$(date +%s%N) INT" >> "$ROOT/signals"; ending=1' INT
  trap 'echo "$(date +%s%N) TERM" >> "$ROOT/signals"; ending=1' TERM
  : > "$ROOT/running"
  while [ -z "$ending" ]; do sleep 0.05; done
  while [ -e "$ROOT/slow-$1" ]; do echo still ending; sleep 0.05; done
  echo "ended in order"
  exit "$(cat "$ROOT/on-signal")"
fi
[ ! -e "$ROOT/exit-$1" ] || exit "$(cat "$ROOT/exit-$1")"
`;

const DETAILS = {
  ...{ id: PLAN, stack: 'shop', account: '333333333333', environment: 'staging', state: 'approved' },
  ...{ digest: createHash('sha256').update(FILE).digest('hex'), fingerprint: 'f'.repeat(64) },
  ...{ lineage: LINEAGE, serial: 4, repository: { id: '1', name: 'shop/infra' }, ref: 'refs/heads/main' },
  ...{ commit: 'a'.repeat(40), run: { id: '31', number: 7, attempt: 1 }, author: { id: '42', name: 'taro' } },
  ...{ uploadedAt: TIME, expiresAt: TIME, changes: { create: 1 }, approvals: [], history: [], review: {} },
  ...{ findings: { critical: 0, high: 1, medium: 0, low: 0, info: 0 }, auditEntry: '7' },
};

const grantOf = (purpose: string) => ({
  ...{ grant: 'grt_00000000-0000-7000-8000-000000000001', purpose, stack: 'shop', path: 'stack' },
  ...{ account: '333333333333', region: 'ap-northeast-1', expiresAt: TIME, widened: [], auditEntry: '7' },
  credentials: {
    ...{ accessKeyId: SECRETS.accessKeyId, secretAccessKey: SECRETS.secretAccessKey },
    ...{ sessionToken: SECRETS.sessionToken, expiration: TIME },
  },
  ...(purpose === 'apply' ? { plan: PLAN, secret: SECRETS.grant } : {}),
});

export type Answer = (response: ServerResponse) => void;

export const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

export interface ActionStage {
  readonly root: string;
  readonly asked: readonly string[];
  readonly reports: readonly unknown[];
  /** Instead of the server's usual answer, by `METHOD path`. */
  readonly instead: Map<string, Answer>;
  /** Writes a file of the stage: what Terraform shall do, or of the checkout. */
  put(name: string, words?: string): void;
  has(name: string): boolean;
  read(name: string): string;
  step(inputs: Readonly<Record<string, string>>, change?: StepChange): ActionStep;
  start(inputs: Readonly<Record<string, string>>, change?: StepChange): RunningStep;
  /** What is left in the runner's folder for temporary files, but what is the runner's own. */
  leftOnDisk(): readonly string[];
  end(): void;
}

interface StepChange {
  readonly env?: Readonly<Record<string, string>>;
  readonly event?: object;
  readonly without?: readonly string[];
}

const ACTION = import.meta.dirname;

export async function openActionStage(): Promise<ActionStage> {
  const root = mkdtempSync(join(tmpdir(), 'sekisho-action-'));
  const put = (name: string, words = ''): void => writeFileSync(join(root, name), words);
  for (const folder of ['bin', 'stack', 'temporary']) mkdirSync(join(root, folder));
  put('stack/.terraform.lock.hcl');
  put('on-signal', '1');
  put('state', JSON.stringify({ version: 4, lineage: LINEAGE, serial: 5, outputs: {} }));
  put('bin/terraform', TERRAFORM);
  chmodSync(join(root, 'bin/terraform'), 0o755);
  const [asked, reports, instead] = [[] as string[], [] as unknown[], new Map<string, Answer>()];
  const server = createServer(
    (request, response) => void answer({ asked, reports, instead }, request, response),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
  const step: ActionStage['step'] = (inputs, { env = {}, event = {}, without = [] } = {}) => ({
    action: ACTION,
    inputs: { server: url, ...inputs },
    env: Object.fromEntries(
      Object.entries({ ...jobEnvironment(root, url), ...env }).filter(([name]) => !without.includes(name)),
    ),
    event,
  });
  return {
    ...{ root, asked, reports, instead, put, step },
    has: (name) => existsSync(join(root, name)),
    read: (name) => readFileSync(join(root, name), 'utf8'),
    start: (inputs, change) => startStep(step(inputs, change)),
    leftOnDisk: () =>
      readdirSync(join(root, 'temporary')).filter((name) => !/^(?:_runner|event-)/.test(name)),
    end: () => {
      server.closeAllConnections();
      server.close();
      rmSync(root, { recursive: true });
    },
  };
}

const jobEnvironment = (root: string, url: string): Readonly<Record<string, string>> => ({
  ...{ PATH: `${join(root, 'bin')}:${process.env.PATH ?? ''}`, ROOT: root, HOME: root },
  ...{ RUNNER_TEMP: join(root, 'temporary'), GITHUB_WORKSPACE: root, GITHUB_EVENT_NAME: 'push' },
  ...{ ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/token?api-version=2.0` },
  ...{ ACTIONS_ID_TOKEN_REQUEST_TOKEN: SECRETS.requestToken },
});

async function answer(
  { asked, reports, instead }: { asked: string[]; reports: unknown[]; instead: Map<string, Answer> },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(Buffer.from(piece));
  const body = Buffer.concat(pieces).toString();
  const what = `${request.method} ${request.url?.split('?')[0]}`;
  if (what === 'GET /token') return json(response, 200, { value: SECRETS.token });
  asked.push(what);
  if (what === 'POST /v1/reports') reports.push(JSON.parse(body));
  const other = instead.get(what);
  if (other !== undefined) return other(response);
  if (what === 'POST /v1/grants') {
    const { purpose } = z.object({ purpose: z.string() }).parse(JSON.parse(body));
    return json(response, 201, grantOf(purpose));
  }
  if (what.endsWith('/file')) return void response.end(FILE);
  if (what === 'POST /v1/reports')
    return json(response, 201, { plan: PLAN, state: 'applied', auditEntry: '9' });
  json(response, what === 'POST /v1/plans' ? 201 : 200, DETAILS);
}
