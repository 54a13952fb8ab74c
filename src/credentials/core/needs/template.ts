import { type PlanValue, UNKNOWN } from '#plan/core';
import { type Told, valuesAt } from './attribute.ts';

export interface ArnFacts {
  readonly partition: string;
  readonly account: string;
  /** Regions in which the object may be. */
  readonly regions: readonly string[];
}

export interface Filled {
  readonly pattern: string;
  /** Something in it is only known after apply. */
  readonly isUnknown: boolean;
}

/** More than any list of subnets or roles of one resource. */
const MAX_FILLED = 200;

/**
 * The ARNs of a template: `${Partition}`, `${Region}`, `${Account}` are the stack's, `${.name}` is the attribute of any of the
 * objects, and `*` where none tells it. Undefined where a name could be read as a pattern (attack 5).
 */
export function fill(
  template: string,
  objects: readonly PlanValue[],
  facts: ArnFacts,
): readonly Filled[] | undefined {
  let filled: readonly Filled[] = [{ pattern: '', isUnknown: false }];
  for (const [at, part] of template.split(/\$\{([^}]+)\}/).entries()) {
    const options: readonly Told[] = at % 2 === 0 ? [part] : optionsFor(part, objects, facts);
    if (at % 2 === 1 && options.some((told) => told !== undefined && !isPlain(told))) return undefined;
    filled = filled.flatMap((one) => options.map((told) => append(one, told, part, objects)));
    if (filled.length > MAX_FILLED) return [{ pattern: '*', isUnknown: true }];
  }
  return filled.map((one) => ({ ...one, pattern: one.pattern.replaceAll(/\*{2,}/g, '*') }));
}

function optionsFor(name: string, objects: readonly PlanValue[], facts: ArnFacts): readonly Told[] {
  switch (name) {
    case 'Partition':
      return [facts.partition];
    case 'Account':
      return [facts.account];
    case 'Region':
      return facts.regions;
  }
  if (!name.startsWith('.')) return [undefined];
  const [path = '', within] = name.slice(1).split('|');
  const values = objects.flatMap((object) => valuesAt(object, path));
  const told = [
    ...new Set(within === undefined ? values : values.map((one) => one?.replace(OF_ANY_TYPE, ''))),
  ];
  const known = told.filter((one) => one !== undefined);
  if (known.length === 0) return [undefined];
  return told.length === known.length || IDENTITY.test(name) ? known : [...known, undefined];
}

/** An ARN up to the name of its type: `…:loadbalancer/`. */
const OF_ANY_TYPE = /^arn:(?:[^:]*:){4}[^/]+\//;

/** Once an object has these, no update of it gives it others, even where the plan leaves them open. */
const IDENTITY = /^\.(?:id|arn|name|bucket|function_name|key_id|security_group_rule_id)$/;

function append(one: Filled, told: Told, part: string, objects: readonly PlanValue[]): Filled {
  if (told === undefined) {
    return { pattern: `${one.pattern}${beginningOf(part, objects)}*`, isUnknown: true };
  }
  // `/shop/db` after `parameter/` is one slash; in S3 two would be two.
  const isDoubled = one.pattern.endsWith('/') && told.startsWith('/') && !one.pattern.includes(':s3:');
  // The ARN of an identity provider has its URL without the scheme; the configuration may have it with.
  const isProvider = one.pattern.endsWith(':oidc-provider/');
  const name = isDoubled ? told.slice(1) : isProvider ? told.replace(/^https:\/\//, '') : told;
  return { ...one, pattern: one.pattern + name };
}

/** `name_prefix` tells how a generated `name` will begin. */
function beginningOf(part: string, objects: readonly PlanValue[]): string {
  const [prefix, ...more] = objects.flatMap((object) => valuesAt(object, `${part.slice(1)}_prefix`));
  return prefix === undefined || more.length > 0 || !isPlain(prefix) ? '' : prefix;
}

/** A name that stands in a policy for itself. */
const isPlain = (name: string): boolean => !/[*?$"\\]/.test(name) && /^[\u0020-\u00ff]+$/.test(name);

/** Whether the object has an ARN already, which then says more than any template. */
export const arnOf = (object: PlanValue): string | undefined => {
  const arn = object instanceof Map ? object.get('arn') : undefined;
  return typeof arn === 'string' && arn !== '' && isPlain(arn) && arn.startsWith('arn:') ? arn : undefined;
};

export const isAbsent = (object: PlanValue): boolean => object === null || object === UNKNOWN;
