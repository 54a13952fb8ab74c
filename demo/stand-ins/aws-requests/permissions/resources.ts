import type { AwsRequest } from '../model.ts';
import { fillTemplate, matchesTemplate, type Place } from './arn-templates.ts';
import { isList, memberAt, stringsOf } from './members.ts';
import resourceNames from './resource-names.json' with { type: 'json' };
import type { ActionFacts, ResourceType } from './service-authorization.ts';
import { resourceTypes } from './service-authorization.ts';
import { ownResources } from './special-resources.ts';

/** What a request does not say and only AWS knows; each answers undefined where there is no such thing. */
export interface ResourceLookup {
  /** `/team/` of a role, user, group, policy, instance profile … */
  iamPath(type: string, name: string): Promise<string | undefined>;
  /** ARN of a key or secret by its id, alias or name. */
  arnOf(service: 'kms' | 'secretsmanager', id: string): Promise<string | undefined>;
}

export interface ResourceQuestion {
  readonly request: AwsRequest;
  readonly action: string;
  readonly facts: ActionFacts;
  readonly place: Place;
  readonly lookup: ResourceLookup;
}

/**
 * ARNs of what the action acts on, all of which must be allowed; `*` where the action acts on no resource, or on none that
 * the request names. A new resource whose id AWS chooses has `*` for the id, as in AWS.
 */
export async function resourcesOf(question: ResourceQuestion): Promise<readonly string[]> {
  const own = await ownResources(question);
  const found = own ?? (await byReference(question));
  return found.length === 0 ? ['*'] : [...new Set(found)];
}

async function byReference(question: ResourceQuestion): Promise<readonly string[]> {
  const { request, action, facts } = question;
  const results = facts.types.map((type) => ({ type, ...resourcesOfType(question, type) }));
  const kinds = new Set(results.filter(({ isNamed }) => isNamed).map(({ type }) => kindOf(type)));
  const isCreating = /^(?:Create|Put|Run|Register|Request|Allocate|Import|Copy|Restore|Start)/.test(
    request.operation,
  );
  const isActedOn = ({ type, isNamed }: (typeof results)[number]): boolean =>
    isNamed || (type.isRequired && !kinds.has(kindOf(type)) && (isCreating || kinds.size === 0));
  const arns = results.filter(isActedOn).flatMap((result) => result.arns);
  if (arns.length > 0 || facts.types.length === 0) return arns;
  // The reference knows one action for the two generations of load balancers, and lists types of one of them.
  const templates = (await resourceTypes(action.split(':')[0] ?? '')).flatMap((type) => type.arns);
  return statedArns(request).filter((arn) => templates.some((template) => matchesTemplate(arn, template)));
}

/**
 * What an operation creates whose own action acts on no resource, for the tags that it gets: `key/*` of `CreateKey`. Undefined where
 * no type of the service is named in the operation.
 */
export async function createdResource({
  request,
  action,
  place,
}: ResourceQuestion): Promise<string | undefined> {
  const operation = plainName(request.operation);
  const types = await resourceTypes(action.split(':')[0] ?? '');
  const [best] = types
    .filter(({ name }) => operation.includes(plainName(name)))
    .toSorted((a, b) => b.name.length - a.name.length);
  return best === undefined ? undefined : fillTemplate(best.arns[0] ?? '', place, () => []).arns[0];
}

/** `loadbalancer/app/` and `loadbalancer/net/` are one kind: if one is named, the other is not meant. */
const kindOf = ({ name }: ResourceType): string => name.split('/')[0] ?? name;

function resourcesOfType(question: ResourceQuestion, type: ResourceType) {
  const { request, place } = question;
  const stated = statedArns(request).filter((arn) =>
    type.arns.some((template) => matchesTemplate(arn, template)),
  );
  if (stated.length > 0) return { isNamed: true, arns: stated };
  const filled = type.arns.map((template) =>
    fillTemplate(template, place, (variable) => namesOf(question, type, variable)),
  );
  const best = filled.toSorted((a, b) => b.namedCount - a.namedCount)[0];
  if (best === undefined) return { isNamed: false, arns: [] };
  // Of a resource that there is once in an account (Glue's catalog) every request that needs it is a request on it.
  if (best.variableCount === 0) return { isNamed: type.isRequired, arns: best.arns };
  const isNamed = best.namedCount === best.variableCount;
  const isPartly = type.isRequired && best.namedCount > 0;
  return { isNamed: isNamed || isPartly, arns: best.arns };
}

/** ARNs that stand in a request as members of their own. */
const statedArns = ({ parameters }: AwsRequest): readonly string[] =>
  Object.values(parameters)
    .flatMap(stringsOf)
    .filter((words) => words.startsWith('arn:'));

function namesOf(
  { request, facts }: ResourceQuestion,
  type: ResourceType,
  variable: string,
): readonly string[] {
  const { parameters, operation, service } = request;
  const words = plainName(type.name);
  const isMeant = facts.types.length === 1 || plainName(operation).includes(words);
  const stated = MEMBERS.get(`${service} ${variable}`);
  if (stated?.length === 0) return [];
  const candidates = [
    ...(stated ?? [variable, `${variable}s`]),
    // EC2 chooses the ids of what has them, whatever name it is given: what is created is `launch-template/*`.
    ...(isMeant && !(service === 'ec2' && /id$/i.test(variable)) ? [`${words}name`] : []),
    ...(isMeant ? [`${words}id`, `${words}identifier`, words] : []),
    ...(isMeant && /name$/i.test(variable) ? ['Name', 'Names'] : []),
    ...(isMeant && /id$/i.test(variable) ? ['Id', 'Ids', 'ResourceId'] : []),
  ];
  for (const path of candidates) {
    const found = stringsOf(memberAt(parameters, path));
    if (found.length > 0) return found.map(lastOfArn);
    const deeper = service === 'ec2' ? deep(parameters, path) : [];
    if (deeper.length > 0) return deeper;
  }
  return [];
}

const plainName = (name: string): string => name.replace(/[^A-Za-z0-9]/g, '').toLowerCase();

/** `arn:…:cluster/main` stands where `main` could. */
const lastOfArn = (words: string): string =>
  words.startsWith('arn:') ? words.replace(/^.*[:/](?=.)/, '') : words;

/** EC2 names subnets and security groups inside of network interfaces, too. */
function deep(value: AwsRequest['parameters'], name: string): readonly string[] {
  return Object.entries(value).flatMap(([member, one]) => {
    if (/^(?:Filter|TagSpecification)s?$/.test(member)) return [];
    if (member === name) return stringsOf(one);
    const inner = isList(one) ? one : [one];
    return inner.flatMap((each) =>
      each !== null && typeof each === 'object' && !isList(each)
        ? deep(each as AwsRequest['parameters'], name)
        : [],
    );
  });
}

const MEMBERS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(resourceNames.services).flatMap(([service, variables]) =>
    Object.entries(variables).map(([variable, members]): [string, readonly string[]] => [
      `${service} ${variable}`,
      members,
    ]),
  ),
);
