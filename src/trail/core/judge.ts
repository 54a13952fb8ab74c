import { type EpochMs, formatTime, type Text, text } from '#core-values';
import { type Grant, serviceOfType } from '#credentials/core';
import { actionOf } from './action.ts';
import type { Parameter, TrailEvent } from './event.ts';
import type { FindingFacts, Severity, TrailFinding } from './finding.ts';
import type { PlannedWrite } from './plan-facts.ts';
import { askSessionPolicy, type SessionPolicyToAsk } from './session-policy.ts';

/** A grant with all that its calls are compared with. */
export interface GrantToCompare {
  readonly grant: Grant;
  readonly policy?: SessionPolicyToAsk;
  /** Of an apply; absent where the plan’s review could not be opened, and then nothing is explained by it. */
  readonly writes?: readonly PlannedWrite[];
}

/** CloudTrail stamps the end of a call on another host's clock than ours. */
const EARLY_MS = 60_000;
const LATE_MS = 120_000;

/** What is wrong with a call that was made as a session of one of Sekisho's roles; `compared` where its name is a grant's. */
export function judgeCall(event: TrailEvent, compared: GrantToCompare | undefined): TrailFinding | undefined {
  const { session } = event;
  if (session === undefined) return undefined;
  const action = actionOf(event);
  const facts = { action, ...aboutOf(event) };
  if (compared === undefined) {
    return finding('trail.role-without-grant', 'critical', {
      ...facts,
      role: session.roleArn,
      session: session.name,
      ip: event.sourceIp,
    });
  }
  const { grant } = compared;
  const named = { ...facts, grant: grant.id, stack: grant.stack };
  const forged = whyForged(event, grant);
  if (forged !== undefined) {
    return finding('trail.session-forged', 'critical', { ...named, role: session.roleArn, ...why(forged) });
  }
  return judgeTime(event.at, grant, named) ?? judgeUse(event, action, compared, named);
}

/** What is wrong with a session of one of Sekisho's roles being asked for. */
export function judgeAssumption(event: TrailEvent, grant: Grant | undefined): TrailFinding | undefined {
  const { assumes } = event;
  if (assumes === undefined || event.errorCode !== undefined) return undefined;
  const facts = { action: actionOf(event), role: assumes.roleArn, session: assumes.name, ip: event.sourceIp };
  if (grant === undefined) return finding('trail.role-without-grant', 'critical', facts);
  const isOther =
    assumes.roleArn !== grant.roleArn ||
    (grant.assumedRoleId !== undefined &&
      assumes.assumedRoleId !== undefined &&
      assumes.assumedRoleId !== grant.assumedRoleId);
  if (!isOther) return undefined;
  const named = { ...facts, grant: grant.id, stack: grant.stack, ...why(OTHER_ROLE) };
  return finding('trail.session-forged', 'critical', named);
}

function whyForged(event: TrailEvent, grant: Grant): Text | undefined {
  const { session } = event;
  if (session?.roleArn !== grant.roleArn) return OTHER_ROLE;
  if (grant.assumedRoleId !== undefined && session.assumedRoleId !== grant.assumedRoleId) return OTHER_ROLE;
  if (session.sourceIdentity !== grant.sourceIdentity) return OTHER_SOURCE;
  return undefined;
}

const OTHER_ROLE = text('it is of another role', 'ロールが異なります');
const OTHER_SOURCE = text(
  'its source identity is another, or none',
  'ソース ID が異なるか、設定されていません',
);

function judgeTime(at: EpochMs, grant: Grant, facts: FindingFacts): TrailFinding | undefined {
  const { issuedAt, expiresAt } = grant;
  if (issuedAt === undefined || expiresAt === undefined) {
    // While AWS is being asked nobody has anything; that AWS was faster than our clock is no finding.
    return grant.status === 'issuing'
      ? undefined
      : finding('trail.undelivered-session-used', 'critical', facts);
  }
  const until = Math.min(expiresAt, grant.endedAt ?? expiresAt);
  if (at >= grant.requestedAt - EARLY_MS && at <= until + LATE_MS) return undefined;
  return finding('trail.call-outside-time', 'critical', {
    ...facts,
    at: formatTime(at),
    from: formatTime(grant.requestedAt),
    until: formatTime(until as EpochMs),
  });
}

/** Error codes by which the services say that a permission is missing. */
const DENIED = /AccessDenied|Unauthorized|NotAuthorized|AuthorizationError|Forbidden/i;
export const isDenied = ({ errorCode }: Pick<TrailEvent, 'errorCode'>): boolean =>
  errorCode !== undefined && DENIED.test(errorCode);

function judgeUse(
  event: TrailEvent,
  action: string,
  compared: GrantToCompare,
  facts: FindingFacts,
): TrailFinding | undefined {
  const denied = (): TrailFinding =>
    finding('trail.call-denied', event.readOnly ? 'low' : 'medium', {
      ...facts,
      error: event.errorCode ?? '',
    });
  if (isDenied(event)) return denied();
  const asked = compared.policy && askSessionPolicy(compared.policy, action, event);
  const isByService = event.invokedBy !== undefined;
  if (asked === undefined) return unexplained(event, action, NO_POLICY, facts);
  if (asked.allows === 'no' && !isByService) {
    // Some services look at what was asked before they look at permissions: such a failure proves nothing.
    return event.errorCode === undefined ? finding('trail.call-outside-policy', 'critical', facts) : denied();
  }
  const isHarmless = event.readOnly && !READS_DATA.test(action);
  if (isHarmless || asked.byName || isByService) return undefined;
  if (compared.grant.purpose === 'plan') {
    return event.readOnly ? undefined : unexplained(event, action, PLANNING, facts);
  }
  const reason = compared.writes === undefined ? NO_REVIEW : whyUnexplained(event, action, compared.writes);
  return reason === undefined ? undefined : unexplained(event, action, reason, facts);
}

/** Reading that hands over what is kept, and not only how it is configured. */
const READS_DATA =
  /^(?:secretsmanager:(?:Batch)?GetSecretValue|ssm:GetParameter|s3:GetObject|dynamodb:(?:GetItem|BatchGetItem|Query|Scan)|sqs:ReceiveMessage)/;

/** Takes an object out of the world. What only loosens (detach, revoke, untag) also happens while things are made. */
const DESTROYS = /:(?:Delete|Terminate|Deregister|Purge|Release|Schedule\w*Deletion)/;
/** Whose misuse hands over more than a resource. */
const SENSITIVE = /^(?:iam|sts|organizations|cloudtrail|kms|sso):/;
const NAMING = /(?:^n|N)ame$|^bucket$|Identifier$|^secretId$/;

function whyUnexplained(
  event: TrailEvent,
  action: string,
  writes: readonly PlannedWrite[],
): Text | undefined {
  const service = action.slice(0, action.indexOf(':'));
  const ofService = writes.filter(({ type }) => serviceOfType(type) === service);
  const destroys = DESTROYS.test(action);
  // Of a service that the plan does not touch, the session policy allows only what other services need, action by action.
  if (ofService.length === 0) {
    return destroys ? NOT_DESTROYED : READS_DATA.test(action) ? OTHER_RESOURCE : undefined;
  }
  const mentioned = ofService.filter((write) => mentions(event, write));
  if (destroys) {
    const isPlanned = mentioned.some(({ action: planned }) => planned !== 'create');
    return isPlanned ? undefined : NOT_DESTROYED;
  }
  if (mentioned.length > 0) return undefined;
  const isNamed = event.parameters.some(({ name }) => NAMING.test(name)) || event.resources.length > 0;
  const areAllKnown = ofService.every(({ identifiers }) => identifiers.size > 0);
  return isNamed && areAllKnown ? OTHER_RESOURCE : undefined;
}

/** Whether the call names the planned object: by itself, or as a part of an ARN or URL. */
function mentions({ resources, parameters }: TrailEvent, { identifiers }: PlannedWrite): boolean {
  const isOne = (words: string): boolean =>
    identifiers.has(words) ||
    (/^(?:arn:|https:)/.test(words) && words.split(/[:/]/).some((part) => identifiers.has(part)));
  return resources.some(isOne) || parameters.some(({ value }: Parameter) => isOne(value));
}

const NO_POLICY = text('its session policy cannot be read', 'セッションポリシーを読み取れません');
const NO_REVIEW = text('its review cannot be opened', 'レビューを開けません');
const PLANNING = text('a job that plans changes nothing', 'プランを作成するジョブは何も変更しません');
const NOT_DESTROYED = text(
  'the plan destroys no such object',
  'プランにはこのオブジェクトの破棄が含まれていません',
);
const OTHER_RESOURCE = text(
  'the plan does not touch what the call names',
  '呼び出しの対象はプランの変更に含まれていません',
);
function unexplained(event: TrailEvent, action: string, reason: Text, facts: FindingFacts): TrailFinding {
  const isGrave = DESTROYS.test(action) || SENSITIVE.test(action);
  const severity: Severity = event.readOnly ? 'medium' : isGrave ? 'critical' : 'high';
  return finding('trail.unexplained-call', severity, { ...facts, ...why(reason) });
}

const finding = (rule: TrailFinding['rule'], severity: Severity, facts: FindingFacts): TrailFinding => ({
  rule,
  severity,
  facts,
});

const why = (reason: Text): FindingFacts => ({ whyEn: reason.en, whyJa: reason.ja });

/** What a call was about, for people: the first ARN, else the first name. */
export function aboutOf({ resources, parameters }: TrailEvent): { readonly resource?: string } {
  const resource = resources[0] ?? parameters.find(({ name }) => NAMING.test(name))?.value;
  return resource === undefined ? {} : { resource: resource.slice(0, 256) };
}
