import type { AccountId } from '#core-values';
import {
  type AccessRequest,
  actionFits,
  type CompiledPolicy,
  type CompiledStatement,
  compilePolicy,
  conditionsHold,
  parsePolicy,
  prepareRequest,
  requestContext,
  resourceFits,
} from '#iam/core';
import type { TrailEvent } from './event.ts';

/** What a grant's session policy says of a call; `unknown` where CloudTrail does not record what it would take to tell. */
export interface PolicyAnswer {
  readonly allows: 'yes' | 'no' | 'unknown';
  /** A statement allows it that names its resources, and not all of them: such a statement was written for this plan. */
  readonly byName: boolean;
}

export interface SessionPolicyToAsk {
  readonly policy: CompiledPolicy;
  /** AWS's own policies, whose text is not at hand: what no statement denies may be allowed by them. */
  readonly hasManagedPolicies: boolean;
}

/** `undefined` for a policy that cannot be read: then nothing is explained by it. */
export function readSessionPolicy(
  source: string,
  managedPolicyArns: readonly string[],
): SessionPolicyToAsk | undefined {
  const parsed = parsePolicy(source, { kind: 'session', file: 'session policy' });
  if (!parsed.ok) return undefined;
  return {
    policy: compilePolicy(parsed.value, 'session policy'),
    hasManagedPolicies: managedPolicyArns.length > 0,
  };
}

/** The action patterns that the policy allows, as written. */
export const allowedActions = ({ policy }: SessionPolicyToAsk): readonly string[] => [
  ...new Set(
    policy.allows.flatMap(({ statement }) => (statement.actions.negated ? [] : statement.actions.patterns)),
  ),
];

export function askSessionPolicy(
  { policy, hasManagedPolicies }: SessionPolicyToAsk,
  action: string,
  event: TrailEvent,
): PolicyAnswer {
  if (action === 'sts:GetCallerIdentity') return { allows: 'yes', byName: true };
  const resources = event.resources.filter((arn) => arn.startsWith('arn:'));
  const answers = (resources.length === 0 ? ['*'] : resources).map((resource) =>
    askOf(policy, hasManagedPolicies, requestOf(action, resource, event), resource === '*'),
  );
  // CloudTrail names resources that are only mentioned: one that fits is enough.
  return (
    answers.find(({ allows, byName }) => allows === 'yes' && byName) ??
    answers.find(({ allows }) => allows === 'yes') ??
    answers.find(({ allows }) => allows === 'unknown') ?? { allows: 'no', byName: false }
  );
}

function requestOf(action: string, resource: string, event: TrailEvent): AccessRequest | undefined {
  const roleArn = event.session?.roleArn ?? '';
  const prepared = prepareRequest({
    principal: {
      kind: 'role-session',
      account: (roleArn.split(':')[4] ?? event.account) as AccountId,
      partition: roleArn.split(':')[1] ?? 'aws',
      roleName: roleArn.split('/').at(-1) ?? '',
      roleArn,
      sessionName: event.session?.name ?? '',
    },
    action,
    resource,
    context: requestContext({ 'aws:RequestedRegion': event.region }),
  });
  return prepared.ok ? prepared.value : undefined;
}

function askOf(
  policy: CompiledPolicy,
  hasManagedPolicies: boolean,
  request: AccessRequest | undefined,
  isUnnamed: boolean,
): PolicyAnswer {
  if (request === undefined) return { allows: 'unknown', byName: false };
  const applies = (statement: CompiledStatement): 'yes' | 'no' | 'unknown' => {
    if (!actionFits(statement, request)) return 'no';
    const resource = isUnnamed && !isOfAll(statement) ? 'unknown' : resourceFits(statement, request);
    const condition = conditionsHold(statement, request);
    if (resource === 'no' || condition === 'no') return 'no';
    return resource === 'yes' && condition === 'yes' ? 'yes' : 'unknown';
  };
  const denies = policy.denies.map(applies);
  if (denies.includes('yes')) return { allows: 'no', byName: false };
  const allows = policy.allows.map((statement) => ({ statement, answer: applies(statement) }));
  const sure = allows.filter(({ answer }) => answer === 'yes');
  const byName = sure.some(({ statement }) => !isOfAll(statement));
  if (sure.length > 0) return { allows: denies.includes('unknown') ? 'unknown' : 'yes', byName };
  const may = hasManagedPolicies || allows.some(({ answer }) => answer === 'unknown');
  return { allows: may ? 'unknown' : 'no', byName: false };
}

const isOfAll = ({ statement: { resources } }: CompiledStatement): boolean =>
  resources === undefined || resources.negated || resources.patterns.includes('*');
