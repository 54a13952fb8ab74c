import { z } from 'zod';
import { type AccountId, type EpochMs, parseAccountId, parseTime } from '#core-values';

/** One call, as CloudTrail recorded it; only what is compared with grants. */
export interface TrailEvent {
  readonly id: string;
  /** When the call was completed. */
  readonly at: EpochMs;
  /** `s3.amazonaws.com` */
  readonly source: string;
  /** `CreateBucket` */
  readonly name: string;
  readonly region: string;
  /** In whose log it is. */
  readonly account: AccountId;
  readonly readOnly: boolean;
  /** Present when the call failed. */
  readonly errorCode?: string;
  readonly sourceIp: string;
  /** Present when a role's session called. */
  readonly session?: RoleSessionOfEvent;
  /** The AWS service that called in the session's name. */
  readonly invokedBy?: string;
  /** Present when the call asks for a session of a role. */
  readonly assumes?: AssumedSession;
  /** ARNs that CloudTrail names as the call's resources. */
  readonly resources: readonly string[];
  /** The texts of the request by the name of their member, down to a depth. */
  readonly parameters: readonly Parameter[];
}

export interface RoleSessionOfEvent {
  readonly roleArn: string;
  readonly name: string;
  /** `AROA…:session` */
  readonly assumedRoleId: string;
  readonly sourceIdentity?: string;
}

export interface AssumedSession {
  readonly roleArn: string;
  readonly name: string;
  /** Present when AWS gave one. */
  readonly assumedRoleId?: string;
}

export interface Parameter {
  readonly name: string;
  readonly value: string;
}

export interface TrailRecords {
  readonly events: readonly TrailEvent[];
  /** Records that are not as documented: they may hide a call, so they are counted and told. */
  readonly unreadable: number;
}

const words = z.string().max(4096);
const optional = words.nullish();

/** CloudTrail User Guide, "CloudTrail record contents" and "userIdentity element", event version 1.11 (2026-11). */
const record = z.object({
  eventID: z.string().min(1).max(128),
  eventTime: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
  eventSource: words,
  eventName: words,
  awsRegion: z.string().max(64),
  recipientAccountId: optional,
  readOnly: z.boolean().nullish(),
  errorCode: optional,
  sourceIPAddress: optional,
  userIdentity: z
    .object({
      type: optional,
      principalId: optional,
      arn: optional,
      accountId: optional,
      invokedBy: optional,
      sessionContext: z
        .object({
          sessionIssuer: z.object({ type: optional, arn: optional }).nullish(),
          sourceIdentity: optional,
        })
        .nullish(),
    })
    .nullish(),
  requestParameters: z.unknown(),
  responseElements: z.unknown(),
  resources: z
    .array(z.object({ ARN: optional }))
    .max(1000)
    .nullish(),
});

type Documented = z.infer<typeof record>;

const file = z.object({ Records: z.array(z.unknown()).max(200_000) });

/** `undefined` when the text is no log file at all. Keep it within `JSON_LIMITS` first. */
export function parseTrailRecords(json: string): TrailRecords | undefined {
  const parsed = file.safeParse(parseJson(json));
  if (!parsed.success) return undefined;
  const read = parsed.data.Records.map(eventOf);
  const events = read.filter((event) => event !== undefined);
  return { events, unreadable: read.length - events.length };
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function eventOf(value: unknown): TrailEvent | undefined {
  const parsed = record.safeParse(value);
  if (!parsed.success) return undefined;
  const { data } = parsed;
  const at = parseTime(data.eventTime.replace('Z', '.000Z'));
  const account = parseAccountId(data.recipientAccountId ?? data.userIdentity?.accountId ?? '');
  if (at === undefined || account === undefined) return undefined;
  const session = sessionOf(data.userIdentity);
  const assumes = assumedOf(data);
  return {
    id: data.eventID,
    at,
    source: data.eventSource,
    name: data.eventName,
    region: data.awsRegion,
    account,
    readOnly: data.readOnly ?? READS.test(data.eventName),
    ...(data.errorCode != null && { errorCode: data.errorCode }),
    sourceIp: data.sourceIPAddress ?? '',
    ...(session !== undefined && { session }),
    ...(data.userIdentity?.invokedBy != null && { invokedBy: data.userIdentity.invokedBy }),
    ...(assumes !== undefined && { assumes }),
    resources: (data.resources ?? []).flatMap(({ ARN }) => (ARN == null ? [] : [ARN])),
    parameters: parametersOf(data.requestParameters),
  };
}

/** Records of before event version 1.05 do not say whether a call only reads. */
const READS = /^(?:BatchGet|Describe|Get|Head|List|Lookup|Query|Scan|Search|Select)(?![a-z])/;

function sessionOf(identity: Documented['userIdentity']): RoleSessionOfEvent | undefined {
  const { principalId, arn, sessionContext } = identity ?? {};
  const { sessionIssuer, sourceIdentity } = sessionContext ?? {};
  if (identity?.type !== 'AssumedRole' || sessionIssuer?.arn == null) return undefined;
  const name = principalId?.split(':').slice(1).join(':') || arn?.split('/').at(-1) || '';
  return {
    roleArn: sessionIssuer.arn,
    name,
    assumedRoleId: principalId ?? '',
    ...(sourceIdentity != null && { sourceIdentity }),
  };
}

const assumption = z.object({ roleArn: words, roleSessionName: words });
const assumed = z.object({ assumedRoleUser: z.object({ assumedRoleId: words }) });

function assumedOf({ eventSource, eventName, requestParameters, responseElements }: Documented) {
  if (eventSource !== 'sts.amazonaws.com' || !eventName.startsWith('AssumeRole')) return undefined;
  const asked = assumption.safeParse(requestParameters);
  if (!asked.success) return undefined;
  const given = assumed.safeParse(responseElements);
  return {
    roleArn: asked.data.roleArn,
    name: asked.data.roleSessionName,
    ...(given.success && { assumedRoleId: given.data.assumedRoleUser.assumedRoleId }),
  };
}

const DEEPEST = 8;
const MOST = 500;

/** Texts of up to 512 characters; what is longer names nothing. */
function parametersOf(root: unknown): readonly Parameter[] {
  const found: Parameter[] = [];
  const walk = (value: unknown, name: string, depth: number): void => {
    if (found.length >= MOST || depth > DEEPEST) return;
    if (typeof value === 'string') {
      if (value !== '' && value.length <= 512) found.push({ name, value });
    } else if (Array.isArray(value)) for (const item of value) walk(item, name, depth + 1);
    else if (typeof value === 'object' && value !== null)
      for (const [key, item] of Object.entries(value)) walk(item, key, depth + 1);
  };
  walk(root, '', 0);
  return found;
}
