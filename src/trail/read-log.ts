import { type GrantId, ok, type Problem, parseGrantId, type Result } from '#core-values';
import { selectGrant, sessionLimitsOf } from '#credentials';
import { inTransaction } from '#platform';
import { contentOf } from './content.ts';
import { actionOf } from './core/action.ts';
import {
  aboutOf,
  type DeliveredName,
  type GrantToCompare,
  judgeAssumption,
  judgeCall,
  parseTrailRecords,
  plannedWrites,
  readSessionPolicy,
  type TrailEvent,
  type TrailFinding,
} from './core/index.ts';
import { callKey, keepFindings } from './found.ts';
import type { TrailOrganization, TrailRoom } from './room.ts';
import { type CallRead, type FileRead, type FindingFound, insertCall, insertFile } from './store.ts';

/** What became of one file. */
export interface FileOutcome {
  readonly calls: number;
  readonly findings: number;
}

/** Grants with their policies and plans, found once a run. */
export type KnownGrants = Map<GrantId, GrantToCompare | undefined>;

/**
 * Reads one log file, compares the calls of Sekisho's roles in it with their grants, and keeps all that in one transaction: a crash leaves
 * either everything of a file or nothing. `gone` where there is no such file.
 */
export async function readLog(
  room: TrailRoom,
  name: string,
  of: Extract<DeliveredName, { kind: 'log' }>,
  grants: KnownGrants,
): Promise<Result<FileOutcome | 'gone', Problem>> {
  const read = await room.trail.files.read(name);
  if (!read.ok) return read;
  if (read.value === 'gone') return ok('gone');
  const file: FileRead = { name, kind: 'log', account: of.account, region: of.region, at: of.at };
  const content = read.value === 'too-large' ? undefined : await contentOf(read.value.bytes);
  const records = content?.ok ? parseTrailRecords(content.value.json) : undefined;
  if (records === undefined) {
    const sha256 = content?.ok ? content.value.sha256 : content?.error.sha256;
    return ok(await keepUnreadable(room, { ...file, ...(sha256 !== undefined && { sha256 }) }, content));
  }
  const roles = rolesOf(room.organization());
  const concerned = records.events.flatMap((event) => concernOf(event, roles) ?? []);
  for (const { grant } of concerned) await know(room, grants, grant);
  const judged = concerned.map((concern) => judge(concern, grants, name));
  const unreadable: readonly FindingFound[] =
    records.unreadable === 0
      ? []
      : [ofFile('trail.record-unreadable', 'high', name, { count: String(records.unreadable) })];
  return ok(
    await inTransaction(room.db, async (tx) => {
      const now = room.clock.now();
      const hashed = { ...file, ...(content?.ok && { sha256: content.value.sha256 }), calls: judged.length };
      if (!(await insertFile(tx, hashed, now))) return { calls: 0, findings: 0 };
      const fresh: FindingFound[] = [];
      let calls = 0;
      for (const { call, found } of judged) {
        if (!(await insertCall(tx, call))) continue;
        calls += 1;
        if (found !== undefined) fresh.push(found);
      }
      return { calls, findings: await keepFindings(tx, [...fresh, ...unreadable], now) };
    }),
  );
}

function keepUnreadable(
  room: TrailRoom,
  file: FileRead,
  content: Awaited<ReturnType<typeof contentOf>> | undefined,
): Promise<FileOutcome> {
  const why =
    content === undefined
      ? TOO_LARGE
      : content.ok
        ? NO_RECORDS
        : { en: content.error.why.en, ja: content.error.why.ja };
  const found = ofFile('trail.file-unreadable', 'high', file.name, { whyEn: why.en, whyJa: why.ja });
  return inTransaction(room.db, async (tx) => {
    const now = room.clock.now();
    const isNew = await insertFile(tx, file, now);
    return { calls: 0, findings: isNew ? await keepFindings(tx, [found], now) : 0 };
  });
}

const TOO_LARGE = { en: 'it is too large', ja: '大きすぎます' };
const NO_RECORDS = { en: 'it holds no records', ja: 'レコードが含まれていません' };

/** A finding about a file as a whole. */
export const ofFile = (
  rule: TrailFinding['rule'],
  severity: TrailFinding['severity'],
  file: string,
  facts: TrailFinding['facts'] = {},
): FindingFound => ({ rule, severity, facts: { file, ...facts }, key: `${rule}|${file}`, file });

/** The roles that only a grant may use. */
function rolesOf({ accounts, stacks }: TrailOrganization): ReadonlySet<string> {
  const roles = [...accounts, ...stacks].flatMap(({ planRole, applyRole }) => [planRole, applyRole]);
  return new Set(roles.filter((role) => role !== undefined));
}

/** A call to compare: by a session of one of these roles or in a grant's name, or one that asks for a session of such a role. */
interface Concern {
  readonly event: TrailEvent;
  readonly kind: 'call' | 'assumption';
  readonly roleArn: string;
  readonly session: string;
  /** By the name of the session. */
  readonly grant?: GrantId;
}

function concernOf(event: TrailEvent, roles: ReadonlySet<string>): Concern | undefined {
  const { session, assumes } = event;
  if (session !== undefined) {
    const grant = parseGrantId(session.name);
    if (roles.has(session.roleArn) || grant !== undefined) {
      const named = grant === undefined ? {} : { grant };
      return { event, kind: 'call', roleArn: session.roleArn, session: session.name, ...named };
    }
  }
  if (assumes === undefined || !roles.has(assumes.roleArn)) return undefined;
  const grant = parseGrantId(assumes.name);
  const named = grant === undefined ? {} : { grant };
  return { event, kind: 'assumption', roleArn: assumes.roleArn, session: assumes.name, ...named };
}

async function know(room: TrailRoom, grants: KnownGrants, id: GrantId | undefined): Promise<void> {
  if (id === undefined || grants.has(id)) return;
  const grant = await selectGrant(room.db, id);
  if (grant === undefined) {
    grants.set(id, undefined);
    return;
  }
  const limits = await sessionLimitsOf(room.db, grant);
  const policy = readSessionPolicy(limits.sessionPolicy, limits.managedPolicyArns);
  const review = grant.plan === undefined ? undefined : await room.reviewOf(grant.plan.id);
  grants.set(id, {
    grant,
    ...(policy !== undefined && { policy }),
    ...(review?.ok && { writes: plannedWrites(review.value) }),
  });
}

function judge(
  { event, kind, roleArn, session, grant: id }: Concern,
  grants: KnownGrants,
  file: string,
): { readonly call: CallRead; readonly found?: FindingFound } {
  const compared = id === undefined ? undefined : grants.get(id);
  const finding = kind === 'call' ? judgeCall(event, compared) : judgeAssumption(event, compared?.grant);
  // The server asks for a grant's session: that is no call of the grant's.
  const byGrant = compared !== undefined && kind === 'call' ? { grant: compared.grant.id } : {};
  const call: CallRead = {
    eventId: event.id,
    file,
    at: event.at,
    roleArn,
    session,
    account: event.account,
    region: event.region,
    action: actionOf(event),
    readOnly: event.readOnly,
    ...aboutOf(event),
    ...byGrant,
    ...(event.errorCode !== undefined && { errorCode: event.errorCode }),
    ...(finding !== undefined && { rule: finding.rule }),
  };
  if (finding === undefined) return { call };
  const about = compared === undefined ? {} : { grant: compared.grant.id };
  return { call, found: { ...finding, ...about, key: callKey(finding), file, eventId: event.id } };
}
