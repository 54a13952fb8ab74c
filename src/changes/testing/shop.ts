import { type Person, personByName } from '#accounts';
import { auditSigner, generateAuditKey, listAudit, makeCheckpoint, verifyAudit } from '#audit';
import {
  err,
  type Json,
  type PersonName,
  type Problem,
  parsePersonName,
  parsePlanId,
  problem,
  type Result,
  verbatim,
} from '#core-values';
import { type HandClock, sshCrypto } from '#platform';
import type { Ed25519TestKey, TestDatabase } from '#platform/testing';
import { extraNeedsDigest } from '../core/added-need.ts';
import {
  APPROVAL_NAMESPACE,
  type ApprovalStatement,
  type Decision,
  formatStatement,
  type RepairWord,
} from '../core/approval/index.ts';
import { fetchPlanFile } from '../fetch-plan-file.ts';
import { type Approved, giveApproval } from '../give-approval.ts';
import type { Granted } from '../grant.ts';
import { grantApply } from '../grant-apply.ts';
import { grantPlan } from '../grant-plan.ts';
import { giveRepairWord, type RepairTaken } from '../repairs/mark-repair.ts';
import { reportApply } from '../report-apply.ts';
import type { Refusal } from '../room.ts';
import { findPlan, type StoredPlan } from '../store/plans.ts';
import { type Upload, type Uploaded, uploadPlan } from '../upload-plan.ts';
import { type ChangeInFile, type PlanInFile, planFile } from './plan-file.ts';
import { CANARIES, KEYS, type NameAtShop, type StackAtShop } from './shop-configuration.ts';
import { type Claims, must, openShopRoom, type ShopRoom } from './shop-room.ts';

export {
  CANARIES,
  DAY_MS,
  type NameAtShop,
  type ShopConfiguration,
  type StackAtShop,
} from './shop-configuration.ts';
export type { Claims } from './shop-room.ts';

/** Creates a topic, with a secret in it: nothing an approver would worry about. */
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

/** Why a plan is a repair, where no test says otherwise. */
export const REPAIRS = 'rolls the timeout of checkout back to 3 s';

export interface UploadAtShop {
  readonly changes?: readonly ChangeInFile[];
  readonly drift?: PlanInFile['drift'];
  readonly outputs?: PlanInFile['outputs'];
  readonly lineage?: string;
  readonly serial?: number;
  readonly applyable?: boolean;
  readonly claims?: Claims;
  readonly file?: Uint8Array;
  readonly declared?: Upload['declared'];
}

/** The shop's organization, its CI and its people around a room on an empty database. Every act takes a second. */
export interface Shop extends ShopRoom {
  person(name: NameAtShop): Person;
  keyOf(name: NameAtShop): Ed25519TestKey;
  file(options?: Omit<UploadAtShop, 'claims' | 'file'>): Uint8Array;
  upload(stack: StackAtShop, options?: UploadAtShop): Promise<Result<Uploaded, Refusal>>;
  /** As `upload`, for those who expect it to be taken. */
  uploaded(stack: StackAtShop, options?: UploadAtShop): Promise<StoredPlan>;
  /** The plan as the database has it now. */
  stored(id: string): Promise<StoredPlan>;
  signed(
    plan: Pick<StoredPlan, 'stack' | 'account' | 'environment' | 'fingerprint'> & {
      readonly facts?: StoredPlan['facts'];
    },
    name: NameAtShop,
    decision: ApprovalStatement['decision'],
    reason?: string,
  ): { readonly statement: string; readonly signature: string };
  decide(
    plan: StoredPlan,
    name: NameAtShop,
    decision?: Decision,
    reason?: string,
  ): Promise<Result<Approved, Refusal>>;
  /** That a plan is a repair, or that a second person agrees. */
  sayRepair(
    plan: StoredPlan,
    name: NameAtShop,
    says: RepairWord,
    reason?: string,
  ): Promise<Result<RepairTaken, Refusal>>;
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
}

export const FIRST_LINEAGE = '11111111-2222-4333-8444-555555555555';

export async function openShop(): Promise<Shop> {
  const around = await openShopRoom();
  const { room, clock, token } = around;
  const tick = (): void => clock.advance(1_000);
  const person = (name: NameAtShop): Person => {
    const found = personByName(around.organization(), nameOf(name));
    if (found === undefined) throw new Error(`${name} is not configured`);
    return found;
  };
  const file = planFiles(clock);
  const signed = statements(clock);
  const upload: Shop['upload'] = async (stack, { claims, declared, ...of } = {}) => {
    tick();
    const words = declared === undefined ? {} : { declared };
    return uploadPlan(room, { token: await token(claims), stack, file: of.file ?? file(of), ...words });
  };
  const uploaded: Shop['uploaded'] = async (stack, options) => mustBeTaken(await upload(stack, options)).plan;
  const decide: Shop['decide'] = async (plan, name, decision = 'approve', reason) => {
    tick();
    return giveApproval(room, {
      plan: plan.id,
      person: person(name),
      ...signed(plan, name, decision, reason),
    });
  };
  const sayRepair: Shop['sayRepair'] = async (plan, name, says, reason = REPAIRS) => {
    tick();
    const word = { plan: plan.id, person: person(name), says };
    return giveRepairWord(room, { ...word, ...signed(plan, name, says, reason) });
  };
  return {
    ...around,
    ...auditOf(around),
    person,
    keyOf: (name) => KEYS[name],
    file,
    upload,
    uploaded,
    stored: async (id) => {
      const plan = parsePlanId(id);
      return (plan && (await findPlan(room.db, plan))) ?? noPlan();
    },
    signed,
    ...{ decide, sayRepair },
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
  };
}

const planFiles =
  (clock: HandClock): Shop['file'] =>
  ({ changes = HARMLESS, drift = [], outputs = [], lineage = '', serial = 0, applyable = true } = {}) =>
    planFile({
      ...{ changes, drift, outputs },
      lineage,
      serial,
      applyable,
      timestamp: new Date(clock.now()).toISOString(),
      variables: { password: CANARIES.variable },
    } satisfies PlanInFile);

const statements =
  (clock: HandClock): Shop['signed'] =>
  (plan, name, decision, reason) => {
    const extraNeeds = extraNeedsDigest(plan.facts?.extraNeeds ?? [], sshCrypto.sha256);
    const statement = formatStatement({
      ...(extraNeeds === undefined ? {} : { extraNeeds }),
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

/** What the audit log of the shop says. */
function auditOf({ database, clock }: ShopRoom): Pick<Shop, 'auditKinds' | 'audited' | 'auditVerdict'> {
  const signer = auditSigner('sekisho.shop.example/audit', generateAuditKey());
  return {
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
  };
}

async function entriesOf({ db }: TestDatabase) {
  const page = await listAudit(db, { limit: 500 });
  return page.entries.toSorted((a, b) => a.position - b.position);
}

const nameOf = (name: string): PersonName => parsePersonName(name) ?? noPlan();

function noPlan(): never {
  throw new Error('not of its form');
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
