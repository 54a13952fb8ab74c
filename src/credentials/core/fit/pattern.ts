import data from './service-actions.json' with { type: 'json' };

type ActionsByResources = Readonly<Record<string, readonly string[]>>;
const services: ReadonlyMap<string, ActionsByResources> = new Map(Object.entries(data.services));

/** Patterns here know only `*`. The `?` of a secret's generated ending is itself, so that fewer things look alike than are; other names with it never get into a need. */
const expressions = new Map<string, RegExp>();

function expressionOf(pattern: string): RegExp {
  const known = expressions.get(pattern);
  if (known !== undefined) return known;
  const made = new RegExp(`^${pattern.replaceAll(/[.+^${}()|[\]\\?]/g, '\\$&').replaceAll('*', '.*')}$`, 's');
  if (expressions.size > 20_000) expressions.clear();
  expressions.set(pattern, made);
  return made;
}

/** Whether everything that `inner` matches is matched by `outer`: `*` in `inner` is matched by nothing but `*`. */
export function covers(outer: string, inner: string): boolean {
  if (outer === inner || outer === '*') return true;
  const wildcard = outer.indexOf('*');
  if (wildcard === -1) return false;
  // Most patterns are a beginning; all others have one, too.
  if (!inner.startsWith(outer.slice(0, wildcard))) return false;
  return wildcard === outer.length - 1 || expressionOf(outer).test(inner);
}

/** Whether some ARN is matched by both; field by field, and too careful where both have several wildcards in one field. */
export function overlap(one: string, other: string): boolean {
  if (one === '*' || other === '*') return true;
  const [left, right] = [fieldsOf(one), fieldsOf(other)];
  return left.every((field, at) => fieldsOverlap(field, right[at] ?? ''));
}

/** Partition, service, region and account never hold a colon; what comes after them may. */
function fieldsOf(arn: string): readonly string[] {
  const [a = '', partition = '', service = '', region = '', account = '', ...rest] = arn.split(':');
  return [a, partition, service, region, account, rest.join(':')];
}

function fieldsOverlap(one: string, other: string): boolean {
  if (!one.includes('*')) return covers(other, one);
  if (!other.includes('*')) return covers(one, other);
  const [left, right] = [ends(one), ends(other)];
  const startsAlike = left.first.startsWith(right.first) || right.first.startsWith(left.first);
  return startsAlike && (left.last.endsWith(right.last) || right.last.endsWith(left.last));
}

const ends = (pattern: string) => ({
  first: pattern.slice(0, pattern.indexOf('*')),
  last: pattern.slice(pattern.lastIndexOf('*') + 1),
});

export const serviceOf = (action: string): string => action.slice(0, action.indexOf(':'));

const byAction = new Map<string, readonly string[]>();
const byService = new Map<string, readonly string[]>();
for (const [service, table] of services) {
  const names: string[] = [];
  for (const [resources, actions] of Object.entries(table)) {
    const patterns = resources.split(' ');
    for (const name of actions) {
      byAction.set(`${service}:${name}`.toLowerCase(), patterns);
      names.push(`${service}:${name}`);
    }
  }
  byService.set(service, names.toSorted());
}

export const actionsOfService = (service: string): readonly string[] => byService.get(service) ?? [];

/** What an action acts on, as patterns of ARNs; `*` for one that acts on no resource, or that nobody knows. */
export const resourcesOfAction = (action: string): readonly string[] =>
  byAction.get(action.toLowerCase()) ?? ['*'];

const expansions = new Map<string, readonly string[]>();

/** The actions that a pattern allows, as far as AWS's reference of the data file's date has them; itself where it is none. */
export function expand(pattern: string): readonly string[] {
  if (!pattern.includes('*')) return [pattern];
  const known = expansions.get(pattern);
  if (known !== undefined) return known;
  const names = actionsOfService(serviceOf(pattern)).filter((name) =>
    covers(pattern.toLowerCase(), name.toLowerCase()),
  );
  expansions.set(pattern, names);
  return names;
}

const actedOn = new Map<string, readonly string[]>();

/** The services in whose ARNs the action's resources are; undefined for one that nobody knows. */
export function servicesActedOn(action: string): readonly string[] | undefined {
  const known = actedOn.get(action);
  if (known !== undefined) return known;
  const types = byAction.get(action.toLowerCase());
  if (types === undefined) return undefined;
  const found = [...new Set(types.map(serviceOfArn))];
  actedOn.set(action, found);
  return found;
}

/** Whether a pattern has not even the beginning of a name: `role/*`, `secret:*`. In IAM, a path comes before the name. */
export function isNameless(resource: string): boolean {
  const wildcard = resource.indexOf('*');
  if (wildcard === -1 || (serviceOfArn(resource) === 'iam' && /\/[^*/]+$/.test(resource))) return false;
  const tail = resource.slice(0, wildcard).split(':').slice(5).join(':');
  return tail.replace(/^[a-z-]+[/:]/, '') === '';
}

export const serviceOfArn = (arn: string): string => arn.split(':', 3)[2] ?? '*';

/** By resource, then by action: merging asks the same many thousand times. */
const asked = new Map<string, Map<string, boolean>>();

/** Whether AWS asks for the action on a resource of this ARN; otherwise a statement with both allows nothing by it. */
export function applies(action: string, resource: string): boolean {
  if (resource === '*') return true;
  let ofResource = asked.get(resource);
  if (ofResource === undefined) {
    if (asked.size > 20_000) asked.clear();
    ofResource = new Map();
    asked.set(resource, ofResource);
  }
  const known = ofResource.get(action);
  if (known !== undefined) return known;
  const types = byAction.get(action.toLowerCase());
  const answer = types === undefined || types.some((type) => isOfType(type, resource));
  ofResource.set(action, answer);
  return answer;
}

function isOfType(type: string, resource: string): boolean {
  // A bucket is not an object, though `*` would reach over the slash.
  if (type === 'arn:*:s3:::*' && resource.includes('/')) return false;
  return type !== '*' && overlap(type, resource);
}
