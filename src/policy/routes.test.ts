import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfiguration } from '#accounts';
import { err, ok } from '#core-values';
import {
  bearerToken,
  createHttpApp,
  createLogger,
  createMetrics,
  DEFAULT_ROUTE_LIMITS,
  type HttpApp,
  handClock,
  notSignedIn,
  problemDocumentSchema,
  type z,
} from '#platform';
import { casesAnswer, explainAnswer, policyAnswer } from './core/policy-api.ts';
import { denyEverything, type PolicySet } from './core/policy-set.ts';
import { DEFAULT_POLICY_FOLDER, readPolicyFolder } from './policy-files.ts';
import { policyRoutes } from './routes.ts';

const CONFIGURATION = `version: 1
organization: { name: Shop }
accounts:
  - { id: "333333333333", name: production, environment: production, planRole: "arn:aws:iam::333333333333:role/plan", applyRole: "arn:aws:iam::333333333333:role/apply" }
issuers: [{ name: github, kind: github-actions, url: "https://token.actions.githubusercontent.com" }]
stacks:
  - name: shop
    repository: { issuer: github, id: "1", ownerId: "2", name: shop/infra }
    path: stacks/shop
    account: production
    region: ap-northeast-1
    workflow: shop/infra/.github/workflows/terraform.yml@refs/heads/main
    plan: { events: [push], refs: [refs/heads/main] }
    apply: { events: [push], refs: [refs/heads/main] }
    approval: { team: shop, accept: [signature, review] }
teams: [{ name: shop }]
people:
  - { name: taro, identities: [{ issuer: github, id: "42" }], teams: [shop] }
  - { name: hanako, identities: [{ issuer: github, id: "43" }], teams: [shop] }
freezes: [{ name: year-end, environments: [production], from: "2026-12-28T00:00:00+09:00", to: "2027-01-04T00:00:00+09:00", reason: Holidays }]
administrators: [hanako]
server: { publicUrl: "https://sekisho.example", encryption: { key: { env: SEKISHO_KEY } } }
`;

const clock = handClock();
let folder: string;
let shipped: PolicySet;
let inForce: PolicySet;
let app: HttpApp;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sekisho-policy-routes-'));
  cpSync(join(DEFAULT_POLICY_FOLDER, 'cases'), join(folder, 'cases'), { recursive: true });
  const loaded = loadConfiguration({ file: 'sekisho.yaml', bytes: Buffer.from(CONFIGURATION) });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
  const { organization } = loaded.value;
  const read = await readPolicyFolder(DEFAULT_POLICY_FOLDER);
  if (!read.ok) throw new Error('no policies');
  shipped = read.value;
  inForce = shipped;
  app = createHttpApp({
    version: '0.0.0',
    logger: createLogger({ level: 'error', destination: { write: () => undefined } }),
    metrics: createMetrics({ processMetrics: false }),
    clock,
    newRequestId: () => 'request-id-1',
    readiness: [],
    limits: { byDefault: DEFAULT_ROUTE_LIMITS },
    routes: [
      policyRoutes({
        requirePerson: async (c) => {
          const [person] = organization.people;
          return bearerToken(c) === 'sks_taro' && person !== undefined ? ok(person) : err(notSignedIn);
        },
        organization: () => organization,
        policySet: () => inForce,
        clock,
        casesFolder: join(folder, 'cases'),
        shipped: true,
      }),
    ],
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

const call = (method: string, path: string, body?: unknown, language = 'en') =>
  app.request(path, {
    method,
    headers: {
      authorization: 'Bearer sks_taro',
      'accept-language': language,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

async function asked<T>(
  schema: z.ZodType<T>,
  ...[method, path, body, language]: Parameters<typeof call>
): Promise<T> {
  const answer = await call(method, path, body, language);
  const words = await answer.json();
  if (answer.status !== 200) throw new Error(JSON.stringify(words));
  return schema.parse(words);
}

const QUESTION = { by: { kind: 'job', name: 'any' }, action: 'apply', on: { kind: 'stack', name: 'shop' } };

describe('the playground', () => {
  it('answers could X do Y, why not, and what would change it', async () => {
    const denied = await asked(explainAnswer, 'POST', '/v1/policy/explain', {
      ...QUESTION,
      facts: { findings: { losesData: true }, authors: ['taro'], approvedBy: ['hanako'] },
    });
    expect(denied.decision.allowed).toBe(false);
    expect(denied.decision.reasons.length).toBeGreaterThan(0);
    expect(denied.decision.wouldChange.length).toBeGreaterThan(0);
    expect(denied.asked).toContainEqual({ name: 'context.findings.losesData', value: 'true' });
    const allowed = await asked(explainAnswer, 'POST', '/v1/policy/explain', {
      ...QUESTION,
      facts: { authors: ['taro'], approvedBy: ['hanako'] },
    });
    expect(allowed.decision).toMatchObject({ allowed: true, reasons: [] });
    expect(allowed.decision.policies.length).toBeGreaterThan(0);
  });

  it('knows people and freezes of the configuration, and speaks the language asked for', async () => {
    const author = {
      by: { kind: 'person', name: 'taro' },
      action: 'approve',
      on: { kind: 'stack', name: 'shop' },
    };
    const own = await asked(
      explainAnswer,
      'POST',
      '/v1/policy/explain',
      { ...author, facts: { authors: ['taro'] } },
      'ja',
    );
    expect(own.decision.allowed).toBe(false);
    expect(own.decision.reasons[0]?.message).toMatch(/[ぁ-ん]/);
    const now = clock.now();
    clock.set(Date.UTC(2026, 11, 30) as typeof now);
    const frozen = await asked(explainAnswer, 'POST', '/v1/policy/explain', {
      ...QUESTION,
      facts: { authors: ['taro'], approvedBy: ['hanako'] },
    });
    clock.set(now);
    expect(frozen.asked).toContainEqual({ name: 'context.freeze.name', value: 'year-end' });
    expect(frozen.decision.allowed).toBe(false);
  });

  it.each([
    [
      'an unknown person',
      { ...QUESTION, by: { kind: 'person', name: 'nobody' } },
      404,
      'policy.person-unknown',
    ],
    [
      'an unknown stack',
      { ...QUESTION, on: { kind: 'stack', name: 'nothing' } },
      404,
      'policy.stack-unknown',
    ],
    [
      'unknown people in facts',
      { ...QUESTION, facts: { approvedBy: ['nobody'] } },
      404,
      'policy.person-unknown',
    ],
    ['a question that makes no sense', { ...QUESTION, action: 'approve' }, 400, 'policy.question-impossible'],
  ])('refuses %s', async (_, body, status, rule) => {
    const answer = await call('POST', '/v1/policy/explain', body);
    const { reasons } = problemDocumentSchema.parse(await answer.json());
    expect([answer.status, reasons[0]?.rule]).toEqual([status, rule]);
  });

  it('refuses facts that there are none of', async () => {
    for (const facts of [{ isNice: true }, { findings: { critical: -1 } }, { approvedBy: 'hanako' }])
      expect((await call('POST', '/v1/policy/explain', { ...QUESTION, facts })).status).toBe(400);
  });

  it('runs the cases, and shows why one is not as expected', async () => {
    const all = await asked(casesAnswer, 'POST', '/v1/policy/test');
    expect(all.passed).toBe(all.cases.length);
    expect(all.cases.length).toBeGreaterThan(20);
    const wrong = `name: A case that is wrong\nby: job\naction: apply\non: { environment: production }\nexpect: allow\ndecidedBy: []\n`;
    writeFileSync(join(folder, 'cases', 'zz-wrong.yaml'), wrong);
    const [first, second] = await Promise.all([
      asked(casesAnswer, 'POST', '/v1/policy/test'),
      asked(casesAnswer, 'POST', '/v1/policy/test'),
    ]);
    rmSync(join(folder, 'cases', 'zz-wrong.yaml'));
    expect(first).toEqual(second);
    expect(first.cases.at(-1)).toMatchObject({ name: 'A case that is wrong', passed: false });
    expect(first.cases.at(-1)?.decision?.reasons.length).toBeGreaterThan(0);
  });

  it('shows the policies in force, without the folders of the server', async () => {
    const shown = await asked(policyAnswer, 'GET', '/v1/policy');
    expect(shown).toMatchObject({ kind: 'loaded', shipped: true, reasons: [] });
    expect(shown.policies.length).toBeGreaterThan(5);
    expect(JSON.stringify(shown)).not.toContain(folder);
    expect(shown.policies.every(({ place }) => !place.file.includes('/'))).toBe(true);
    for (const { id, place, source } of shown.policies) {
      const file = readFileSync(join(DEFAULT_POLICY_FOLDER, place.file), 'utf8');
      expect(source).toContain(`@id("${id}")`);
      expect(
        file
          .split('\n')
          .slice((place.line ?? 0) - 1)
          .join('\n')
          .startsWith(source),
        id,
      ).toBe(true);
    }
  });

  it('says so when everything is denied, and why', async () => {
    const why = {
      rule: 'policy.none',
      message: { en: 'None.', ja: 'なし。' },
      remedy: { en: 'Add.', ja: '追加。' },
    };
    inForce = denyEverything([why]);
    const shown = await asked(policyAnswer, 'GET', '/v1/policy');
    const denied = await asked(explainAnswer, 'POST', '/v1/policy/explain', QUESTION);
    inForce = shipped;
    expect(shown).toMatchObject({
      kind: 'denies-everything',
      policies: [],
      reasons: [{ rule: 'policy.none' }],
    });
    expect(denied.decision).toMatchObject({ kind: 'undecidable', allowed: false });
  });

  it('is for who is signed in', async () => {
    for (const [method, path] of [
      ['GET', '/v1/policy'],
      ['POST', '/v1/policy/explain'],
      ['POST', '/v1/policy/test'],
    ] as const) {
      const body = path.endsWith('explain') ? { body: JSON.stringify(QUESTION) } : {};
      const answer = await app.request(path, {
        method,
        headers: { 'content-type': 'application/json' },
        ...body,
      });
      expect(answer.status, path).toBe(401);
    }
  });
});
