import { type ChildProcess, spawn } from 'node:child_process';
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
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

const CLI = fileURLToPath(new URL('../main/cli.ts', import.meta.url));
const PLAN = 'pln_00000000-0000-7000-8000-000000000001';
const FILE = 'the plan file, with secrets in clear';
const DIGEST = createHash('sha256').update(FILE).digest('hex');
const TIME = '2027-01-01T01:00:00.000Z';
const LINEAGE = '11111111-2222-4333-8444-555555555555';

/** Notes its arguments and does as the folder it runs in says; a signal ends it with what `on-signal` says. */
const TERRAFORM = `#!/bin/sh
echo "$*" >> "$ROOT/calls"
verb=$1; case $1 in -chdir=*) verb=$2 ;; esac
for word in "$@"; do case $word in -out=*) printf '%s' '${FILE}' > "\${word#-out=}" ;; esac; done
if [ "$verb" = state ]; then cat "$ROOT/state"; exit; fi
if [ -e "$ROOT/hang-$verb" ]; then
  trap 'exit $(cat "$ROOT/on-signal")' INT TERM
  : > "$ROOT/running"
  while :; do sleep 0.05; done
fi
[ ! -e "$ROOT/exit-$verb" ] || exit "$(cat "$ROOT/exit-$verb")"
`;

const details = {
  ...{ id: PLAN, stack: 'shop', account: '333333333333', environment: 'staging', state: 'approved' },
  ...{ digest: DIGEST, fingerprint: 'f'.repeat(64), lineage: LINEAGE, serial: 4 },
  repository: { id: '1', name: 'shop/infra' },
  ...{ ref: 'refs/heads/main', commit: 'a'.repeat(40), run: { id: '31', number: 7, attempt: 1 } },
  ...{ author: { id: '42', name: 'taro' }, uploadedAt: TIME, expiresAt: TIME, changes: { create: 1 } },
  findings: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
  ...{ approvals: [], history: [], review: {}, auditEntry: '7' },
};

const grantOf = (purpose: string) => ({
  ...{ grant: 'grt_00000000-0000-7000-8000-000000000001', purpose, stack: 'shop', path: 'stack' },
  ...{ account: '333333333333', region: 'ap-northeast-1', expiresAt: TIME, widened: [], auditEntry: '7' },
  credentials: { accessKeyId: 'ASIA1', secretAccessKey: 's', sessionToken: 't', expiration: TIME },
  ...(purpose === 'apply' ? { plan: PLAN, secret: `skg_${'s'.repeat(43)}` } : {}),
});

type Answer = (response: ServerResponse) => void;

let root: string;
let server: Server;
let url: string;
let asked: string[];
let reports: unknown[];
/** Instead of the usual answer, by `METHOD path`. */
let instead: Map<string, Answer>;

const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(Buffer.from(piece));
  const body = Buffer.concat(pieces).toString();
  const what = `${request.method} ${request.url?.split('?')[0]}`;
  asked.push(what);
  if (what === 'POST /v1/reports') reports.push(JSON.parse(body));
  const other = instead.get(what);
  if (other !== undefined) return other(response);
  const purpose =
    what === 'POST /v1/grants' ? z.object({ purpose: z.string() }).parse(JSON.parse(body)).purpose : '';
  if (what === 'POST /v1/grants') return json(response, 201, grantOf(purpose));
  if (what.endsWith('/file')) return void response.end(FILE);
  if (what === 'POST /v1/reports')
    return json(response, 201, { plan: PLAN, state: 'applied', auditEntry: '9' });
  json(response, what === 'POST /v1/plans' ? 201 : 200, details);
}

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'sekisho-ci-'));
  for (const folder of ['bin', 'stack', 'temporary']) mkdirSync(join(root, folder));
  writeFileSync(join(root, 'stack', '.terraform.lock.hcl'), '');
  writeFileSync(join(root, 'stack', 'change.tfplan'), FILE);
  writeFileSync(join(root, 'on-signal'), '1');
  writeFileSync(
    join(root, 'state'),
    JSON.stringify({ version: 4, lineage: LINEAGE, serial: 5, outputs: {} }),
  );
  writeFileSync(join(root, 'bin', 'terraform'), TERRAFORM);
  chmodSync(join(root, 'bin', 'terraform'), 0o755);
  [asked, reports, instead] = [[], [], new Map()];
  server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(root, { recursive: true });
});

interface Job {
  readonly child: ChildProcess;
  /** Exit code and what was said. */
  readonly ended: Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>;
}

function job(...args: readonly string[]): Job {
  const env = {
    PATH: `${join(root, 'bin')}:${process.env.PATH}`,
    ROOT: root,
    RUNNER_TEMP: join(root, 'temporary'),
    GITHUB_WORKSPACE: root,
    SEKISHO_URL: url,
    SEKISHO_LANG: 'en',
    ...Object.fromEntries(['', '_2', '_3', '_4'].map((number) => [`SEKISHO_ID_TOKEN${number}`, 'token'])),
  };
  const cwd = join(root, 'stack');
  const child = spawn(process.execPath, [CLI, ...args], { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  child.stdout.on('data', (piece) => {
    said.out += piece;
  });
  child.stderr.on('data', (piece) => {
    said.err += piece;
  });
  return { child, ended: once(child, 'close').then(([code]) => ({ code, ...said })) };
}

const plan = (): Job => job('ci', 'plan', '--stack', 'shop');
const apply = (): Job => job('ci', 'apply', '--stack', 'shop', '--plan', PLAN);
const exec = (...command: readonly string[]): Job =>
  job('exec', '--stack', 'shop', '--plan', DIGEST, '--', ...command);

/** The request arrives and is never answered. */
const unanswered = (what: string): Promise<void> =>
  new Promise((arrived) => instead.set(what, () => arrived()));

/** Terraform runs until a signal comes. */
async function running(verb: string, start: () => Job): Promise<Job> {
  writeFileSync(join(root, `hang-${verb}`), '');
  const started = start();
  while (!existsSync(join(root, 'running'))) await new Promise(setImmediate);
  return started;
}

const leftOnDisk = (): readonly string[] => readdirSync(join(root, 'temporary'));
const calls = (): readonly string[] =>
  readFileSync(join(root, 'calls'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' ').slice(0, 2).join(' '));

describe('sekisho ci plan', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    'leaves no plan file behind when %s comes while it uploads, and ends with %i',
    async (signal, code) => {
      const arrived = unanswered('POST /v1/plans');
      const { child, ended } = plan();
      await arrived;
      const [folder = ''] = leftOnDisk();
      expect(statSync(join(root, 'temporary', folder)).mode & 0o777).toBe(0o700);
      expect(readFileSync(join(root, 'temporary', folder, 'plan'), 'utf8')).toBe(FILE);
      child.kill(signal);
      expect((await ended).code).toBe(code);
      expect(leftOnDisk()).toEqual([]);
    },
  );

  it('uploads nothing when it was interrupted while Terraform planned, however well Terraform ended', async () => {
    writeFileSync(join(root, 'on-signal'), '0');
    const { child, ended } = await running('plan', plan);
    child.kill('SIGINT');
    const { code, err } = await ended;
    expect([code, err]).toEqual([130, '✗ Interrupted (SIGINT). Run the workflow again.\n']);
    expect(asked).toEqual(['POST /v1/grants']);
    expect(leftOnDisk()).toEqual([]);
  });
});

describe('sekisho ci apply', () => {
  it('reports lineage and serial, and leaves nothing on disk', async () => {
    expect((await apply().ended).code).toBe(0);
    expect(reports).toEqual([{ outcome: 'applied', exitCode: 0, state: { lineage: LINEAGE, serial: 5 } }]);
    expect(calls()).toEqual(['init -input=false', 'apply -input=false', 'state pull']);
    expect(leftOnDisk()).toEqual([]);
  });

  it('interrupted while it fetches the file applies nothing, reports that, and leaves nothing on disk', async () => {
    let finish: Answer = () => undefined;
    const fetching = new Promise<void>((arrived) => {
      instead.set(`GET /v1/plans/${PLAN}/file`, (response) => {
        finish = () => response.end(FILE);
        arrived();
      });
    });
    const { child, ended } = apply();
    await fetching;
    child.kill('SIGTERM');
    await once(child.stderr ?? child, 'data');
    finish({} as ServerResponse);
    const { code, out } = await ended;
    expect(code).toBe(143);
    expect(out).toContain('Nothing was applied');
    expect(reports).toEqual([{ outcome: 'failed', exitCode: 143 }]);
    expect(existsSync(join(root, 'calls'))).toBe(false);
    expect(leftOnDisk()).toEqual([]);
  });

  it('interrupted twice while it fetches ends at once, and leaves nothing on disk', async () => {
    const fetching = unanswered(`GET /v1/plans/${PLAN}/file`);
    const { child, ended } = apply();
    await fetching;
    child.kill('SIGINT');
    await once(child.stderr ?? child, 'data');
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect(leftOnDisk()).toEqual([]);
  });

  it('interrupted while Terraform applies lets it end in order and reports what became of it', async () => {
    const { child, ended } = await running('apply', apply);
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect(reports).toEqual([{ outcome: 'failed', exitCode: 1, state: { lineage: LINEAGE, serial: 5 } }]);
    expect(leftOnDisk()).toEqual([]);
  });

  it('interrupted while it reports finishes the report', async () => {
    let finish: () => void = () => undefined;
    const reporting = new Promise<void>((arrived) => {
      instead.set('POST /v1/reports', (response) => {
        finish = () => json(response, 201, { plan: PLAN, state: 'applied', auditEntry: '9' });
        arrived();
      });
    });
    const { child, ended } = apply();
    await reporting;
    child.kill('SIGTERM');
    await once(child.stderr ?? child, 'data');
    finish();
    expect((await ended).code).toBe(0);
    expect(leftOnDisk()).toEqual([]);
  });
});

describe('sekisho exec --plan', () => {
  it('reports an apply that went well with lineage and serial, and says so beside the child’s output', async () => {
    const { code, out, err } = await exec('terraform', 'apply', 'change.tfplan').ended;
    expect([code, out, err]).toEqual([0, '', '✓ Reported to Sekisho: applied.\n']);
    expect(reports).toEqual([{ outcome: 'applied', exitCode: 0, state: { lineage: LINEAGE, serial: 5 } }]);
  });

  it('pulls the state where -chdir says', async () => {
    writeFileSync(join(root, 'calls'), '');
    const { code } = await exec('terraform', '-chdir=../stack', 'apply', '-no-color', 'change.tfplan').ended;
    expect([code, reports]).toEqual([
      0,
      [expect.objectContaining({ state: { lineage: LINEAGE, serial: 5 } })],
    ]);
  });

  it('reports one that failed, with the child’s exit code, and ends with it', async () => {
    writeFileSync(join(root, 'exit-apply'), '7');
    const { code, err } = await exec('terraform', 'apply', 'change.tfplan').ended;
    expect([code, err]).toEqual([7, expect.stringContaining('Reported to Sekisho: failed.')]);
    expect(reports).toEqual([{ outcome: 'failed', exitCode: 7, state: { lineage: LINEAGE, serial: 5 } }]);
  });

  it('reports without a serial what cannot be pulled, and says so', async () => {
    writeFileSync(join(root, 'state'), '');
    const { err } = await exec('terraform', 'apply', 'change.tfplan').ended;
    expect(err).toContain('The state cannot be read, so its serial is not reported.');
    expect(reports).toEqual([{ outcome: 'applied', exitCode: 0 }]);
  });

  it('believes another program about its apply, but does not know its state', async () => {
    const { code, err } = await exec('sh', '-c', 'exit 0').ended;
    expect([code, err]).toEqual([0, expect.stringContaining('its serial is not reported')]);
    expect(reports).toEqual([{ outcome: 'applied', exitCode: 0 }]);
  });

  it('reports a program that cannot be started as failed', async () => {
    const { code, err } = await exec('no-such-program').ended;
    expect([code, err]).toEqual([2, expect.stringContaining('[exec.cannot-start]')]);
    expect(reports).toEqual([{ outcome: 'failed', exitCode: 127 }]);
  });

  it('says its report again when the answer was lost', async () => {
    instead.set('POST /v1/reports', (response) => {
      instead.clear();
      response.destroy();
    });
    expect((await exec('terraform', 'apply', 'change.tfplan').ended).code).toBe(0);
    expect(reports[1]).toEqual(reports[0]);
  });

  it('does not end well when the report was refused', async () => {
    const reasons = [{ rule: 'report.state-went-back', message: 'older', remedy: 'look' }];
    instead.set('POST /v1/reports', (response) => json(response, 409, { code: 'conflict', reasons }));
    const { code, err } = await exec('terraform', 'apply', 'change.tfplan').ended;
    expect([code, err]).toEqual([3, expect.stringContaining('[report.state-went-back]')]);
  });

  it('interrupted lets the child end and reports', async () => {
    const { child, ended } = await running('apply', () => exec('terraform', 'apply', 'change.tfplan'));
    child.kill('SIGTERM');
    expect((await ended).code).toBe(1);
    expect(reports).toMatchObject([{ outcome: 'failed', exitCode: 1 }]);
  });

  it.each([
    ['no apply', ['terraform', 'init'], 'exec.not-an-apply'],
    ['an apply of whatever it plans itself', ['terraform', 'apply', '-auto-approve'], 'exec.not-an-apply'],
    ['an apply without anything', ['tofu', 'apply'], 'exec.not-an-apply'],
    ['a file that is not there', ['terraform', 'apply', 'no.tfplan'], 'exec.no-plan-file'],
    ['another file', ['terraform', 'apply', '.terraform.lock.hcl'], 'exec.other-plan'],
  ])('asks for no grant for %s', async (_, command, rule) => {
    const { code, err } = await exec(...command).ended;
    expect([code, err]).toEqual([2, expect.stringContaining(`[${rule}]`)]);
    expect(asked).toEqual([]);
  });
});

it('sekisho exec without a plan reports nothing', async () => {
  expect((await job('exec', '--stack', 'shop', '--', 'sh', '-c', 'exit 3').ended).code).toBe(3);
  expect(asked).toEqual(['POST /v1/grants']);
});
