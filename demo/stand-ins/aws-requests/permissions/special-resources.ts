import type { AwsRequest } from '../model.ts';
import { isObject } from '../read-request.ts';
import { firstString, listOf, memberAt, stringsOf } from './members.ts';
import resourceNames from './resource-names.json' with { type: 'json' };
import type { ResourceQuestion } from './resources.ts';

type Own = (
  question: ResourceQuestion,
) => Promise<readonly string[] | undefined> | readonly string[] | undefined;

/** Where a service's resources cannot be read off the Service Authorization Reference; undefined leaves it to that. */
export const ownResources = async (question: ResourceQuestion): Promise<readonly string[] | undefined> =>
  OWN[question.request.service]?.(question);

const OWN: Readonly<Record<string, Own>> = {
  apigateway: (question) => apiGateway(question),
  apigatewayv2: (question) => apiGateway(question),
  ec2: (question) => ec2(question),
  ecs: (question) => ecs(question),
  efs: (question) => taggedFiles(question),
  elbv2: (question) => loadBalancing(question),
  events: (question) => events(question),
  iam: (question) => iam(question),
  kms: (question) => kms(question),
  lambda: (question) => lambda(question),
  logs: (question) => logs(question),
  route53: (question) => route53(question),
  s3: (question) => s3(question),
  s3control: () => ['*'],
  secretsmanager: (question) => secret(question),
  sns: (question) => topic(question),
  sqs: (question) => queue(question),
  ssm: (question) => parameter(question),
  sts: (question) => stringsOf(question.request.parameters.RoleArn),
  wafv2: (question) => webAcl(question),
};

const arn = ({ place }: ResourceQuestion, service: string, resource: string): string =>
  `arn:${place.partition}:${service}:${place.region}:${place.account}:${resource}`;

/** The path is the resource: `/restapis/abc/stages/live`; the second generation's is without its `/v2`. */
function apiGateway({ request, place }: ResourceQuestion): readonly string[] {
  const path = request.path
    .replace(/^\/v2(?=\/)/, '')
    .replace(/^\/tags\/(.+)$/, (_, tagged: string) => `/tags/${encodeURIComponent(tagged)}`);
  return [`arn:${place.partition}:apigateway:${place.region}::${path}`];
}

/** Tags are put on resources by their ids, whose beginnings tell what they are. */
function ec2(question: ResourceQuestion): readonly string[] | undefined {
  const { request, action } = question;
  if (action === 'ec2:CreateTags' && request.operation !== 'CreateTags') {
    return listOf(request.parameters.TagSpecification).flatMap((one) => {
      const type = isObject(one) ? firstString(one, 'ResourceType') : undefined;
      return type === undefined ? [] : [arn(question, 'ec2', `${type}/*`)];
    });
  }
  if (request.operation !== 'CreateTags' && request.operation !== 'DeleteTags') return undefined;
  const prefixes: Readonly<Record<string, string>> = resourceNames.ec2IdPrefixes;
  return stringsOf(request.parameters.ResourceId).map((id) => {
    const type = prefixes[id.replace(/-[^-]*$/, '')];
    return type === undefined ? '*' : arn(question, 'ec2', `${type}/${id}`);
  });
}

/**
 * What gets the tags of an operation that creates: as a rule what the operation acts on (`made`). API Gateway asks of its tags' own
 * path, and load balancers of what is created within them. Sources: refusals as AWS words them (`apigateway:PUT` on
 * `/tags/arn%3Aaws%3Aapigateway%3A…%2Frestapis%2F*`); Service Authorization Reference, `elasticloadbalancing:CreateAction`.
 */
export function taggedWhileCreated(
  { service, operation }: AwsRequest,
  made: readonly string[],
): readonly string[] {
  if (service === 'apigateway' || service === 'apigatewayv2') {
    return made.map((one) => `${one.slice(0, one.indexOf('::') + 2)}/tags/${encodeURIComponent(`${one}/*`)}`);
  }
  const within = service === 'elbv2' ? LISTENERS[operation] : undefined;
  if (within === undefined) return made;
  return made.map((one) => `${one.replace(/:(?:loadbalancer|listener)\//, `:${within}/`)}/*`);
}

const LISTENERS: Readonly<Record<string, string>> = {
  CreateListener: 'listener',
  CreateRule: 'listener-rule',
};

/** Without a cluster, the default one. */
function ecs(question: ResourceQuestion): readonly string[] | undefined {
  const { request, facts } = question;
  const { parameters } = request;
  const types = new Set(facts.types.map(({ name }) => name));
  if (!types.has('service')) return undefined;
  const named = ['service', 'serviceName', 'services'].flatMap((name) => stringsOf(parameters[name]));
  const stated = [...named, ...stringsOf(parameters.resourceArn)];
  const cluster = (firstString(parameters, 'cluster') ?? 'default').replace(/^arn:.*\//, '');
  const services = stated.map((name) =>
    name.startsWith('arn:') ? name : arn(question, 'ecs', `service/${cluster}/${name}`),
  );
  return services.length === 0 ? undefined : services;
}

/** Tags are of a file system or of an access point, by the beginning of the id. */
function taggedFiles(question: ResourceQuestion): readonly string[] | undefined {
  const id = firstString(question.request.parameters, 'ResourceId');
  if (id === undefined || id.startsWith('arn:')) return id === undefined ? undefined : [id];
  return [
    arn(question, 'elasticfilesystem', `${id.startsWith('fsap-') ? 'access-point' : 'file-system'}/${id}`),
  ];
}

/** Tags are of listeners and rules too, whatever the Service Authorization Reference says of them. */
function loadBalancing(question: ResourceQuestion): readonly string[] | undefined {
  const { operation, parameters } = question.request;
  const tagged = /Tags$/.test(operation) ? stringsOf(parameters.ResourceArns) : [];
  if (tagged.length > 0) return question.facts.types.length === 0 ? undefined : tagged;
  if (operation !== 'CreateLoadBalancer') return undefined;
  const kinds: Readonly<Record<string, string>> = { network: 'net', gateway: 'gwy' };
  const kind = kinds[firstString(parameters, 'Type') ?? ''] ?? 'app';
  return [
    arn(question, 'elasticloadbalancing', `loadbalancer/${kind}/${firstString(parameters, 'Name') ?? '*'}/*`),
  ];
}

const busName = (named = 'default'): string => named.replace(/^arn:.*event-bus\//, '');

function events(question: ResourceQuestion): readonly string[] | undefined {
  const { parameters, operation } = question.request;
  if (operation === 'PutEvents') {
    const named = listOf(parameters.Entries).map((one) => isObject(one) && firstString(one, 'EventBusName'));
    return named.map((bus) => arn(question, 'events', `event-bus/${busName(bus || undefined)}`));
  }
  const isRule = question.facts.types.some(({ name }) => name.startsWith('rule-on'));
  const stated = stringsOf(parameters.ResourceARN);
  if (!isRule || stated.length > 0) return stated.length > 0 ? stated : undefined;
  const rule =
    firstString(parameters, 'Rule') ??
    (/Rule$/.test(operation) ? firstString(parameters, 'Name') : undefined);
  if (rule === undefined) return undefined;
  const bus = busName(firstString(parameters, 'EventBusName'));
  return [arn(question, 'events', bus === 'default' ? `rule/${rule}` : `rule/${bus}/${rule}`)];
}

const IAM_NAMES: Readonly<Record<string, string>> = {
  role: 'RoleName',
  user: 'UserName',
  group: 'GroupName',
  policy: 'PolicyName',
  'instance-profile': 'InstanceProfileName',
  'server-certificate': 'ServerCertificateName',
  mfa: 'VirtualMFADeviceName',
};

async function iam({ request, facts, place, lookup }: ResourceQuestion): Promise<readonly string[]> {
  const { parameters, operation } = request;
  const found: string[] = [];
  const prefix = `arn:${place.partition}:iam::${place.account}:`;
  const stated = Object.values(parameters)
    .flatMap(stringsOf)
    .filter((words) => words.startsWith('arn:'));
  for (const { name: type } of facts.types) {
    const member = IAM_NAMES[type];
    const name = member === undefined ? undefined : firstString(parameters, member);
    const arns = stated.filter((words) => words.split(':')[5]?.startsWith(`${type}/`));
    if (arns.length > 0 && member !== 'RoleName') found.push(...arns);
    else if (name !== undefined) {
      const path =
        operation.startsWith('Create') || operation.startsWith('Upload')
          ? firstString(parameters, 'Path')
          : await lookup.iamPath(type, name);
      found.push(`${prefix}${type}${path ?? '/'}${name}`);
    } else if (type === 'oidc-provider') {
      const url = firstString(parameters, 'Url')?.replace(/^https?:\/\//, '');
      if (url !== undefined) found.push(`${prefix}oidc-provider/${url}`);
    } else if (type === 'saml-provider') {
      const own = firstString(parameters, 'Name');
      if (own !== undefined) found.push(`${prefix}saml-provider/${own}`);
    }
  }
  if (found.length > 0) return found;
  return facts.types.filter(({ isRequired }) => isRequired).map(({ name }) => `${prefix}${name}/*`);
}

/** A key may be named by its alias, which is not what policies name. */
async function kms(question: ResourceQuestion): Promise<readonly string[] | undefined> {
  const { request, facts, lookup } = question;
  const { parameters } = request;
  const types = new Set(facts.types.map(({ name }) => name));
  if (types.size === 0) return undefined;
  const found: string[] = [];
  const alias = firstString(parameters, 'AliasName');
  if (types.has('alias') && alias !== undefined) found.push(arn(question, 'kms', alias));
  const members = { 'kms:ReEncryptFrom': ['SourceKeyId'], 'kms:ReEncryptTo': ['DestinationKeyId'] }[
    question.action
  ] ?? ['KeyId', 'TargetKeyId'];
  const id = members.map((name) => firstString(parameters, name)).find((one) => one !== undefined) ?? alias;
  if (types.has('key') && id !== undefined) found.push(await keyArn(question, id, lookup));
  return found.length === 0 ? undefined : found;
}

async function keyArn(
  question: ResourceQuestion,
  id: string,
  lookup: ResourceQuestion['lookup'],
): Promise<string> {
  const isAlias = id.startsWith('alias/') || /^arn:[^:]*:kms:[^:]*:[^:]*:alias\//.test(id);
  const known = isAlias ? await lookup.arnOf('kms', id) : undefined;
  if (known !== undefined) return known;
  if (id.startsWith('arn:')) return id;
  return arn(question, 'kms', isAlias ? id : `key/${id}`);
}

/** `name`, `account:name`, an ARN, each perhaps with a version or alias behind it. */
function lambda(question: ResourceQuestion): readonly string[] | undefined {
  const { request, facts } = question;
  if (!facts.types.some(({ name }) => name === 'function')) return undefined;
  const named =
    firstString(request.parameters, 'FunctionName') ?? firstString(request.parameters, 'Resource');
  if (named === undefined) return undefined;
  // Tags are also of event source mappings, layers and code signing configurations.
  if (named.startsWith('arn:') && !named.includes(':function:')) return [named];
  const [, name = '', behind] =
    /(?:^|function:)([^:]+)(?::([^:]+))?$/.exec(named.replace(/^\d{12}:/, '')) ?? [];
  const qualifier = firstString(request.parameters, 'Qualifier') ?? behind;
  const base = named.startsWith('arn:')
    ? named.split(':').slice(0, 6).join(':')
    : arn(question, 'lambda', 'function');
  return [`${base}:${name}${qualifier === undefined ? '' : `:${qualifier}`}`];
}

/**
 * Operations on a group act on its streams too, and AWS names them so (`…:log-group:NAME:log-stream:`), except those on
 * tags. Source: CloudWatch Logs User Guide, "CloudWatch Logs resources and operations", and its refusals.
 */
function logs(question: ResourceQuestion): readonly string[] | undefined {
  const { request, action, facts } = question;
  const { parameters } = request;
  if (request.operation === 'DescribeLogGroups') return [arn(question, 'logs', 'log-group::log-stream:')];
  const isOnGroup = facts.types.some(({ name }) => name === 'log-group' || name === 'log-stream');
  const named = [
    'logGroupName',
    'logGroupIdentifier',
    'resourceArn',
    'logGroupNames',
    'resourceIdentifier',
  ].flatMap((name) => stringsOf(parameters[name]));
  if (!isOnGroup || named.length === 0) return undefined;
  const isOnTags = /Tag/.test(action);
  const stream = firstString(parameters, 'logStreamName') ?? '';
  return named.map((name) => {
    const group = name.startsWith('arn:')
      ? name.replace(/:\*$/, '')
      : arn(question, 'logs', `log-group:${name}`);
    const isGroup = group.split(':')[5] === 'log-group';
    return isOnTags || !isGroup ? group : `${group}:log-stream:${stream}`;
  });
}

function route53({ request, facts, place }: ResourceQuestion): readonly string[] | undefined {
  const { parameters } = request;
  const prefix = `arn:${place.partition}:route53:::`;
  const ids = stringsOf(parameters.ResourceId).concat(
    stringsOf(memberAt(parameters, 'ResourceIds.ResourceId')),
  );
  const type = firstString(parameters, 'ResourceType');
  if (type !== undefined) return ids.map((id) => `${prefix}${type}/${id}`);
  const zone = firstString(parameters, 'HostedZoneId') ?? firstString(parameters, 'Id');
  const isOnZone = facts.types.some(({ name }) => name === 'hostedzone');
  return isOnZone && zone !== undefined ? [`${prefix}hostedzone/${zone.replace(/^.*\//, '')}`] : undefined;
}

function s3({ request, action, place }: ResourceQuestion): readonly string[] {
  const { parameters, operation } = request;
  const bucket = firstString(parameters, 'Bucket');
  if (bucket === undefined) return ['*'];
  const prefix = `arn:${place.partition}:s3:::`;
  const isSource = action.startsWith('s3:GetObject') && /Copy/.test(operation);
  if (isSource) {
    const source = decodeURIComponent(firstString(parameters, 'CopySource') ?? '')
      .replace(/^\//, '')
      .replace(/\?versionId=.*$/, '');
    return [`${prefix}${source}`];
  }
  const key = firstString(parameters, 'Key');
  if (key !== undefined) return [`${prefix}${bucket}/${key}`];
  const objects = operation === 'DeleteObjects' ? listOf(memberAt(parameters, 'Delete.Object')) : [];
  if (objects.length === 0) return [`${prefix}${bucket}`];
  const isOfVersions = action.endsWith('Version');
  const deleted = objects.filter(
    (one) => /Governance/.test(action) || (isObject(one) && isOfVersions === (one.VersionId !== undefined)),
  );
  return deleted.map((one) => `${prefix}${bucket}/${(isObject(one) && firstString(one, 'Key')) || '*'}`);
}

/** AWS puts six characters of its own behind a secret's name. */
async function secret(question: ResourceQuestion): Promise<readonly string[] | undefined> {
  const { request, facts, lookup } = question;
  if (facts.types.length === 0) return undefined;
  const id = firstString(request.parameters, 'SecretId');
  if (id !== undefined) {
    const known =
      id.startsWith('arn:') && /-[A-Za-z0-9]{6}$/.test(id) ? id : await lookup.arnOf('secretsmanager', id);
    return [known ?? (id.startsWith('arn:') ? id : arn(question, 'secretsmanager', `secret:${id}`))];
  }
  const name = firstString(request.parameters, 'Name');
  return name === undefined ? undefined : [arn(question, 'secretsmanager', `secret:${name}-AbCdEf`)];
}

/** A subscription's ARN is its topic's with an id behind. */
function topic(question: ResourceQuestion): readonly string[] | undefined {
  const { parameters } = question.request;
  const stated = ['TopicArn', 'ResourceArn', 'SubscriptionArn', 'TargetArn']
    .map((name) => firstString(parameters, name))
    .find((one) => one !== undefined);
  if (stated !== undefined && question.facts.types.length > 0)
    return [stated.split(':').slice(0, 6).join(':')];
  return stated === undefined ? undefined : ['*'];
}

/** A queue's URL holds account and name: `https://sqs.ap-northeast-1.amazonaws.com/111111111111/jobs`. */
function queue(question: ResourceQuestion): readonly string[] | undefined {
  const { parameters } = question.request;
  const url = firstString(parameters, 'QueueUrl');
  const [, account, named] = /\/(\d{12})\/([^/]+)$/.exec(url ?? '') ?? [];
  if (account !== undefined && named !== undefined) {
    return [`arn:${question.place.partition}:sqs:${question.place.region}:${account}:${named}`];
  }
  const name = firstString(parameters, 'QueueName');
  return name === undefined ? undefined : [arn(question, 'sqs', name)];
}

/** Systems Manager API Reference, AddTagsToResource: ResourceType. */
const TAGGED_KINDS: Readonly<Record<string, string>> = {
  Association: 'association',
  Automation: 'automation-execution',
  Document: 'document',
  MaintenanceWindow: 'maintenancewindow',
  ManagedInstance: 'managed-instance',
  OpsItem: 'opsitem',
  OpsMetadata: 'opsmetadata',
  PatchBaseline: 'patchbaseline',
};

/** Of a name that is a path, the first slash is not part of the ARN. */
function parameter(question: ResourceQuestion): readonly string[] | undefined {
  const { request, facts } = question;
  const { parameters } = request;
  const kind = firstString(parameters, 'ResourceType');
  const tagged = TAGGED_KINDS[kind ?? ''];
  if (tagged !== undefined)
    return [arn(question, 'ssm', `${tagged}/${firstString(parameters, 'ResourceId') ?? '*'}`)];
  const isParameter =
    kind === 'Parameter' || (kind === undefined && facts.types.some(({ name }) => name === 'parameter'));
  if (!isParameter) return undefined;
  const names = ['Name', 'Names', 'Path', 'ResourceId'].flatMap((name) => stringsOf(parameters[name]));
  if (names.length === 0) return undefined;
  return names.map((name) =>
    name.startsWith('arn:') ? name : arn(question, 'ssm', `parameter/${name.replace(/^\//, '')}`),
  );
}

function webAcl(question: ResourceQuestion): readonly string[] | undefined {
  const { request, facts } = question;
  const { parameters } = request;
  const scope = firstString(parameters, 'Scope');
  if (scope === undefined) return undefined;
  const operation = request.operation.toLowerCase();
  const type =
    facts.types.find(({ name }) => operation.endsWith(name) && name !== 'webacl') ??
    facts.types.find(({ name }) => name === 'webacl' && operation.includes(name));
  if (type === undefined) return undefined;
  const where = scope === 'CLOUDFRONT' ? 'global' : 'regional';
  return [
    arn(
      question,
      'wafv2',
      `${where}/${type.name}/${firstString(parameters, 'Name') ?? '*'}/${firstString(parameters, 'Id') ?? '*'}`,
    ),
  ];
}
