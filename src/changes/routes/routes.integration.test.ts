import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { err, ok, type PersonName } from '#core-values';
import {
  bearerToken,
  createHttpApp,
  createLogger,
  createMetrics,
  DEFAULT_ROUTE_LIMITS,
  type HttpApp,
  notSignedIn,
  problemDocumentSchema,
  z,
} from '#platform';
import { grantAnswer, planDetails, planPage, stackAnswer, uploadAnswer } from '../core/api.ts';
import { needsAnswer } from '../core/needs-api.ts';
import type { StoredPlan } from '../store/plans.ts';
import {
  CANARIES,
  type Claims,
  mustBeTaken,
  type NameAtShop,
  openShop,
  type Shop,
  type StackAtShop,
} from '../testing/shop.ts';
import { changesRoutes } from './index.ts';

let shop: Shop;
let app: HttpApp;
const logged: string[] = [];
/** Every answer's body, for the search for secrets. */
const answered: string[] = [];

beforeAll(async () => {
  shop = await openShop();
  app = createHttpApp({
    version: '0.0.0',
    logger: createLogger({ level: 'debug', destination: { write: (line) => void logged.push(line) } }),
    metrics: createMetrics({ processMetrics: false }),
    clock: shop.clock,
    newRequestId: () => 'request-id-1',
    readiness: [],
    limits: { byDefault: DEFAULT_ROUTE_LIMITS },
    routes: changesRoutes({
      ...shop.room,
      // Whoever shows `sks_hanako` is Hanako: how people sign in is the sessions' own test.
      requirePerson: async (c) => {
        const name = bearerToken(c)?.replace(/^sks_/, '') as PersonName | undefined;
        const person = shop.room.organization().people.find((known) => known.name === name);
        return person === undefined ? err(notSignedIn) : ok(person);
      },
    }),
  });
});
beforeEach(async () => {
  await shop.startOver();
  logged.length = 0;
  answered.length = 0;
});
afterAll(() => shop.close());

interface Asked {
  readonly method?: string;
  readonly as?: NameAtShop;
  readonly token?: string;
  readonly body?: unknown;
  readonly bytes?: Uint8Array;
  readonly language?: string;
}

async function ask(path: string, { method = 'GET', as, token, body, bytes, language = 'en' }: Asked = {}) {
  const bearer = as === undefined ? token : `sks_${as}`;
  const type = bytes === undefined ? 'application/json' : 'application/octet-stream';
  const content = bytes ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await app.request(path, {
    method,
    headers: {
      'accept-language': language,
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      ...(content === undefined ? {} : { 'content-type': type }),
    },
    ...(content === undefined ? {} : { body: content }),
  });
  const answer = Buffer.from(await response.arrayBuffer());
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  if (isJson) answered.push(answer.toString('utf8'));
  return { status: response.status, bytes: answer, json: (): unknown => JSON.parse(answer.toString('utf8')) };
}

const upload = async (stack: StackAtShop, claims: Claims = {}, bytes = shop.file()) => {
  shop.clock.advance(1_000);
  return ask(`/v1/plans?stack=${stack}`, { method: 'POST', token: await shop.token(claims), bytes });
};

const approve = async (
  plan: Pick<StoredPlan, 'id' | 'stack' | 'account' | 'environment' | 'fingerprint'>,
  as: NameAtShop,
) => {
  shop.clock.advance(1_000);
  return ask(`/v1/plans/${plan.id}/approvals`, {
    method: 'POST',
    as,
    body: shop.signed(plan, as, 'approve'),
  });
};

async function expectProblem(answer: Awaited<ReturnType<typeof ask>>, status: number, rule: string) {
  const document = problemDocumentSchema.parse(answer.json());
  expect([answer.status, document.status, document.reasons[0]?.rule]).toEqual([status, status, rule]);
  for (const { message, remedy } of document.reasons)
    expect(message.length * remedy.length).toBeGreaterThan(0);
  return document;
}

describe('the whole life over HTTP', () => {
  it('answers as its schemas say, and no secret is in any answer, log line, audit entry or table', async () => {
    const tokens: string[] = [];
    const token = async (claims?: Claims) => {
      const made = await shop.token(claims);
      tokens.push(made);
      return made;
    };
    const planGrant = await ask('/v1/grants', {
      method: 'POST',
      token: await token(),
      body: { purpose: 'plan', stack: 'shop-staging' },
    });
    expect(planGrant.status).toBe(201);
    expect(grantAnswer.parse(planGrant.json())).toMatchObject({ purpose: 'plan', account: '222222222222' });

    const file = shop.file();
    shop.clock.advance(1_000);
    const uploaded = await ask('/v1/plans?stack=shop-staging', {
      method: 'POST',
      token: await token(),
      bytes: file,
    });
    expect(uploaded.status).toBe(201);
    const plan = uploadAnswer.parse(uploaded.json());
    expect(plan).toMatchObject({ state: 'awaiting-approval', decision: { allowed: false } });
    expect(plan.decision?.wouldChange.length).toBeGreaterThan(0);

    const stored = await shop.stored(plan.id);
    const approved = await approve(stored, 'hanako');
    expect(approved.status).toBe(201);
    expect(uploadAnswer.parse(approved.json())).toMatchObject({
      state: 'approved',
      approvals: [{ approver: 'hanako', decision: 'approve', counts: true }],
    });

    const granted = await ask('/v1/grants', {
      method: 'POST',
      token: await token(),
      body: { purpose: 'apply', stack: 'shop-staging', plan: plan.digest },
    });
    expect(granted.status).toBe(201);
    const grant = grantAnswer.parse(granted.json());
    expect(grant.credentials.secretAccessKey).toBe(CANARIES.secretAccessKey);
    const secret = grant.secret ?? '';

    const fetched = await ask(`/v1/plans/${plan.id}/file`, { token: secret });
    expect([fetched.status, Buffer.compare(fetched.bytes, file)]).toEqual([200, 0]);
    const state = { lineage: '11111111-2222-4333-8444-555555555555', serial: 1 };
    const reported = await ask('/v1/reports', {
      method: 'POST',
      token: secret,
      body: { outcome: 'applied', exitCode: 0, state },
    });
    expect([reported.status, reported.json()]).toMatchObject([201, { plan: plan.id, state: 'applied' }]);

    const shown = planDetails.parse((await ask(`/v1/plans/${plan.id}`, { as: 'kenji' })).json());
    expect(shown.history.map(({ event }) => event)).toContain('apply-succeeded');
    const page = planPage.parse((await ask('/v1/plans?stack=shop-staging', { as: 'kenji' })).json());
    expect(page.plans.map(({ id }) => id)).toEqual([plan.id]);
    const stacks = z
      .object({ stacks: z.array(stackAnswer) })
      .parse((await ask('/v1/stacks', { as: 'kenji' })).json());
    expect(stacks.stacks.find(({ name }) => name === 'shop-staging')?.knownState).toEqual(state);

    // The credentials are in the two answers that are for the job, and nowhere else.
    const forTheJob = [planGrant, granted].map(({ bytes }) => bytes.toString('utf8'));
    const others = answered.filter((body) => !forTheJob.includes(body)).join('\n');
    const everywhere = { log: logged.join('\n'), answers: others, tables: await dump() };
    const secrets = [
      ...Object.values(CANARIES),
      secret,
      secret.slice(4),
      ...tokens,
      ...tokens.map((made) => made.split('.')[2] ?? ''),
    ];
    for (const [place, words] of Object.entries(everywhere)) {
      expect(words.length, place).toBeGreaterThan(100);
      for (const canary of secrets)
        expect(words.includes(canary), `${canary.slice(0, 24)} in ${place}`).toBe(false);
    }
  });
});

/** Every row of every table as text, binary columns unpacked where they are only compressed. */
async function dump(): Promise<string> {
  const { rows } = await sql<{
    name: string;
  }>`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`.execute(shop.room.db);
  const tables = await Promise.all(
    rows.map(({ name }) =>
      sql<{ row: string }>`SELECT t::text AS row FROM ${sql.table(name)} t`.execute(shop.room.db),
    ),
  );
  const binary = await sql<{
    file: Buffer | null;
    record: Buffer;
  }>`SELECT file_sealed AS file, record_sealed AS record FROM plans`.execute(shop.room.db);
  const sealed = binary.rows.flatMap(({ file, record }) => [
    file?.toString('latin1') ?? '',
    record.toString('latin1'),
  ]);
  return [...tables.flatMap(({ rows: found }) => found.map(({ row }) => row)), ...sealed].join('\n');
}

describe('refusals', () => {
  it('401: nobody is let in without a token, or with one that is none', async () => {
    const id = 'pln_00000000-0000-7000-8000-000000000000';
    const routes: readonly [string, string, unknown?][] = [
      ['GET', '/v1/plans'],
      ['GET', `/v1/plans/${id}`],
      ['GET', `/v1/plans/${id}/file`],
      ['GET', '/v1/stacks'],
      ['GET', '/v1/grants'],
      ['POST', `/v1/plans/${id}/cancel`],
      ['POST', `/v1/plans/${id}/approvals`, { statement: 'x', signature: 'y' }],
      ['POST', '/v1/grants', { purpose: 'plan', stack: 'shop-staging' }],
      ['POST', '/v1/reports', { outcome: 'applied', exitCode: 0 }],
    ];
    for (const [method, path, body] of routes) {
      const statuses = await Promise.all(
        [undefined, 'x', 'sks_nobody', `skg_${'a'.repeat(43)}`].map(
          async (token) =>
            (await ask(path, { method, body, ...(token === undefined ? {} : { token }) })).status,
        ),
      );
      expect([method, path, ...statuses]).toEqual([method, path, 401, 401, 401, 401]);
    }
    expect((await ask('/v1/plans?stack=shop-staging', { method: 'POST', bytes: shop.file() })).status).toBe(
      401,
    );
  });

  it('403: names the rule, what would help and the audit entry, in the language of who asks', async () => {
    const plan = uploadAnswer.parse((await upload('shop-staging')).json());
    const apply = async (language: string) =>
      ask('/v1/grants', {
        method: 'POST',
        token: await shop.token(),
        language,
        body: { purpose: 'apply', stack: 'shop-staging', plan: plan.digest },
      });
    const english = await expectProblem(await apply('en'), 403, 'policy.not-permitted');
    const japanese = await expectProblem(await apply('ja'), 403, 'policy.not-permitted');
    expect(english.code).toBe('denied');
    expect(Number(japanese.auditEntry)).toBe(Number(english.auditEntry) + 1);
    expect(english.reasons.at(-1)?.message).toMatch(/^It would pass with/);
    expect(japanese.reasons.at(-1)?.message).toMatch(/許可されます/);
  });

  it('404: what does not exist is named, with the nearest name', async () => {
    const typo = await ask('/v1/grants', {
      method: 'POST',
      token: await shop.token(),
      body: { purpose: 'plan', stack: 'shop-stagin' },
    });
    const document = await expectProblem(typo, 404, 'stack.unknown');
    expect(document.reasons[0]?.message).toContain('shop-staging');
    for (const id of ['pln_00000000-0000-7000-8000-000000000000', 'nonsense']) {
      await expectProblem(await ask(`/v1/plans/${id}`, { as: 'hanako' }), 404, 'plan.unknown');
    }
  });

  it('400: a body that is not of its form says where', async () => {
    for (const body of [
      {},
      { purpose: 'operate', stack: 'shop-staging' },
      { purpose: 'apply', stack: 'shop-staging' },
      { purpose: 'plan', stack: 'shop-staging', role: 'arn:aws:iam::1:role/admin' },
    ]) {
      expect((await ask('/v1/grants', { method: 'POST', token: await shop.token(), body })).status).toBe(400);
    }
  });

  it('a job reads the plans of its own repository, and those of no other', async () => {
    const plan = uploadAnswer.parse((await upload('shop-staging')).json());
    expect((await ask(`/v1/plans/${plan.id}`, { token: await shop.token() })).status).toBe(200);
    const other = await shop.token({ repository_id: '700999' });
    await expectProblem(await ask(`/v1/plans/${plan.id}`, { token: other }), 404, 'plan.unknown');
  });

  it('a grant fetches its own plan only, and the attempt is kept', async () => {
    const plan = await shop.approved('shop-staging');
    const granted = mustBeTaken(await shop.grant(plan));
    const other = await shop.uploaded('shop-production');
    const answer = await ask(`/v1/plans/${other.id}/file`, { token: granted.secret });
    const document = await expectProblem(answer, 403, 'grant.other-plan');
    expect(document.auditEntry).toBeDefined();
    expect(await shop.auditKinds()).toContain('plan-file.refused');
  });

  it('a plan is cancelled by its author, its team or an administrator, and by nobody else', async () => {
    const plan = uploadAnswer.parse((await upload('shop-staging')).json());
    const cancel = (as: NameAtShop) => ask(`/v1/plans/${plan.id}/cancel`, { method: 'POST', as });
    await expectProblem(await cancel('kenji'), 403, 'plan.cancel-not-yours');
    expect(planDetails.parse((await cancel('taro')).json()).state).toBe('cancelled');
    await expectProblem(await cancel('taro'), 409, 'plan.state');
  });
});

describe('the extra needs of a stack', () => {
  const TOPIC = 'arn:aws:sns:ap-northeast-1:222222222222:orders';
  const needs = [{ action: 'sns:TagResource', resource: TOPIC }];
  const path = '/v1/stacks/shop-staging/needs';

  it('are added, listed and removed by people', async () => {
    const added = await ask(path, { method: 'POST', as: 'hanako', body: { needs, reason: 'tags' } });
    expect([added.status, added.json()]).toMatchObject([
      201,
      { needs: [{ ...needs[0], addedBy: 'hanako' }] },
    ]);
    const listed = needsAnswer.parse((await ask(path, { as: 'kenji' })).json());
    expect(listed.needs).toMatchObject([{ ...needs[0], reason: 'tags' }]);
    const gone = await ask(`${path}/${listed.needs[0]?.id}/remove`, { method: 'POST', as: 'yuki' });
    expect([gone.status, gone.json()]).toMatchObject([200, { needs: [] }]);
  });

  it('are refused to jobs, to other teams, and where they are not exact', async () => {
    const token = await shop.token();
    await expectProblem(await ask(path, { token }), 401, 'request.not-signed-in');
    const asked = { method: 'POST', body: { needs, reason: 'tags' } } as const;
    await expectProblem(await ask(path, { ...asked, as: 'kenji' }), 403, 'policy.not-permitted');
    const wide = { needs: [{ action: 'sns:*', resource: TOPIC }], reason: 'tags' };
    await expectProblem(await ask(path, { method: 'POST', as: 'hanako', body: wide }), 400, 'needs.pattern');
    const nowhere = await ask('/v1/stacks/nowhere/needs', { as: 'hanako' });
    await expectProblem(nowhere, 404, 'stack.unknown');
  });
});

describe('lists', () => {
  it('come in pages, newest first, without gaps or repetition', async () => {
    const ids: string[] = [];
    for (let run = 1; run <= 5; run += 1) {
      const claims = { run_id: String(40 + run), run_number: String(40 + run) };
      ids.unshift(uploadAnswer.parse((await upload('shop-staging', claims)).json()).id);
    }
    const seen: string[] = [];
    let next: string | undefined = '';
    while (next !== undefined) {
      const page: z.infer<typeof planPage> = planPage.parse(
        (await ask(`/v1/plans?limit=2${next === '' ? '' : `&before=${next}`}`, { as: 'kenji' })).json(),
      );
      seen.push(...page.plans.map(({ id }) => id));
      next = page.next;
    }
    expect(seen).toEqual(ids);
    const open = planPage.parse((await ask('/v1/plans?state=awaiting-approval', { as: 'kenji' })).json());
    expect(open.plans.map(({ id }) => id)).toEqual(ids.slice(0, 1));
  });
});

it('the API document names every route of the room', async () => {
  const document = z
    .object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
    .parse((await ask('/v1/openapi.json')).json());
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect(routes.filter((route) => !/health|ready|metrics/.test(route)).toSorted()).toEqual([
    'get /v1/accounts',
    'get /v1/grants',
    'get /v1/grants/{id}',
    'get /v1/job-stacks',
    'get /v1/overview',
    'get /v1/plans',
    'get /v1/plans/{id}',
    'get /v1/plans/{id}/changes',
    'get /v1/plans/{id}/changes/{n}',
    'get /v1/plans/{id}/file',
    'get /v1/plans/{id}/findings',
    'get /v1/plans/{id}/summary',
    'get /v1/stacks',
    'get /v1/stacks/{stack}/needs',
    'post /v1/grants',
    'post /v1/grants/{id}/revoke',
    'post /v1/plans',
    ...['approvals', 'cancel', 'repair', 'repair/agreement', 'repair/withdraw', 'statement'].map(
      (end) => `post /v1/plans/{id}/${end}`,
    ),
    'post /v1/reports',
    'post /v1/stacks/{stack}/needs',
    'post /v1/stacks/{stack}/needs/{id}/remove',
    'post /v1/stacks/{stack}/unlock',
  ]);
});
