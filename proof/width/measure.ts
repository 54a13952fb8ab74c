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
  readonly calledActions: number;
  /** By action in lower case. */
  readonly byAction: ReadonlyMap<string, readonly Asked[]>;
}

interface Asked {
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
    calledActions: new Set(called.map(({ action }) => action.toLowerCase())).size,
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

/** Made by the holder of the credentials, not by a service in their name. What else conditions ask for is not known. */
function requestOf(question: Question, { partition, account }: Home): AccessRequest {
  const { action, resource, region } = question;
  const [own, owner] = [parseAccountId(account), parseAccountId(question.account)];
  if (own === undefined || owner === undefined)
    throw new Error(`Not an account: ${account}, ${question.account}`);
  const request = prepareRequest({
    principal: { kind: 'role-session', partition, account: own, roleName: 'apply' },
    action,
    resource,
    resourceAccount: owner,
    context: requestContext(
      { 'aws:ViaAWSService': 'false', ...(region !== undefined && { 'aws:RequestedRegion': region }) },
      { absent: ['aws:CalledVia', 'aws:CalledViaFirst', 'aws:CalledViaLast', 'kms:ViaService'] },
    ),
  });
  if (!request.ok) throw new Error(request.error.message.en);
  return request.value;
}

/**
 * How much the policies allow by themselves, whatever else holds: policies of the resources, guardrails. A condition on what the caller can
 * choose, or what nobody here knows, is taken to let pass, in each policy alike.
 */
export function widthOf(policies: readonly CompiledPolicy[], { byAction }: Universe): Width {
  const pairsByPlace = Object.fromEntries(PLACES.map((place) => [place, 0])) as Record<Place, number>;
  const width = { pairs: 0, actions: 0, dangerousActions: 0, dangerousPairs: 0, lacking: 0 };
  for (const [action, questions] of byAction) {
    const passes = passing(policies, questions);
    const allowed = questions.filter(({ request }) => passes(request));
    const beyond = allowed.filter(({ isCalled }) => !isCalled).length;
    const called = questions.filter(({ isCalled }) => isCalled).length;
    for (const { place } of allowed) pairsByPlace[place] += 1;
    width.pairs += allowed.length;
    width.lacking += called - (allowed.length - beyond);
    width.actions += allowed.length > 0 ? 1 : 0;
    if (!isDangerous(action)) continue;
    width.dangerousPairs += beyond;
    width.dangerousActions += called === 0 && beyond > 0 ? 1 : 0;
  }
  return { ...width, pairsByPlace };
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
