import type { AwsRequest } from '../model.ts';
import { serviceModel } from '../operations.ts';
import { isObject } from '../read-request.ts';
import actionNames from './action-names.json' with { type: 'json' };
import { listOf, memberAt } from './members.ts';
import tagOnCreate from './tag-on-create.json' with { type: 'json' };
import { requestedTags } from './tags.ts';

type Named = Readonly<Record<string, string>>;
const EXCEPTIONS: Readonly<Record<string, Named>> = actionNames.services;
const VERSIONED: Named = actionNames.versioned;
const BESIDES: Readonly<Record<string, Readonly<Record<string, Named>>>> = actionNames.besides;
const TAGGING: Named = tagOnCreate.actions;
const IAM_TAGGING: Named = tagOnCreate.iam;

/**
 * The IAM actions that a request needs, without `iam:PassRole` and what its tags need: most often the operation's own name. Whether IAM knows them
 * is for the caller to see.
 */
export function actionsOf(request: AwsRequest): readonly string[] {
  const { service, operation, method, parameters } = request;
  const { iamPrefix } = serviceModel(service);
  const own = EXCEPTIONS[service]?.[operation] ?? EXCEPTIONS[service]?.['*'] ?? `${iamPrefix}:${operation}`;
  const actions = own.replace('METHOD', method).split(' ');
  const besides = Object.entries(BESIDES[service]?.[operation] ?? {})
    .filter(([member]) => isSet(parameters[member]) && !isUsualAcl(operation, parameters[member]))
    .flatMap(([, action]) => action.split(' '));
  const copied = service === 's3' && /Copy/.test(operation) ? copySource(request) : [];
  return [...new Set([...actions.flatMap((action) => versioned(action, request)), ...besides, ...copied])];
}

/** Every action there is for an operation, whatever its parameters: for lists. */
export const ownAction = (service: string, operation: string): string =>
  EXCEPTIONS[service]?.[operation] ??
  EXCEPTIONS[service]?.['*'] ??
  `${serviceModel(service).iamPrefix}:${operation}`;

const isSet = (value: AwsRequest['parameters'][string] | undefined): boolean =>
  value !== undefined && value !== null && value !== '' && value !== 'false' && value !== false;

/** "If the ACL for the CreateBucket request is private … only s3:CreateBucket permission is needed" (S3 API Reference). */
const isUsualAcl = (operation: string, value: AwsRequest['parameters'][string] | undefined): boolean =>
  operation === 'CreateBucket' && value === 'private';

/** Objects with and without versions are deleted and read by different actions. */
function versioned(action: string, { service, operation, parameters }: AwsRequest): readonly string[] {
  const other = service === 's3' ? VERSIONED[action] : undefined;
  if (other === undefined) return [action];
  if (operation === 'DeleteObjects') {
    const objects = listOf(memberAt(parameters, 'Delete.Object'));
    const withVersion = objects.filter((one) => isObject(one) && isSet(one.VersionId)).length;
    return [...(withVersion < objects.length ? [action] : []), ...(withVersion > 0 ? [other] : [])];
  }
  return isSet(parameters.VersionId) ? [other] : [action];
}

const copySource = ({ parameters }: AwsRequest): readonly string[] =>
  /\?versionId=/.test(String(parameters.CopySource)) ? ['s3:GetObjectVersion'] : ['s3:GetObject'];

/** Who tags while creating must also be allowed to tag what is created. Undefined where nothing is tagged so. */
export function taggingAction(request: AwsRequest): string | undefined {
  const { service, operation } = request;
  const isCreating = /^(?:Create|Run|Request|Register|Put|Allocate|Import|Copy|Start|Upload|Authorize)/.test(
    operation,
  );
  const isTagging = /^Create(?:OrUpdate)?Tags$/.test(operation);
  if (!isCreating || isTagging || requestedTags(request).tags.size === 0) return undefined;
  return service === 'iam' ? IAM_TAGGING[operation] : TAGGING[service];
}
