import type { AccountId, JsonObject } from '#core-values';
import {
  type CompiledPolicy,
  compilePolicy,
  evaluate,
  type PolicyKind,
  parsePolicy,
  parsePrincipal,
  prepareRequest,
  requestContext,
  type VerdictKind,
} from '#iam/core';
import { accountDocuments } from '../account-documents.ts';
import { type AccountSetUp, accountTemplate } from '../account-template.ts';
import { accountValues } from '../account-values.ts';
import { GUARD_NAMES } from '../guarded-actions.ts';
import type { RoleDocuments } from '../model.ts';

export const ACCOUNT = '111111111111' as AccountId;
export const SERVER_ROLE = 'arn:aws:iam::333333333333:role/sekisho-server';

export const AMBIENT: AccountSetUp = {
  trust: { kind: 'ambient', serverRole: SERVER_ROLE, organizationId: 'o-abc1234567' },
  path: '/',
  prefix: 'sekisho-',
  guards: GUARD_NAMES,
  isGuardRequiredOfNew: false,
};
export const WEB_IDENTITY: AccountSetUp = {
  ...AMBIENT,
  trust: { kind: 'web-identity', issuerUrl: 'https://sekisho.shop.example' },
};
export const VALUES = accountValues({
  account: ACCOUNT,
  partition: 'aws',
  stacks: ['shop-staging', 'shop-network'],
  states: [{ bucket: 'shop-state', table: 'state-lock' }],
  areStatesKnown: true,
});

export const documentsOf = (setUp: AccountSetUp) => accountDocuments(accountTemplate(setUp), VALUES);

export function compiled(document: JsonObject, kind: PolicyKind): CompiledPolicy {
  const policy = parsePolicy(JSON.stringify(document), { kind, file: kind });
  if (!policy.ok) throw new Error(policy.error.reasons[0].message.en);
  return compilePolicy(policy.value, kind);
}

const everything = (kind: PolicyKind): CompiledPolicy =>
  compiled({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }, kind);

interface Question {
  readonly action: string;
  readonly resource?: string;
  readonly context?: Readonly<Record<string, string>>;
  readonly session?: CompiledPolicy;
}

/**
 * What AWS would say to a session of the role, were everything allowed to it that its own policies do not deny: what is denied here is
 * denied whatever managed policies it has.
 */
export function asked(setUp: AccountSetUp, key: RoleDocuments['key'], question: Question): VerdictKind {
  const { action, resource = '*', context = {}, session = everything('session') } = question;
  const { roles, guard } = documentsOf(setUp);
  const role = roles.find((one) => one.key === key);
  const principal = parsePrincipal({ arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role?.name}/grt_1` });
  if (role === undefined || !principal.ok) throw new Error(`no role ${key}`);
  const request = prepareRequest({
    principal: principal.value,
    action,
    resource,
    ...(/^arn:aws:s3:::/.test(resource) && { resourceAccount: ACCOUNT }),
    context: requestContext(context, { isComplete: true }),
  });
  if (!request.ok) throw new Error(request.error.message.en);
  return evaluate(
    {
      identity: [
        everything('identity'),
        ...(role.policy === undefined ? [] : [compiled(role.policy, 'identity')]),
      ],
      ...(role.boundaryArn !== undefined && { boundary: compiled(guard.policy, 'boundary') }),
      session: [session],
    },
    request.value,
  ).kind;
}
