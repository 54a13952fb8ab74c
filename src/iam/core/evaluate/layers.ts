import type { AccountId } from '#core-values';
import { isServiceLinkedRole } from '../request/principal.ts';
import type { AccessRequest } from '../request/request.ts';
import type { CompiledPolicy } from './compiled-policy.ts';
import rcpServices from './rcp-services.json' with { type: 'json' };

/** Everything that has a say. A layer left out is one that is not there: no boundary, no organization. */
export interface Layers {
  /** Of the user and its groups, or of the role. */
  readonly identity?: readonly CompiledPolicy[];
  readonly boundary?: CompiledPolicy;
  /** All that were passed when the session began; absent where none were. */
  readonly session?: readonly CompiledPolicy[];
  /** Of the resource: a resource, trust or key policy. */
  readonly resource?: CompiledPolicy;
  /** Of the organization that the principal's account belongs to. */
  readonly scps?: Guardrails;
  /** Of the organization that the resource's account belongs to. */
  readonly rcps?: Guardrails;
}

export interface Guardrails {
  readonly managementAccount: AccountId;
  /** From the root down to the account itself. */
  readonly levels: readonly Level[];
}

export interface Level {
  /** `root`, the name of an organizational unit, the account. */
  readonly name: string;
  readonly policies: readonly CompiledPolicy[];
}

export const LAYERS = ['scp', 'rcp', 'identity', 'boundary', 'session', 'resource'] as const;
export type LayerName = (typeof LAYERS)[number];

const RCP_SERVICES: ReadonlySet<string> = new Set(rcpServices.services);
const NOT_BY_RCP: ReadonlySet<string> = new Set(rcpServices.exemptActions);

/** SCPs bind users, roles and root users of member accounts, delegated administrators too; not service-linked roles. */
export function scpsOn(layers: Layers, { principal }: AccessRequest): Guardrails | undefined {
  const { scps } = layers;
  if (scps === undefined || !('account' in principal) || isServiceLinkedRole(principal)) return undefined;
  return principal.account === scps.managementAccount ? undefined : scps;
}

/**
 * RCPs bind whoever asks for a resource of a member account, AWS services and outsiders too, in the services that take them;
 * not service-linked roles, and not actions that act on no resource.
 */
export function rcpsOn(layers: Layers, request: AccessRequest): Guardrails | undefined {
  const { rcps } = layers;
  if (rcps === undefined || isServiceLinkedRole(request.principal) || request.resource === '*')
    return undefined;
  if (!RCP_SERVICES.has(request.service)) return undefined;
  if (NOT_BY_RCP.has(`${request.service}:${request.actionName}`)) return undefined;
  return request.resourceAccount === rcps.managementAccount ? undefined : rcps;
}

const ASSUMING = /^assumerole(?:withwebidentity|withsaml)?$|^tagsession$|^setsourceidentity$/;

/** Role trust policies and KMS key policies must grant themselves; identity policies alone never reach those resources. */
export const mustBeGrantedByResource = ({ service, actionName, resource }: AccessRequest): boolean =>
  (service === 'sts' && ASSUMING.test(actionName)) ||
  (service === 'kms' && /^arn:[^:]+:kms:[^:]*:[^:]*:key\//.test(resource));

/** The one call that no policy can take away (API reference of AWS STS, GetCallerIdentity). */
export const alwaysPasses = ({ service, actionName }: AccessRequest): boolean =>
  service === 'sts' && actionName === 'getcalleridentity';
