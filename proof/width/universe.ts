import data from '../../src/credentials/core/fit/service-actions.json' with { type: 'json' };
import { patternTest } from '../../src/iam/core/index.ts';

/*
 * What could be asked of AWS by somebody who holds the credentials of one apply: every action of the Service Authorization Reference,
 * on a sample of the resources that AWS checks it on. AWS has more resources than anybody can list; what a policy says of these few tells
 * what it says of all the others.
 */

/** Where the plan was applied. */
export interface Home {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
}

/** `called`: a resource that the apply called. `alike`: of a name that begins like it. `another`: of the same type. */
export const PLACES = ['called', 'alike', 'another', 'other-region', 'other-account'] as const;
export type Place = (typeof PLACES)[number];

/** An action and a resource that AWS would check together. */
export interface Pair {
  readonly action: string;
  /** An ARN; `*` for an action on no resource; `…/*` for what gets its id only as it is made. */
  readonly resource: string;
}

export interface Question extends Pair {
  readonly place: Place;
  /** Where it is asked; absent for services without regions. */
  readonly region?: string;
  /** Whose the resource is. */
  readonly account: string;
}

/** A type of resource, as the pattern of its ARN, with every action that AWS checks on it. */
interface ResourceType {
  readonly service: string;
  readonly pattern: string;
  readonly has: (arn: string) => boolean;
  readonly actions: readonly string[];
}

const OTHER_ACCOUNT = '999999999999';
const otherRegion = (region: string): string => (region === 'eu-central-1' ? 'eu-west-1' : 'eu-central-1');

/** Names of actions by the patterns of their resources' ARNs. */
const tables: readonly (readonly [patterns: readonly string[], actions: readonly string[]])[] =
  Object.entries(data.services).flatMap(([service, table]) =>
    Object.entries<readonly string[]>(table).map(
      ([patterns, names]) => [patterns.split(' '), names.map((name) => `${service}:${name}`)] as const,
    ),
  );

const NO_RESOURCE = tables.flatMap(([patterns, actions]) => (patterns.includes('*') ? actions : []));

const TYPES: readonly ResourceType[] = readTypes();

function readTypes(): readonly ResourceType[] {
  const actionsByPattern = new Map<string, string[]>();
  for (const [patterns, actions] of tables) {
    for (const pattern of patterns.filter((one) => one !== '*')) {
      actionsByPattern.set(pattern, [...(actionsByPattern.get(pattern) ?? []), ...actions]);
    }
  }
  return [...actionsByPattern].map(([pattern, actions]) => ({
    service: fieldsOf(pattern).service,
    pattern,
    // A bucket is not an object, though `*` reaches over the slash.
    has: pattern === 'arn:*:s3:::*' ? (arn) => /^arn:[^:]*:s3:::[^/]*$/.test(arn) : patternTest(pattern),
    actions,
  }));
}

/** Services none of whose resources has a region in its ARN are asked in no region. */
const GLOBAL: ReadonlySet<string> = new Set(
  Object.entries(data.services).flatMap(([service, table]) => {
    const arns = Object.keys(table)
      .flatMap((patterns) => patterns.split(' '))
      .filter((pattern) => pattern !== '*');
    return arns.length > 0 && arns.every((arn) => fieldsOf(arn).region === '') ? [service] : [];
  }),
);

function fieldsOf(arn: string) {
  const [, partition = '', service = '', region = '', account = '', ...rest] = arn.split(':');
  return { partition, service, region, account, name: rest.join(':') };
}

const inRegion = (action: string, region: string) =>
  GLOBAL.has(action.slice(0, action.indexOf(':'))) ? {} : { region };

/** What does not hang on the plan: another resource of every type, here, in another region, in another account. */
export function questionsAt(home: Home): readonly Question[] {
  const elsewhere = { ...home, region: otherRegion(home.region) };
  const others = { ...home, account: OTHER_ACCOUNT };
  const made = [
    ...NO_RESOURCE.flatMap((action) => [
      asked('another', action, '*', home),
      asked('other-region', action, '*', elsewhere),
    ]),
    ...TYPES.flatMap(({ pattern, actions }) => {
      const [here, there] = [example(pattern, home), example(pattern, elsewhere)];
      const foreign = example(pattern, others);
      // What belongs to AWS itself has no such other.
      const hasOwner = ['', OTHER_ACCOUNT].includes(fieldsOf(foreign).account);
      return actions.flatMap((action) => [
        asked('another', action, here, home),
        asked('other-region', action, there, elsewhere),
        ...(hasOwner ? [asked('other-account', action, foreign, others)] : []),
      ]);
    }),
  ];
  return made.filter(({ place, region }) => place !== 'other-region' || region !== undefined);
}

const asked = (place: Place, action: string, resource: string, at: Home): Question => ({
  place,
  action,
  resource,
  ...inRegion(action, at.region),
  account: at.account,
});

/** A resource of the type that no plan has. */
function example(pattern: string, at: Home): string {
  const { service, region, account, name } = fieldsOf(pattern);
  const [here, whose] = [region === '*' ? at.region : region, account === '*' ? at.account : account];
  const [of, named] = [service, name].map((field) => field.replaceAll('*', 'another'));
  return `arn:${at.partition}:${of}:${here}:${whose}:${named}`;
}

/** What was called. */
export const questionsOf = (calls: readonly Pair[], home: Home): readonly Question[] =>
  calls.map(({ action, resource }) => asked('called', action, resource, placeOf(resource, home)));

/** Every action on each resource that was called, on one of a name that begins alike, and on its namesakes elsewhere. */
export function questionsAround(calls: readonly Pair[], home: Home): readonly Question[] {
  const resources = calls.map(({ resource }) => resource).filter((resource) => !resource.includes('*'));
  return [...new Set(resources)].flatMap((resource) => {
    const service = fieldsOf(resource).service;
    const types = TYPES.filter((type) => type.service === service && type.has(resource));
    return types.flatMap(({ actions }) => actions.flatMap((action) => around(action, resource, home)));
  });
}

/** A resource may be of another region or account than the plan. */
function placeOf(resource: string, home: Home): Home {
  const { region, account } = fieldsOf(resource);
  return {
    ...home,
    ...(region !== '' && { region }),
    ...(/^\d{12}$/.test(account) && { account }),
  };
}

function around(action: string, resource: string, home: Home): readonly Question[] {
  const at = placeOf(resource, home);
  const { partition, service, region, account, name } = fieldsOf(resource);
  const elsewhere = { ...at, region: otherRegion(at.region) };
  const others = { ...at, account: OTHER_ACCOUNT };
  const arn = (where: string, whose: string) => `arn:${partition}:${service}:${where}:${whose}:${name}`;
  return [
    asked('called', action, resource, at),
    asked('alike', action, `${resource}-alike`, at),
    ...(region === '' ? [] : [asked('other-region', action, arn(elsewhere.region, account), elsewhere)]),
    ...(/^\d{12}$/.test(account)
      ? [asked('other-account', action, arn(region, others.account), others)]
      : []),
  ];
}
