import { accountOf } from '../request/principal.ts';
import type { AccessRequest } from '../request/request.ts';
import { agreed, allOf, and, or, type Truth, truth } from '../truth.ts';
import { type CompiledPolicy, type CompiledStatement, fits, fitsWithPrincipal } from './compiled-policy.ts';
import {
  alwaysPasses,
  type Guardrails,
  type LayerName,
  type Layers,
  mustBeGrantedByResource,
  rcpsOn,
  scpsOn,
} from './layers.ts';
import { matchPrincipals } from './principal-match.ts';

/** Where a statement stands. */
export interface StatementReference {
  readonly layer: LayerName;
  /** Of a guardrail: `root`, an organizational unit, the account. */
  readonly level?: string;
  readonly policy: string;
  /** From 0 on, as in `Statement[0]`. */
  readonly statement: number;
  readonly sid?: string;
}

/** What one layer, or one level of guardrails, says by itself. */
export interface LayerOutcome {
  readonly layer: LayerName;
  readonly level?: string;
  readonly allows: Truth;
  /** The statement that allows, or may. */
  readonly by?: StatementReference;
}

/**
 * `unknown`: some filling-in of what is not known allows the request, or may, and another denies it. The other three hold for
 * every filling-in.
 */
export type VerdictKind = 'allowed' | 'explicitly-denied' | 'implicitly-denied' | 'unknown';

export interface Verdict {
  readonly kind: VerdictKind;
  /** The statements that deny; else those that allow, one a layer; else those that may do either. */
  readonly deciding: readonly StatementReference[];
  /** Layers without whose agreement the request is not allowed, and which do not give it. Empty unless implicitly denied. */
  readonly missing: readonly LayerOutcome[];
  /** Every layer that has a say, guardrails level by level. */
  readonly outcomes: readonly LayerOutcome[];
  /** Whether principal and resource are of one account. */
  readonly sameAccount: Truth;
}

/**
 * Decides whether AWS would let the request pass. Source: IAM User Guide, "Policy evaluation logic" with its pages on single and
 * cross-account requests; AWS Organizations User Guide, "SCP evaluation" and "RCP evaluation" (2026-11).
 */
export function evaluate(layers: Layers, request: AccessRequest): Verdict {
  const sameAccount = isSameAccount(request);
  if (alwaysPasses(request)) {
    return { kind: 'allowed', deciding: [], missing: [], outcomes: [], sameAccount };
  }
  const denials = findDenials(layers, request);
  if (denials.certain !== undefined) {
    return { kind: 'explicitly-denied', deciding: [denials.certain], missing: [], outcomes: [], sameAccount };
  }
  const guardrails = [
    ...guardrailOutcomes('scp', scpsOn(layers, request), request),
    ...guardrailOutcomes('rcp', rcpsOn(layers, request), request),
  ];
  const access = grantedAccess(layers, request, sameAccount);
  const outcomes = [...guardrails, ...access.outcomes];
  const isAllowed = and(
    allOf(guardrails, ({ allows }) => allows),
    access.granted,
  );
  const byOutcomes = (wanted: Truth): readonly StatementReference[] =>
    outcomes.flatMap(({ allows, by }) => (allows === wanted && by !== undefined ? [by] : []));
  if (isAllowed === 'no') {
    const missing = outcomes.filter(({ allows, layer }) => allows !== 'yes' && access.needed.has(layer));
    return { kind: 'implicitly-denied', deciding: [], missing, outcomes, sameAccount };
  }
  if (isAllowed === 'yes' && denials.possible.length === 0) {
    return { kind: 'allowed', deciding: byOutcomes('yes'), missing: [], outcomes, sameAccount };
  }
  const deciding = [...denials.possible, ...byOutcomes('unknown')];
  return { kind: 'unknown', deciding, missing: [], outcomes, sameAccount };
}

/** `unknown` where the resource's account is. Who has no account is never of the same one. */
function isSameAccount({ principal, resourceAccount }: AccessRequest): Truth {
  const account = accountOf(principal);
  if (account === undefined) return 'no';
  return resourceAccount === undefined ? 'unknown' : truth(account === resourceAccount);
}

/** Every policy that can deny the request. */
export function* policiesOn(
  layers: Layers,
  request: AccessRequest,
): Generator<{ readonly layer: LayerName; readonly level?: string; readonly policy: CompiledPolicy }> {
  for (const [layer, guardrails] of [
    ['scp', scpsOn(layers, request)],
    ['rcp', rcpsOn(layers, request)],
  ] as const) {
    for (const { name, policies } of guardrails?.levels ?? []) {
      for (const policy of policies) yield { layer, level: name, policy };
    }
  }
  const own = ownLayers(layers, request);
  for (const policy of own.identity) yield { layer: 'identity', policy };
  if (own.boundary !== undefined) yield { layer: 'boundary', policy: own.boundary };
  for (const policy of own.session ?? []) yield { layer: 'session', policy };
  if (layers.resource !== undefined) yield { layer: 'resource', policy: layers.resource };
}

/** Policies of the principal itself; an AWS service, a stranger and a holder of a foreign token have none. */
function ownLayers(layers: Layers, { principal }: AccessRequest) {
  const hasAccount = 'account' in principal;
  return {
    identity: hasAccount ? (layers.identity ?? []) : [],
    boundary: hasAccount ? layers.boundary : undefined,
    session: hasAccount ? layers.session : undefined,
  };
}

function findDenials(layers: Layers, request: AccessRequest) {
  const possible: StatementReference[] = [];
  for (const { layer, level, policy } of policiesOn(layers, request)) {
    for (const statement of policy.denies) {
      const applies = fitsWithPrincipal(statement, request);
      if (applies === 'no') continue;
      const reference = referenceTo(statement, layer, level);
      if (applies === 'yes') return { certain: reference, possible };
      possible.push(reference);
    }
  }
  return { certain: undefined, possible };
}

export function referenceTo(
  { policy, index, statement }: CompiledStatement,
  layer: LayerName,
  level?: string,
): StatementReference {
  return {
    layer,
    ...(level !== undefined && { level }),
    policy,
    statement: index,
    ...(statement.sid !== undefined && { sid: statement.sid }),
  };
}

/** One outcome a level: any policy of a level may allow, and every level must. */
function guardrailOutcomes(
  layer: 'scp' | 'rcp',
  guardrails: Guardrails | undefined,
  request: AccessRequest,
): readonly LayerOutcome[] {
  return (guardrails?.levels ?? []).map(({ name, policies }) => allowance(layer, policies, request, name));
}

/** What the policies of one layer allow together: any of their statements will do. */
function allowance(
  layer: LayerName,
  policies: readonly CompiledPolicy[],
  request: AccessRequest,
  level?: string,
): LayerOutcome {
  let possible: StatementReference | undefined;
  for (const policy of policies) {
    for (const statement of policy.allows) {
      const applies = fits(statement, request);
      if (applies === 'no') continue;
      const by = referenceTo(statement, layer, level);
      if (applies === 'yes') return outcome(layer, 'yes', level, by);
      possible ??= by;
    }
  }
  return outcome(layer, possible === undefined ? 'no' : 'unknown', level, possible);
}

const outcome = (layer: LayerName, allows: Truth, level?: string, by?: StatementReference): LayerOutcome => ({
  layer,
  ...(level !== undefined && { level }),
  allows,
  ...(by !== undefined && { by }),
});

interface Access {
  readonly granted: Truth;
  readonly outcomes: readonly LayerOutcome[];
  /** Layers whose agreement is asked for. */
  readonly needed: ReadonlySet<LayerName>;
}

/**
 * Whether the policies of principal and resource grant the request, guardrails aside.
 *
 * Within one account either side will do: identity policies within boundary and session policies, or the resource's policy, which
 * is not held back by boundary and session where it names the user or the session itself. Across accounts both sides must.
 */
function grantedAccess(layers: Layers, request: AccessRequest, sameAccount: Truth): Access {
  const { principal } = request;
  const grant = resourceGrant(layers.resource, request);
  if (!('account' in principal)) {
    return { granted: grant.direct, outcomes: [grant.outcome], needed: new Set(['scp', 'rcp', 'resource']) };
  }
  const identity = principal.kind === 'root' ? ROOT : allowance('identity', layers.identity ?? [], request);
  const boundary = layers.boundary && allowance('boundary', [layers.boundary], request);
  const session = sessionOutcome(layers, request);
  const limits = and(boundary?.allows ?? 'yes', session?.allows ?? 'yes');
  const byIdentity = and(identity.allows, limits);
  const byResource = or(grant.direct, and(grant.parent, limits));
  const mustGrant = mustBeGrantedByResource(request);
  const within = mustGrant ? or(byResource, and(grant.account, byIdentity)) : or(byResource, byIdentity);
  const across = and(or(grant.direct, grant.parent, grant.account), byIdentity);
  const granted = sameAccount === 'yes' ? within : sameAccount === 'no' ? across : agreed(within, across);
  const asksResource = layers.resource !== undefined || mustGrant || sameAccount !== 'yes';
  return {
    granted,
    outcomes: [identity, boundary, session, asksResource ? grant.outcome : undefined].filter(
      (one) => one !== undefined,
    ),
    needed: new Set(neededLayers(sameAccount === 'yes', mustGrant, grant)),
  };
}

/** The root user needs no policy in its own account (IAM User Guide, evaluation logic). */
const ROOT: LayerOutcome = { layer: 'identity', allows: 'yes' };

/** Without a session policy the session of a role has all that the role has, and a federated user nothing. */
function sessionOutcome(layers: Layers, request: AccessRequest): LayerOutcome | undefined {
  if (layers.session !== undefined) return allowance('session', layers.session, request);
  return request.principal.kind === 'federated-user' ? outcome('session', 'no') : undefined;
}

const GUARDRAILS: readonly LayerName[] = ['scp', 'rcp'];
const OWN: readonly LayerName[] = [...GUARDRAILS, 'identity', 'boundary', 'session'];

/**
 * What to name as missing. Within one account that is the shortest way there: nothing but guardrails and limits where the resource
 * grants already, the resource where it must grant and does not, else the principal's own policies.
 */
function neededLayers(isSame: boolean, mustGrant: boolean, grant: ResourceGrant): readonly LayerName[] {
  if (!isSame) return [...OWN, 'resource'];
  if (grant.direct === 'yes') return GUARDRAILS;
  if (grant.parent === 'yes') return [...GUARDRAILS, 'boundary', 'session'];
  return mustGrant && grant.outcome.allows !== 'yes' ? [...GUARDRAILS, 'resource'] : OWN;
}

interface ResourceGrant {
  readonly direct: Truth;
  readonly parent: Truth;
  readonly account: Truth;
  readonly outcome: LayerOutcome;
}

/** How closely the resource's policy grants the request; a policy that must be there and is not is not known. */
function resourceGrant(policy: CompiledPolicy | undefined, request: AccessRequest): ResourceGrant {
  if (policy === undefined) {
    const value: Truth = mustBeGrantedByResource(request) ? 'unknown' : 'no';
    return { direct: value, parent: value, account: value, outcome: outcome('resource', value) };
  }
  const grant = { direct: 'no' as Truth, parent: 'no' as Truth, account: 'no' as Truth };
  let strongest: LayerOutcome = outcome('resource', 'no');
  for (const statement of policy.allows) {
    const rest = fits(statement, request);
    const { principals } = statement.statement;
    if (rest === 'no' || principals === undefined) continue;
    const match = matchPrincipals(principals.principals, request);
    grant.direct = or(grant.direct, and(rest, match.direct));
    grant.parent = or(grant.parent, and(rest, match.parent));
    grant.account = or(grant.account, and(rest, match.account));
    const allows = and(rest, or(match.direct, match.parent, match.account));
    if (allows === 'yes' && strongest.allows !== 'yes')
      strongest = outcome('resource', 'yes', undefined, referenceTo(statement, 'resource'));
    if (allows === 'unknown' && strongest.allows === 'no')
      strongest = outcome('resource', 'unknown', undefined, referenceTo(statement, 'resource'));
  }
  return { ...grant, outcome: strongest };
}
