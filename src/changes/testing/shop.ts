import { randomBytes } from 'node:crypto';
import { stringify } from 'yaml';
import { loadConfiguration, type Organization, type Person, personByName } from '#accounts';
import { auditSigner, generateAuditKey, listAudit, makeCheckpoint, verifyAudit } from '#audit';
import {
  err,
  type Json,
  ok,
  type PersonName,
  type Problem,
  parsePersonName,
  problem,
  type Result,
  verbatim,
} from '#core-values';
import {
  inMemoryRolePolicies,
  inMemorySts,
  issuerKeys,
  type SessionRequest,
  type StsPort,
  verifyWorkloadToken,
} from '#credentials';
import { githubClaims, type StandInIssuer, standInIssuer } from '#credentials/testing';
import { createKeyring, environmentKeys, type HandClock, handClock, inTransaction, uuidV7 } from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { DEFAULT_POLICY_FOLDER, readPolicyFolder } from '#policy';
import { APPROVAL_NAMESPACE, type Decision, formatStatement } from '../core/approval/index.ts';
import { fetchPlanFile } from '../fetch-plan-file.ts';
import { type Approved, giveApproval } from '../give-approval.ts';
import type { Granted } from '../grant.ts';
import { grantApply } from '../grant-apply.ts';
import { grantPlan } from '../grant-plan.ts';
import { reportApply } from '../report-apply.ts';
import type { Alarm, ChangesRoom, Refusal } from '../room.ts';
import type { StoredPlan } from '../store/plans.ts';
import { type Uploaded, uploadPlan } from '../upload-plan.ts';
import { type ChangeInFile, type PlanInFile, planFile } from './plan-file.ts';
import { type SshPerson, sshPerson } from './ssh-person.ts';
import { startOver } from './start-over.ts';

export const DAY_MS = 24 * 3_600_000;
export const STAGING = '222222222222';
export const PRODUCTION = '333333333333';
const ISSUER = 'https://token.actions.githubusercontent.com';

/** Who works at the shop: Taro writes the changes, Hanako and Yuki own them with him, Kenji is of another team. */
const PEOPLE = {
  taro: { id: '42', teams: ['shop'] },
  hanako: { id: '1002', teams: ['shop'] },
  yuki: { id: '1003', teams: ['shop'] },
  kenji: { id: '1004', teams: ['data'] },
} as const;
export type NameAtShop = keyof typeof PEOPLE;
export type StackAtShop = 'shop-staging' | 'shop-production' | 'web-production';

const KEYS: Readonly<Record<NameAtShop, SshPerson>> = {
  taro: sshPerson(),
  hanako: sshPerson(),
  yuki: sshPerson(),
  kenji: sshPerson(),
};

/** Values that must never be seen outside the plan file and the job. */
export const CANARIES = {
  sensitiveValue: 'canary-sensitive-attribute-7f3a',
  variable: 'canary-variable-91bc',
  secretAccessKey: 'canary/Secret+Access/Key/5d5d5d5d5d5d5d5d',
  sessionToken: 'canary-session-token-e0e0e0e0',
} as const;

/** Creates a bucket and a parameter with a secret in it: nothing an approver would worry about. */
export const HARMLESS: readonly ChangeInFile[] = [
  {
    type: 'aws_sns_topic',
    name: 'orders',
    action: 'create',
    after: { name: 'orders', display_name: CANARIES.sensitiveValue },
    sensitive: ['display_name'],
  },
];
/** Replaces a table: what customers stored in it is lost. */
export const LOSES_DATA: readonly ChangeInFile[] = [
  {
    type: 'aws_dynamodb_table',
    name: 'orders',
    action: 'replace',
    before: { name: 'orders', hash_key: 'id' },
    after: { name: 'orders', hash_key: 'order_id' },
  },
];

/** `sekisho.yaml` of the shop, as far as tests change it. */
export interface ShopConfiguration {
  accounts: { id: string; name: string; environment: string; planRole: string; applyRole: string }[];
  stacks: { name: StackAtShop; account: string; dependsOn?: string[]; [key: string]: unknown }[];
  people: { name: string; teams: string[]; keys: string[]; [key: string]: unknown }[];
  breakGlass: string[];
  administrators: string[];
  freezes?: { name: string; environments: string[]; from: string; to: string; reason: string }[];
  [key: string]: unknown;
}

const accountOf = (id: string, name: string) => ({
  id,
  name,
  environment: name,
  planRole: `arn:aws:iam::${id}:role/sekisho-plan`,
  applyRole: `arn:aws:iam::${id}:role/sekisho-apply`,
});

const stackOf = (name: StackAtShop, account: string, dependsOn: string[] = []) => ({
  name,
  repository: { issuer: 'github', id: '700100', ownerId: '900', name: 'shop/infra' },
  path: `stacks/${name}`,
  account,
  region: 'ap-northeast-1',
  workflow: 'shop/infra/.github/workflows/terraform.yml@refs/heads/main',
  plan: { events: ['push', 'pull_request'], refs: ['refs/heads/main', 'refs/pull/*/merge'] },
  apply: { events: ['push'], refs: ['refs/heads/main'] },
  approval: { team: 'shop' },
  ...(dependsOn.length === 0 ? {} : { dependsOn }),
});

const configuration = (): ShopConfiguration => ({
  version: 1,
  organization: { name: 'Shop' },
  accounts: [accountOf(STAGING, 'staging'), accountOf(PRODUCTION, 'production')],
  issuers: [{ name: 'github', kind: 'github-actions', url: ISSUER }],
  stacks: [
    stackOf('shop-staging', 'staging'),
    stackOf('shop-production', 'production'),
    stackOf('web-production', 'production', ['shop-production']),
  ],
  teams: [{ name: 'shop' }, { name: 'data' }],
  people: Object.entries(PEOPLE).map(([name, { id, teams }]) => ({
    name,
    identities: [{ issuer: 'github', id, login: name }],
    teams: [...teams],
    keys: [KEYS[name as NameAtShop].publicKey],
  })),
  breakGlass: ['hanako'],
  administrators: ['hanako'],
  server: {
    publicUrl: 'https://sekisho.shop.example',
    encryption: { key: { env: 'SEKISHO_KEY' } },
  },
});

/** What a job's token says, beyond what every job of the shop's repository says. */
export type Claims = Readonly<Record<string, string | number>>;

export interface UploadAtShop {
  readonly changes?: readonly ChangeInFile[];
  readonly lineage?: string;
  readonly serial?: number;
  readonly applyable?: boolean;
  readonly claims?: Claims;
  readonly file?: Uint8Array;
}

/** The shop's organization, its CI and its people around a room on an empty database. Every act takes a second. */
export interface Shop {
  readonly room: ChangesRoom;
  readonly database: TestDatabase;
  readonly clock: HandClock;
  /** What people were told at once. */
  alarms(): readonly Alarm[];
  /** What AWS was asked for. */
  issued(): readonly SessionRequest[];
  /** The inline policies that revocations put. */
  readonly rolePolicies: ReturnType<typeof inMemoryRolePolicies>;
  readonly issuer: StandInIssuer;
  /** From now on AWS is asked like this instead; `undefined` to answer well again. */
  interceptSts(instead: StsPort['issue'] | undefined): void;
  reconfigure(change: (draft: ShopConfiguration) => void): void;
  person(name: NameAtShop): Person;
  keyOf(name: NameAtShop): SshPerson;
  token(claims?: Claims): Promise<string>;
  file(options?: Omit<UploadAtShop, 'claims' | 'file'>): Uint8Array;
  upload(stack: StackAtShop, options?: UploadAtShop): Promise<Result<Uploaded, Refusal>>;
  /** As `upload`, for those who expect it to be taken. */
  uploaded(stack: StackAtShop, options?: UploadAtShop): Promise<StoredPlan>;
  signed(
    plan: StoredPlan,
    name: NameAtShop,
    decision: Decision,
    reason?: string,
  ): { readonly statement: string; readonly signature: string };
  decide(
    plan: StoredPlan,
    name: NameAtShop,
    decision?: Decision,
    reason?: string,
  ): Promise<Result<Approved, Refusal>>;
  /** A plan that was uploaded and approved by Hanako. */
  approved(stack: StackAtShop, options?: UploadAtShop): Promise<StoredPlan>;
  grantPlan(stack: StackAtShop, claims?: Claims): Promise<Result<Granted, Refusal>>;
  grant(
    plan: StoredPlan,
    claims?: Claims,
    asked?: { stack?: string; plan?: string },
  ): Promise<Result<Granted, Refusal>>;
  fetch(granted: Granted): ReturnType<typeof fetchPlanFile>;
  report(
    granted: Granted,
    outcome?: 'applied' | 'failed',
    state?: { lineage: string; serial: number } | 'unread',
  ): ReturnType<typeof reportApply>;
  /** All kinds of the audit log, oldest first. */
  auditKinds(): Promise<readonly string[]>;
  /** The evidence of the newest entry of a kind. */
  audited(kind: string): Promise<Json>;
  /** `intact` when the whole log verifies. */
  auditVerdict(): Promise<string>;
  /** An empty database, the first configuration, and everybody well again. */
  startOver(): Promise<void>;
  close(): Promise<void>;
}

export const FIRST_LINEAGE = '11111111-2222-4333-8444-555555555555';

export async function openShop(): Promise<Shop> {
  const database = await testDatabase();
  const clock = handClock();
  const issuer = await standInIssuer(ISSUER);
  const keys = issuerKeys({ clock, fetch: issuer.fetch });
  const sts = inMemorySts(clock);
  const rolePolicies = inMemoryRolePolicies();
  const policySet = must(await readPolicyFolder(DEFAULT_POLICY_FOLDER));
  const [newest] = must(environmentKeys('SEKISHO_KEY', randomBytes(32).toString('base64')));
  if (newest === undefined) throw new Error('no key');
  let yaml = configuration();
  let organization: Organization = load(yaml);
  let intercepted: StsPort['issue'] | undefined;
  let issuedBefore = 0;
  let jti = 0;

  const issue: StsPort['issue'] = async (request) => {
    if (intercepted !== undefined) return intercepted(request);
    const session = await sts.issue(request);
    if (!session.ok) return session;
    const { secretAccessKey, sessionToken } = CANARIES;
    return ok({ ...session.value, secretAccessKey, sessionToken });
  };
  const alarms: Alarm[] = [];
  const room: ChangesRoom = {
    db: database.db,
    inTransaction: (work) => inTransaction(database.db, work),
    clock,
    newId: (prefix, now) => `${prefix}_${uuidV7(now)}`,
    organization: () => organization,
    policySet: () => policySet,
    verifyWorkload: (token) =>
      verifyWorkloadToken(token, { issuers: organization.issuers, keys, now: clock.now() }),
    keyring: createKeyring([newest]),
    sts: { issue },
    rolePolicies,
    grantDurations: { planSeconds: 900, applySeconds: 3_600 },
    planLifeMs: DAY_MS,
    approvalLifeMs: 7 * DAY_MS,
    alarm: (alarm) => alarms.push(alarm),
    timeZone: 'Asia/Tokyo',
  };
  const tick = (): void => clock.advance(1_000);
  const person = (name: NameAtShop): Person => {
    const found = personByName(organization, nameOf(name));
    if (found === undefined) throw new Error(`${name} is not configured`);
    return found;
  };
  const token: Shop['token'] = (claims = {}) => {
    jti += 1;
    const { environment: _, ...common } = githubClaims(clock.now() / 1000);
    return issuer.sign({
      ...common,
      iss: ISSUER,
      aud: organization.issuers[0]?.audience ?? '',
      jti: `jti-${jti}`,
      ...claims,
    });
  };
  const file: Shop['file'] = ({ changes = HARMLESS, lineage = '', serial = 0, applyable = true } = {}) =>
    planFile({
      changes,
      lineage,
      serial,
      applyable,
      timestamp: new Date(clock.now()).toISOString(),
      variables: { password: CANARIES.variable },
    } satisfies PlanInFile);
  const upload: Shop['upload'] = async (stack, { claims, ...of } = {}) => {
    tick();
    return uploadPlan(room, { token: await token(claims), stack, file: of.file ?? file(of) });
  };
  const signed: Shop['signed'] = (plan, name, decision, reason) => {
    const statement = formatStatement({
      stack: plan.stack,
      account: plan.account,
      environment: plan.environment,
      fingerprint: plan.fingerprint,
      decision,
      approver: nameOf(name),
      at: clock.now(),
      ...(reason === undefined ? {} : { reason }),
    });
    return { statement, signature: KEYS[name].sign(statement, APPROVAL_NAMESPACE) };
  };
  const signer = auditSigner('sekisho.shop.example/audit', generateAuditKey());
  const uploaded: Shop['uploaded'] = async (stack, options) => mustBeTaken(await upload(stack, options)).plan;
  const decide: Shop['decide'] = async (plan, name, decision = 'approve', reason) => {
    tick();
    return giveApproval(room, {
      plan: plan.id,
      person: person(name),
      ...signed(plan, name, decision, reason),
    });
  };
  return {
    room,
    database,
    clock,
    alarms: () => alarms,
    issued: () => sts.requests.slice(issuedBefore),
    issuer,
    rolePolicies,
    interceptSts: (instead) => {
      intercepted = instead;
    },
    reconfigure: (change) => {
      yaml = structuredClone(yaml);
      change(yaml);
      organization = load(yaml);
    },
    person,
    keyOf: (name) => KEYS[name],
    token,
    file,
    upload,
    uploaded,
    signed,
    decide,
    approved: async (stack, options) =>
      mustBeTaken(await decide(await uploaded(stack, options), 'hanako')).plan,
    grantPlan: async (stack, claims) => grantPlan(room, { token: await token(claims), stack }),
    grant: async (plan, claims, asked) => {
      tick();
      const request = { stack: plan.stack, plan: plan.digest, ...asked };
      return grantApply(room, { token: await token(claims), ...request });
    },
    fetch: ({ secret, grant }) => {
      tick();
      return fetchPlanFile(room, { secret, plan: grant.plan?.id ?? noPlan() });
    },
    report: ({ secret, grant }, outcome = 'applied', state) => {
      tick();
      const serial = (grant.plan?.serial ?? 0) + 1;
      const lineage = grant.plan?.lineage === '' ? FIRST_LINEAGE : (grant.plan?.lineage ?? '');
      const read = state === 'unread' ? {} : { state: state ?? { lineage, serial } };
      const exitCode = outcome === 'applied' ? 0 : 1;
      return reportApply(room, { secret, report: { outcome, exitCode, ...read } });
    },
    auditKinds: async () => (await entriesOf(database)).map(({ kind }) => kind),
    audited: async (kind) => {
      const entry = (await entriesOf(database)).findLast((one) => one.kind === kind);
      if (entry === undefined) throw new Error(`nothing of kind ${kind} was audited`);
      return JSON.parse(JSON.stringify(entry));
    },
    auditVerdict: async () => {
      must(await makeCheckpoint(database.db, signer, clock));
      return must(await verifyAudit(database.db, { keys: [signer.key], checkpoints: [] })).kind;
    },
    startOver: async () => {
      yaml = configuration();
      organization = load(yaml);
      intercepted = undefined;
      issuedBefore = sts.requests.length;
      alarms.length = 0;
      issuer.breakWith(undefined);
      await startOver(database.db);
    },
    close: () => database.close(),
  };
}

async function entriesOf({ db }: TestDatabase) {
  const page = await listAudit(db, { limit: 500 });
  return page.entries.toSorted((a, b) => a.position - b.position);
}

function load(yaml: ShopConfiguration): Organization {
  const loaded = loadConfiguration({ file: 'sekisho.yaml', bytes: Buffer.from(stringify(yaml)) });
  return must(loaded).organization;
}

const nameOf = (name: string): PersonName => parsePersonName(name) ?? noPlan();

function noPlan(): never {
  throw new Error('not of its form');
}

function must<T>(result: Result<T, Problem>): T {
  if (result.ok) return result.value;
  throw new Error(JSON.stringify(result.error.reasons));
}

/** The value of what was expected to be let through. */
export function mustBeTaken<T>(result: Result<T, Refusal>): T {
  if (result.ok) return result.value;
  throw new Error(
    JSON.stringify(result.error.problem.reasons.map(({ rule, message }) => [rule, message.en])),
  );
}

/** The rules of a refusal, or `['allowed']`. */
export const rulesOf = (result: Result<unknown, Refusal>): readonly string[] =>
  result.ok ? ['allowed'] : result.error.problem.reasons.map(({ rule }) => rule);

export const awsIsDown = async (): Promise<Result<never, Problem>> =>
  err(
    problem('outside-failed', {
      rule: 'sts.failed',
      message: verbatim('AWS does not answer'),
      remedy: verbatim('wait'),
    }),
  );
