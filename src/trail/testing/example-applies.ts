import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { epochMs, type Fingerprint, formatTime, type GrantId, type JsonObject } from '#core-values';
import { beginGrant, completeGrant, finishGrant, type GrantedPlan } from '#credentials';
import { type Db, inTransaction } from '#platform';
import { exampleGrant } from './example-grant.ts';

export const START = epochMs(Date.UTC(2026, 10, 2, 3));
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const AWS = 'registry.terraform.io/hashicorp/aws';
export const PROVIDER = `${AWS} 5.100.0`;

const [example]: JsonObject[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../cases/approved-apply/records.json'), 'utf8'),
).Records;

const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: ['mq:*', 'ec2:Describe*'], Resource: '*' },
    { Effect: 'Allow', Action: 'sns:*', Resource: 'arn:aws:sns:ap-northeast-1:444444444444:alarms' },
  ],
});

export const REVIEW: JsonObject = {
  providers: [{ address: AWS, version: '5.100.0' }],
  changes: [
    created('aws_mq_broker.orders', { broker_name: 'orders' }),
    created('aws_sns_topic.alarms', { name: 'alarms' }),
  ],
};

function created(address: string, after: JsonObject): JsonObject {
  return { address, provider: AWS, action: 'create', before: null, after };
}

/** The apply of this request's plan, ten minutes after the one before: minute `number * 10` of the day. */
export async function applyPlan(
  db: Db,
  asked: ApplyRequest,
  number: number,
  fingerprint = String(number),
): Promise<void> {
  const at = epochMs(START + number * 10 * MINUTE);
  const plan = { ...asked.plan, fingerprint: fingerprint.repeat(64).slice(0, 64) as Fingerprint };
  const request = { ...asked, plan, sessionPolicy: { policy: POLICY, managedPolicyArns: [] } };
  const session = { assumedRoleId: `AROAEXAMPLE:${asked.id}`, expiresAt: epochMs(at + HOUR) };
  await inTransaction(db, (tx) => beginGrant(tx, request, at));
  await inTransaction(db, (tx) => completeGrant(tx, asked.id, session, at));
  await inTransaction(db, (tx) => finishGrant(tx, asked.id, epochMs(at + 9 * MINUTE)));
}

export type ApplyRequest = Parameters<typeof beginGrant>[1] & { readonly plan: GrantedPlan };

export type Called = readonly [string, string, JsonObject?];
const BROKER: Called = ['mq', 'CreateBroker', { brokerName: 'orders' }];
const READ: Called = ['mq', 'DescribeBroker', { brokerName: 'orders' }];
const TOPIC: Called = ['sns', 'CreateTopic', { name: 'alarms' }];
export const APPROVED = [BROKER, READ, TOPIC] as const;

/** What the apply called, as CloudTrail records it. */
export const records = (
  grant: GrantId,
  number: number,
  called: readonly Called[],
  error?: string,
): readonly JsonObject[] =>
  called.map(([service, name, parameters = {}], at) => ({
    ...JSON.parse(JSON.stringify(example).replaceAll(exampleGrant.id, grant)),
    eventID: `${number}-${at}-${name}`,
    eventTime: `${formatTime(epochMs(START + (number * 10 + 3) * MINUTE)).slice(0, 19)}Z`,
    eventSource: `${service}.amazonaws.com`,
    eventName: name,
    readOnly: name.startsWith('Describe'),
    requestParameters: parameters,
    resources: service === 'sns' ? [{ ARN: 'arn:aws:sns:ap-northeast-1:444444444444:alarms' }] : undefined,
    ...(error !== undefined && { errorCode: error }),
  }));
