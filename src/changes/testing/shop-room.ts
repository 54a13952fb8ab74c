import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { loadConfiguration, type Organization, passkeyParty } from '#accounts';
import { ok, type Problem, type Result } from '#core-values';
import {
  inMemoryGrantPolicies,
  inMemoryRolePolicies,
  inMemorySts,
  issuerKeys,
  type SessionRequest,
  type StsPort,
  verifyWorkloadToken,
} from '#credentials';
import { githubClaims, type StandInIssuer, standInIssuer } from '#credentials/testing';
import {
  createKeyring,
  environmentKeys,
  type HandClock,
  handClock,
  inTransaction,
  type Keyring,
  uuidV7,
} from '#platform';
import { type TestDatabase, testDatabase } from '#platform/testing';
import { DEFAULT_POLICY_FOLDER, type PolicySet, readPolicyFolder } from '#policy';
import type { Alarm, ChangesRoom } from '../room.ts';
import { type BudgetsInMemory, budgetsInMemory } from './budgets-in-memory.ts';
import { type GitHubInMemory, gitHubInMemory } from './github-in-memory.ts';
import {
  CANARIES,
  DAY_MS,
  ISSUER,
  SERVER_URL,
  type ShopConfiguration,
  shopConfiguration,
} from './shop-configuration.ts';
import { startOver } from './start-over.ts';

/** What a job's token says, beyond what every job of the shop's repository says. */
export type Claims = Readonly<Record<string, string | number>>;

/** The shop's CI, AWS and clock around a room on an empty database. */
export interface ShopRoom {
  readonly room: ChangesRoom;
  readonly database: TestDatabase;
  readonly clock: HandClock;
  /** What people were told at once. */
  alarms(): readonly Alarm[];
  /** What AWS was asked for. */
  issued(): readonly SessionRequest[];
  /** The inline policies that revocations put. */
  readonly rolePolicies: ReturnType<typeof inMemoryRolePolicies>;
  /** The managed policies of grants. */
  readonly grantPolicies: ReturnType<typeof inMemoryGrantPolicies>;
  /** How long the room let IAM settle, each time. */
  pauses(): readonly number[];
  readonly issuer: StandInIssuer;
  /** What GitHub says of reviews. */
  readonly github: GitHubInMemory;
  /** How the SLOs stand. */
  readonly budgets: BudgetsInMemory;
  /** From now on AWS is asked like this instead; `undefined` to answer well again. */
  interceptSts(instead: StsPort['issue'] | undefined): void;
  reconfigure(change: (draft: ShopConfiguration) => void): void;
  /** One more policy than the default ones, in Cedar. */
  forbid(cedar: string): Promise<void>;
  organization(): Organization;
  token(claims?: Claims): Promise<string>;
  /** An empty database, the first configuration, and everybody well again. */
  startOver(): Promise<void>;
  close(): Promise<void>;
}

export async function openShopRoom(): Promise<ShopRoom> {
  const database = await testDatabase();
  const clock = handClock();
  const issuer = await standInIssuer(ISSUER);
  const keys = issuerKeys({ clock, fetch: issuer.fetch });
  const aws = shopAws(clock);
  const alarms: Alarm[] = [];
  const github = gitHubInMemory(clock);
  const budgets = budgetsInMemory();
  const grantPolicies = inMemoryGrantPolicies();
  const pauses: number[] = [];
  let yaml = shopConfiguration();
  let organization = load(yaml);
  const policies = await policiesOfShop();
  let jti = 0;
  const room: ChangesRoom = {
    db: database.db,
    inTransaction: (work) => inTransaction(database.db, work),
    clock,
    newId: (prefix, now) => `${prefix}_${uuidV7(now)}`,
    organization: () => organization,
    policySet: policies.inForce,
    verifyWorkload: (token) =>
      verifyWorkloadToken(token, { issuers: organization.issuers, keys, now: clock.now() }),
    keyring: newKeyring(),
    sts: aws.sts,
    rolePolicies: aws.rolePolicies,
    grantPolicies,
    pause: async (ms) => void pauses.push(ms),
    grantDurations: { planSeconds: 900, applySeconds: 3_600 },
    planLifeMs: DAY_MS,
    approvalLifeMs: 7 * DAY_MS,
    passkeys: passkeyParty(SERVER_URL, 'key of the server'),
    ...{ reviews: github.port, budgets: budgets.port },
    alarm: (alarm) => alarms.push(alarm),
    timeZone: 'Asia/Tokyo',
  };
  const reconfigure: ShopRoom['reconfigure'] = (change) => {
    yaml = structuredClone(yaml);
    change(yaml);
    organization = load(yaml);
  };
  return {
    room,
    database,
    clock,
    alarms: () => alarms,
    issued: aws.issued,
    rolePolicies: aws.rolePolicies,
    grantPolicies,
    pauses: () => pauses,
    ...{ issuer, github, budgets },
    ...{ interceptSts: aws.intercept, reconfigure, forbid: policies.forbid },
    organization: () => organization,
    token: (claims = {}) => {
      jti += 1;
      const { environment: _, ...common } = githubClaims(clock.now() / 1000);
      const aud = organization.issuers[0]?.audience ?? '';
      return issuer.sign({ ...common, iss: ISSUER, aud, jti: `jti-${jti}`, ...claims });
    },
    startOver: async () => {
      yaml = shopConfiguration();
      organization = load(yaml);
      policies.startOver();
      aws.startOver();
      alarms.length = 0;
      pauses.length = 0;
      grantPolicies.failWith(undefined);
      grantPolicies.clear();
      for (const outside of [github, budgets]) outside.startOver();
      issuer.breakWith(undefined);
      await startOver(database.db);
    },
    close: () => database.close(),
  };
}

/** AWS in memory: sessions with canaries for secrets, and inline policies. */
function shopAws(clock: HandClock) {
  const sts = inMemorySts(clock);
  let intercepted: StsPort['issue'] | undefined;
  let issuedBefore = 0;
  const issue: StsPort['issue'] = async (request) => {
    if (intercepted !== undefined) return intercepted(request);
    const session = await sts.issue(request);
    if (!session.ok) return session;
    const { secretAccessKey, sessionToken } = CANARIES;
    return ok({ ...session.value, secretAccessKey, sessionToken });
  };
  return {
    sts: { issue },
    rolePolicies: inMemoryRolePolicies(),
    issued: () => sts.requests.slice(issuedBefore),
    intercept: (instead: StsPort['issue'] | undefined): void => {
      intercepted = instead;
    },
    startOver: (): void => {
      intercepted = undefined;
      issuedBefore = sts.requests.length;
    },
  };
}

/** The default policies, until a test forbids more. */
async function policiesOfShop() {
  const shipped = must(await readPolicyFolder(DEFAULT_POLICY_FOLDER));
  let policySet = shipped;
  return {
    inForce: (): PolicySet => policySet,
    forbid: async (cedar: string): Promise<void> => {
      policySet = await policiesWith(cedar);
    },
    startOver: (): void => {
      policySet = shipped;
    },
  };
}

async function policiesWith(cedar: string): Promise<PolicySet> {
  const folder = await mkdtemp(join(tmpdir(), 'sekisho-policies-'));
  try {
    await cp(DEFAULT_POLICY_FOLDER, folder, { recursive: true });
    await writeFile(join(folder, '99-of-a-test.cedar'), cedar);
    return must(await readPolicyFolder(folder));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function newKeyring(): Keyring {
  const [newest] = must(environmentKeys('SEKISHO_KEY', randomBytes(32).toString('base64')));
  if (newest === undefined) throw new Error('no key');
  return createKeyring([newest]);
}

function load(yaml: ShopConfiguration): Organization {
  const loaded = loadConfiguration({ file: 'sekisho.yaml', bytes: Buffer.from(stringify(yaml)) });
  return must(loaded).organization;
}

export function must<T>(result: Result<T, Problem>): T {
  if (result.ok) return result.value;
  throw new Error(JSON.stringify(result.error.reasons));
}
