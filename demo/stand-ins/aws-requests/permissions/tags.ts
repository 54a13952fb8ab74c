import type { Json, JsonObject } from '../../../../src/core-values/index.ts';
import type { AwsRequest } from '../model.ts';
import { isObject } from '../read-request.ts';
import { listOf, memberAt, stringsOf } from './members.ts';

/** Where services take tags, most by one of these names. Source: operations.json's services' models. */
const TAG_MEMBERS = [
  'Tags',
  'Tag',
  'TagList',
  'BackupPlanTags',
  'BackupVaultTags',
  'RecoveryPointTags',
  'UserPoolTags',
  'IdentityPoolTags',
  'HostedZoneTags',
  'AddTags',
  'TagsToAdd',
  'ResourceTags',
  'DistributionConfigWithTags.Tags.Items.Tag',
  'StreamingDistributionConfigWithTags.Tags.Items.Tag',
  'Tags.Items.Tag',
  'Tagging.TagSet.Tag',
  'CreateBucketConfiguration.Tags.Tag',
  'AddTags.Tag',
];

const KEY_MEMBERS = [
  'TagKeys',
  'TagKeyList',
  'RemoveTagKeys',
  'TagsToRemove',
  'RemoveTagKeys.Key',
  'TagKeys.Items.Key',
];

/** Tags that a request sets, and keys that it names (those, and the ones it removes). */
export interface RequestedTags {
  readonly tags: ReadonlyMap<string, string>;
  readonly keys: readonly string[];
}

export function requestedTags({ service, operation, parameters }: AwsRequest): RequestedTags {
  const tags = new Map<string, string>();
  for (const path of TAG_MEMBERS) addTags(tags, memberAt(parameters, path));
  if (service === 'ec2') {
    const specified = ['TagSpecification', 'TagSpecifications'].flatMap((name) => listOf(parameters[name]));
    for (const one of specified) if (isObject(one)) addTags(tags, one.Tag ?? one.Tags ?? null);
  }
  const header = parameters.Tagging;
  if (service === 's3' && typeof header === 'string') {
    for (const [key, value] of new URLSearchParams(header)) tags.set(key, value);
  }
  const removed = KEY_MEMBERS.flatMap((path) => stringsOf(memberAt(parameters, path)));
  if (/^(?:DeleteTags|RemoveTags)/.test(operation)) {
    return { tags: new Map(), keys: [...tags.keys(), ...removed] };
  }
  return { tags, keys: [...tags.keys(), ...removed] };
}

function addTags(tags: Map<string, string>, value: Json | undefined): void {
  if (isObject(value) && !isTag(value)) {
    for (const [key, one] of Object.entries(value)) if (typeof one === 'string') tags.set(key, one);
    return;
  }
  for (const one of listOf(value)) {
    if (!isObject(one)) continue;
    const [key] = stringsOf(one.Key ?? one.key ?? one.TagKey);
    const [content = ''] = stringsOf(one.Value ?? one.value ?? one.TagValue);
    if (key !== undefined) tags.set(key, content);
  }
}

const isTag = (value: JsonObject): boolean =>
  Object.keys(value).some((name) => /^(?:Tag)?Key$/i.test(name)) && Object.keys(value).length <= 4;
