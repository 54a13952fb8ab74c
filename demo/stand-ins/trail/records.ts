import { randomUUID } from 'node:crypto';
import type { Json, JsonObject } from '../../../src/core-values/index.ts';
import { serviceModels } from '../aws-requests/index.ts';
import type { Caller, Handled } from '../enforcing-aws/index.ts';
import data from './event-names.json' with { type: 'json' };

type Names = Readonly<Record<string, Readonly<Record<string, string>>>>;
const names: Names = data.names;
const dataEvents: Readonly<Record<string, string>> = data.dataEvents;
const errorCodes: Readonly<Record<string, string>> = data.errorCodes;
const HIDDEN = new RegExp(data.hidden);
const READS = /^(?:BatchGet|Describe|Get|Head|List|Lookup|Query|Scan|Search|Select)(?![a-z])/;

/** A record, and in whose trail and for which region it is delivered. */
export interface DeliveredRecord {
  readonly account: string;
  readonly region: string;
  readonly record: JsonObject;
}

/**
 * What CloudTrail records of a request: nothing of data events, two records where a role of another account is assumed. Source:
 * CloudTrail User Guide, "CloudTrail record contents" and "userIdentity element", event version 1.11 (2026-11).
 */
export function recordsOf(handled: Handled): readonly DeliveredRecord[] {
  const { request, caller, error } = handled;
  const account = callerAccountOf(handled);
  if (account === undefined || isDataEvent(request.service, request.operation)) return [];
  const own = recordIn(account, handled, caller === undefined ? webIdentity(handled) : identityOf(caller));
  const role = handled.began;
  if (caller === undefined || error !== undefined || role === undefined || role.account === account) {
    return [own];
  }
  const sharedEventID = randomUUID();
  const stranger = { type: 'AWSAccount', principalId: principalOf(caller), accountId: account };
  const theirs = recordIn(role.account, handled, stranger);
  return [own, theirs].map((one) => ({ ...one, record: { ...one.record, sharedEventID } }));
}

const isDataEvent = (service: string, operation: string): boolean => {
  const pattern = dataEvents[service];
  return pattern !== undefined && new RegExp(pattern).test(operation);
};

const callerAccountOf = ({ caller, began }: Handled): string | undefined => {
  if (caller === undefined) return began?.account;
  return caller.kind === 'session' ? caller.session.account : caller.account;
};

function recordIn(account: string, handled: Handled, userIdentity: JsonObject): DeliveredRecord {
  const { request, at, sourceIp, userAgent, began, error } = handled;
  const { service, operation, region } = request;
  const model = serviceModels().get(service);
  const resources = resourcesOf(handled, account);
  const denied = error?.code === 'AccessDenied' ? (errorCodes[service] ?? error.code) : error?.code;
  const record: JsonObject = {
    eventVersion: '1.11',
    userIdentity,
    eventTime: seconds(at),
    eventSource: `${model?.signingName ?? service}.amazonaws.com`,
    eventName: names[service]?.[operation] ?? operation,
    awsRegion: region,
    sourceIPAddress: sourceIp,
    userAgent,
    ...(denied !== undefined && { errorCode: denied, errorMessage: error?.message ?? '' }),
    requestParameters: parametersOf(service, request.parameters),
    responseElements: began === undefined ? null : sessionElements(began),
    requestID: randomUUID(),
    eventID: randomUUID(),
    readOnly: READS.test(operation) || service === 'sts',
    ...(resources.length > 0 && { resources }),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
  };
  return { account, region, record };
}

const seconds = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`;

const principalOf = (caller: Caller): string =>
  caller.kind === 'session' ? `${caller.session.roleId}:${caller.session.sessionName}` : caller.arn;

function identityOf(caller: Caller): JsonObject {
  if (caller.kind !== 'session') {
    return {
      type: 'IAMUser',
      principalId: caller.arn,
      arn: caller.arn,
      accountId: caller.account,
      userName: caller.arn.split('/').at(-1) ?? '',
    };
  }
  const { session } = caller;
  return {
    type: 'AssumedRole',
    principalId: principalOf(caller),
    arn: session.arn,
    accountId: session.account,
    accessKeyId: session.accessKeyId,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: session.roleId,
        arn: session.roleArn,
        accountId: session.account,
        userName: session.roleName,
      },
      attributes: { creationDate: seconds(new Date(session.issuedAtMs)), mfaAuthenticated: 'false' },
      ...(session.sourceIdentity !== undefined && { sourceIdentity: session.sourceIdentity }),
    },
  };
}

const webIdentity = ({ began }: Handled): JsonObject => ({
  type: 'WebIdentityUser',
  principalId: began?.federatedProvider ?? '',
  identityProvider: began?.federatedProvider ?? '',
});

const sessionElements = (began: NonNullable<Handled['began']>): JsonObject => ({
  assumedRoleUser: { assumedRoleId: `${began.roleId}:${began.sessionName}`, arn: began.arn },
  ...(began.sourceIdentity !== undefined && { sourceIdentity: began.sourceIdentity }),
});

/** Only some services name the resources of a management event. */
function resourcesOf({ request, began }: Handled, accountId: string): readonly JsonObject[] {
  const { service, parameters } = request;
  const of = (type: string, ARN: string, owner = accountId): readonly JsonObject[] => [
    { accountId: owner, type, ARN },
  ];
  if (service === 's3' && typeof parameters.Bucket === 'string')
    return of('AWS::S3::Bucket', `arn:aws:s3:::${parameters.Bucket}`);
  if (service === 'sts' && began !== undefined) return of('AWS::IAM::Role', began.roleArn, began.account);
  return [];
}

/** Members begin with a small letter; secrets are hidden. S3's bucket is `bucketName`. */
function parametersOf(service: string, parameters: JsonObject): JsonObject | null {
  const entries = Object.entries(parameters).map(([name, value]): [string, Json] => {
    const own = service === 's3' && name === 'Bucket' ? 'bucketName' : camelCase(name);
    const isSecret = HIDDEN.test(own) || (service === 'ssm' && own === 'value');
    return [own, isSecret ? 'HIDDEN_DUE_TO_SECURITY_REASONS' : inside(value)];
  });
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

function inside(value: Json): Json {
  if (Array.isArray(value)) return value.map(inside);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      camelCase(name),
      HIDDEN.test(camelCase(name)) ? 'HIDDEN_DUE_TO_SECURITY_REASONS' : inside(item),
    ]),
  );
}

const camelCase = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
