import { parseAccountId } from '#core-values';
import {
  type AccessRequest,
  actionFits,
  type CompiledPolicy,
  compilePolicy,
  fits,
  parsePolicy,
  prepareRequest,
  requestContext,
} from '#iam/core';
import { isDangerous } from './dangerous.ts';
import {
  type Home,
  type Pair,
  PLACES,
  type Place,
  type Question,
  questionsAround,
  questionsAt,
  questionsOf,
} from './universe.ts';

/** What policies allow of everything that is asked. */
export interface Width {
  /** Pairs of an action and a resource. */
  readonly pairs: number;
  readonly pairsByPlace: Readonly<Record<Place, number>>;
  /** Different actions, on anything. */
  readonly actions: number;
  /** Dangerous actions allowed on anything, without those that were called. */
  readonly dangerousActions: number;
  /** Pairs of a dangerous action, called or not, with a resource that it was not called on. */
  readonly dangerousPairs: number;
  /** Calls that were made and that these policies would not allow. */
  readonly lacking: number;
}

/** Everything that is asked about one plan, once for any number of policies. */
export interface Universe {
  readonly size: number;
  readonly calledPairs: number;
  /** In lower case. */
  readonly calledActions: ReadonlySet<string>;
  /** By action in lower case. */
  readonly byAction: ReadonlyMap<string, readonly Asked[]>;
}

export interface Asked {
  readonly key: string;
  /** In lower case. */
  readonly action: string;
  readonly place: Place;
  readonly request: AccessRequest;
  readonly isCalled: boolean;
}

/** Compiles the JSON of policies that hold together, as a session policy with managed ones beside it do. */
export const policiesOf = (sources: readonly string[]): readonly CompiledPolicy[] =>
  sources.map((source) => {
    const parsed = parsePolicy(source, { kind: 'identity', file: 'policy' });
    if (!parsed.ok) throw new Error(parsed.error.reasons[0].message.en);
    return compilePolicy(parsed.value, 'policy');
  });

/** Of a plan that was applied at `home` and called these. */
export function universeOf(calls: readonly Pair[], home: Home): Universe {
  const called = questionsOf(calls, home);
  const byAction = new Map(fixedAt(home));
  const own = Map.groupBy([...questionsAround(calls, home), ...called], ({ action }) => action.toLowerCase());
  const isCalled = new Set(called.map(keyOf));
  for (const [action, questions] of own) {
    const fixed = byAction.get(action) ?? [];
    const all = new Map([
      ...fixed.map((asked) => [asked.key, asked] as const),
      ...questions.map((question) => {
        const key = keyOf(question);
        return [key, askedOf(question, key, home, isCalled.has(key))] as const;
      }),
    ]);
    byAction.set(action, [...all.values()]);
  }
  return {
    size: byAction.values().reduce((sum, asked) => sum + asked.length, 0),
    calledPairs: isCalled.size,
    calledActions: new Set(called.map(({ action }) => action.toLowerCase())),
    byAction,
  };
}

const fixedByHome = new Map<string, ReadonlyMap<string, readonly Asked[]>>();

/** What is asked of every plan there. */
function fixedAt(home: Home): ReadonlyMap<string, readonly Asked[]> {
  const name = [home.partition, home.account, home.region].join(' ');
  const known = fixedByHome.get(name);
  if (known !== undefined) return known;
  const questions = new Map(questionsAt(home).map((question) => [keyOf(question), question]));
  const asked = [...questions].map(([key, question]) => askedOf(question, key, home, false));
  const made = Map.groupBy(asked, ({ action }) => action);
  fixedByHome.set(name, made);
  return made;
}

const askedOf = (question: Question, key: string, home: Home, isCalled: boolean): Asked => ({
  key,
  action: question.action.toLowerCase(),
  place: question.place,
  request: requestOf(question, home),
  isCalled,
});

const keyOf = ({ action, resource, region, account }: Question): string =>
  [action.toLowerCase(), resource, region ?? '', account].join(' ');

const circumstances = new Map<string, AccessRequest>();

const VIA_SERVICES = ['aws:CalledVia', 'aws:CalledViaFirst', 'aws:CalledViaLast', 'kms:ViaService'];

/**
 * What does not hang on action and resource. The call is made by the holder of the credentials, not by a service in their name; what
 * has a name is there already, so that tagging it is no part of making it (EC2 User Guide, "Grant permission to tag resources during
 * creation"). What else conditions ask for is not known.
 */
function circumstancesOf({ resource, region, account }: Question, home: Home): AccessRequest {
  const exists = !resource.includes('*');
  const key = `${home.partition} ${home.account} ${region ?? ''} ${account} ${exists}`;
  const known = circumstances.get(key);
  if (known !== undefined) return known;
  const [own, owner] = [parseAccountId(home.account), parseAccountId(account)];
  if (own === undefined || owner === undefined)
    throw new Error(`Not an account: ${home.account}, ${account}`);
  const request = prepareRequest({
    principal: { kind: 'role-session', partition: home.partition, account: own, roleName: 'apply' },
    action: 'any:Action',
    resource: '*',
    resourceAccount: owner,
    context: requestContext(
      { 'aws:ViaAWSService': 'false', ...(region !== undefined && { 'aws:RequestedRegion': region }) },
      { absent: [...VIA_SERVICES, ...(exists ? ['ec2:CreateAction'] : [])] },
    ),
  });
  if (!request.ok) throw new Error(request.error.message.en);
  circumstances.set(key, request.value);
  return request.value;
}

function requestOf(question: Question, home: Home): AccessRequest {
  const { action, resource } = question;
  const [service = '', actionName = ''] = action.toLowerCase().split(':');
  return { ...circumstancesOf(question, home), action, service, actionName, resource };
}

/**
 * What the policies allow by themselves, whatever else holds: policies of the resources, guardrails. A condition on what the caller can
 * choose, or what nobody here knows, is taken to let pass, in each policy alike.
 */
export const allowedBy = (policies: readonly CompiledPolicy[], { byAction }: Universe): readonly Asked[] =>
  [...byAction.values()].flatMap((asked) => {
    const passes = passing(policies, asked);
    return asked.filter(({ request }) => passes(request));
  });

export function widthOf(policies: readonly CompiledPolicy[], universe: Universe): Width {
  const allowed = allowedBy(policies, universe);
  const beyond = allowed.filter(({ isCalled }) => !isCalled);
  const dangerous = beyond.filter(({ action }) => isDangerous(action));
  const dangerousActions = new Set(dangerous.map(({ action }) => action));
  const pairsByPlace = Object.fromEntries(PLACES.map((place) => [place, 0])) as Record<Place, number>;
  for (const { place } of allowed) pairsByPlace[place] += 1;
  return {
    pairs: allowed.length,
    pairsByPlace,
    actions: new Set(allowed.map(({ action }) => action)).size,
    dangerousActions: [...dangerousActions].filter((action) => !universe.calledActions.has(action)).length,
    dangerousPairs: dangerous.length,
    lacking: universe.calledPairs - (allowed.length - beyond.length),
  };
}

/** All questions are of one action: statements without it are looked at once. */
function passing(
  policies: readonly CompiledPolicy[],
  [first]: readonly Asked[],
): (request: AccessRequest) => boolean {
  if (first === undefined) return () => false;
  const on = (statements: CompiledPolicy['allows']) =>
    statements.filter((one) => actionFits(one, first.request));
  const allows = policies.flatMap((policy) => on(policy.allows));
  const denies = policies.flatMap((policy) => on(policy.denies));
  return (request) =>
    allows.some((one) => fits(one, request) !== 'no') && !denies.some((one) => fits(one, request) === 'yes');
}
