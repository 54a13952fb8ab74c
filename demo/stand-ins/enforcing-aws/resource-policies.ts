import type { Json } from '../../../src/core-values/index.ts';
import type { PolicyKind } from '../../../src/iam/core/index.ts';
import { readXml } from '../aws-requests/index.ts';
import { firstString, listOf, memberAt } from '../aws-requests/permissions/members.ts';
import { isObject } from '../aws-requests/read-request.ts';
import type { MotoReader } from './moto-reader.ts';
import type { NamedPolicy } from './policies.ts';

export interface ResourcePolicy extends NamedPolicy {
  readonly kind: Extract<PolicyKind, 'resource' | 'key'>;
}

/** The policy of the resource that an ARN names, of the services whose policies moto keeps. */
export async function readResourcePolicy(
  moto: MotoReader,
  arn: string,
  owner: string,
): Promise<ResourcePolicy | undefined> {
  const [, , service = '', region = '', , ...rest] = arn.split(':');
  const resource = rest.join(':');
  if (service === 'kms' && resource === 'key/*')
    return { name: arn, source: newKeyPolicy(owner), kind: 'key' };
  if (resource.includes('*') && service !== 's3') return undefined;
  const where = { account: owner, service, ...(region !== '' && { region }) };
  const named = (source: string | undefined, kind: ResourcePolicy['kind'] = 'resource') =>
    source === undefined || source === '' ? undefined : { name: arn, source, kind };
  switch (service) {
    case 's3': {
      const text = await moto.get(where, `/${resource.split('/')[0]}?policy`);
      return named(text?.trim().startsWith('{') ? text : undefined);
    }
    case 'kms': {
      if (!resource.startsWith('key/')) return undefined;
      const read = await moto.json(where, 'TrentService.GetKeyPolicy', {
        KeyId: resource.slice(4),
        PolicyName: 'default',
      });
      return named(firstString(read ?? {}, 'Policy'), 'key');
    }
    case 'sqs': {
      const url = `https://sqs.${region}.amazonaws.com/${owner}/${resource}`;
      const read = await moto.json(where, 'AmazonSQS.GetQueueAttributes', {
        QueueUrl: url,
        AttributeNames: ['Policy'],
      });
      return named(firstString(read ?? {}, 'Attributes.Policy'));
    }
    case 'sns':
      return named(await topicPolicy(moto, where, arn));
    case 'lambda': {
      const name = /^function:([^:]+)/.exec(resource)?.[1];
      const text =
        name === undefined
          ? undefined
          : await moto.get(where, `/2015-03-31/functions/${encodeURIComponent(name)}/policy`);
      return named(ofFunction(jsonMember(text, 'Policy')));
    }
    case 'secretsmanager': {
      const read = await moto.json(where, 'secretsmanager.GetResourcePolicy', { SecretId: arn });
      return named(firstString(read ?? {}, 'ResourcePolicy'));
    }
    default:
      return undefined;
  }
}

/** moto keeps what AddPermission was asked with among a statement's elements; AWS makes a condition of it. */
function ofFunction(source: string | undefined): string | undefined {
  if (source === undefined || !source.includes('"FunctionUrlAuthType"')) return source;
  const policy: Json = JSON.parse(source);
  const statements = isObject(policy) ? listOf(policy.Statement).filter(isObject) : [];
  const Statement = statements.map(({ FunctionUrlAuthType: type, ...statement }) => {
    const Condition = { StringEquals: { 'lambda:FunctionUrlAuthType': type ?? null } };
    return type === undefined ? statement : { ...statement, Condition };
  });
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

/** What a key gets that is created without a policy; its tags are asked for before it is there. */
const newKeyPolicy = (owner: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${owner}:root` }, Action: 'kms:*', Resource: '*' },
    ],
  });

/** A new topic's policy, which moto does not keep, lets the account's own principals in; so do their identity policies. */
async function topicPolicy(moto: MotoReader, where: Parameters<MotoReader['query']>[0], arn: string) {
  const read = await moto.query(where, {
    Action: 'GetTopicAttributes',
    Version: '2010-03-31',
    TopicArn: arn,
  });
  const entries = listOf(memberAt(read ?? {}, 'Attributes.entry')).filter(isObject);
  const policy = entries.find((entry) => entry.key === 'Policy');
  return policy === undefined ? undefined : firstString(policy, 'value');
}

function jsonMember(text: string | undefined, member: string): string | undefined {
  if (text === undefined) return undefined;
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null && member in value
    ? String(Object.entries(value).find(([name]) => name === member)?.[1] ?? '')
    : undefined;
}

/** Names of the buckets of an account. */
export async function bucketsOf(moto: MotoReader, account: string): Promise<readonly string[]> {
  const text = await moto.get({ account, service: 's3' }, '/');
  const listed = text === undefined ? undefined : readXml(text)?.value;
  const buckets = isObject(listed) ? listOf(memberAt(listed, 'Buckets.Bucket')) : [];
  return buckets.flatMap((bucket) => (isObject(bucket) ? [firstString(bucket, 'Name') ?? ''] : []));
}

/** Tags of a resource; undefined where moto cannot tell. */
export async function resourceTags(
  moto: MotoReader,
  arn: string,
  owner: string,
): Promise<ReadonlyMap<string, string> | undefined> {
  const [, , service = '', region = ''] = arn.split(':');
  // What is about to be created has no tags yet.
  if (arn.endsWith('*')) return new Map();
  const where = { account: owner, service: 'tagging', region: region === '' ? 'us-east-1' : region };
  const read = await moto.json(where, 'ResourceGroupsTaggingAPI_20170126.GetResources', {});
  const found = listOf(read?.ResourceTagMappingList)
    .filter(isObject)
    .find((one) => one.ResourceARN === arn);
  if (found === undefined) return service === 'ec2' ? new Map() : undefined;
  const tags = listOf(found.Tags).filter(isObject);
  return new Map(tags.map((tag) => [firstString(tag, 'Key') ?? '', firstString(tag, 'Value') ?? '']));
}

/** ARN of a KMS key by an alias, or of a secret by its name. */
export async function arnByName(
  moto: MotoReader,
  where: { readonly account: string; readonly service: string; readonly region: string },
  id: string,
): Promise<string | undefined> {
  if (where.service === 'kms') {
    const read = await moto.json(where, 'TrentService.DescribeKey', { KeyId: id });
    return firstString(read ?? {}, 'KeyMetadata.Arn');
  }
  const read = await moto.json(where, 'secretsmanager.DescribeSecret', { SecretId: id });
  return firstString(read ?? {}, 'ARN');
}
