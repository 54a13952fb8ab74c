import { type AccountId, parseAccountId } from '../../../src/core-values/index.ts';
import {
  type AccessRequest,
  type CompiledPolicy,
  evaluate,
  keysWaitedFor,
  type Layers,
  type Principal,
  parsePrincipal,
  prepareRequest,
  requestContext,
  type Verdict,
} from '../../../src/iam/core/index.ts';
import type { Permission } from '../aws-requests/index.ts';
import type { IamRole } from './iam-of-account.ts';
import { layersIn } from './layers.ts';
import { type Caller, callerAccount, callerArn } from './sessions.ts';
import type { AwsState } from './state.ts';
import { accessDenied } from './wording.ts';

/** Whether one permission is given, and AWS's words where it is not. */
export type Ruling =
  | { readonly kind: 'allowed'; readonly verdict: Verdict }
  | { readonly kind: 'denied'; readonly verdict: Verdict | undefined; readonly message: string };

export interface Situation {
  /** Keys that follow from how and when the request came, in lower case. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
}

export interface Judge {
  /** Rules on one action on one resource by a caller with credentials. */
  rule(permission: Permission, caller: Caller, situation: Situation, trusted?: IamRole): Promise<Ruling>;
  /** Rules on taking a role with a token of an identity provider. */
  ruleOnToken(permission: Permission, provider: string, situation: Situation, role: IamRole): Promise<Ruling>;
}

/** Decides by the documents that moto holds: identity ∩ boundary ∩ session ∩ SCP ∩ RCP, and the resource's own policy. */
export function judge(state: AwsState): Judge {
  const { compile, guardrails, ownLayers } = layersIn(state);

  async function decide(
    permission: Permission,
    principal: Principal,
    own: Layers,
    account: string | undefined,
    situation: Situation,
    who: string | undefined,
    trusted?: IamRole,
  ): Promise<Ruling> {
    const { action, resource } = permission;
    const owner = (await ownerOf(state, resource)) ?? account;
    const scps = account === undefined ? undefined : await guardrails(account, 'scps');
    const rcps = owner === undefined ? undefined : await guardrails(owner, 'rcps');
    const ofResource = await resourcePolicy(resource, owner, trusted);
    const layers: Layers = {
      ...own,
      ...(ofResource !== undefined && { resource: ofResource }),
      ...(scps !== undefined && { scps }),
      ...(rcps !== undefined && { rcps }),
    };
    const asksTags = JSON.stringify(everyPolicy(layers)).toLowerCase().includes('resourcetag/');
    const tags = asksTags && owner !== undefined ? await tagsOf(resource, owner, trusted) : undefined;
    const request = await prepared(
      state,
      permission,
      principal,
      owner,
      account,
      situation,
      asksTags ? tags : NO_TAGS,
    );
    const verdict = evaluate(layers, request);
    if (verdict.kind === 'allowed') return { kind: 'allowed', verdict };
    const isAssuming = trusted !== undefined;
    const denied = { action, resource, ...(who !== undefined && { who }) };
    const message = accessDenied(denied, verdict, isAssuming && verdict.kind !== 'explicitly-denied');
    if (verdict.kind !== 'unknown') return { kind: 'denied', verdict, message };
    const keys = keysWaitedFor(layers, request, verdict).join(', ');
    return {
      kind: 'denied',
      verdict,
      message: `${message} (the stand-in does not know ${keys || 'whose resource it is'})`,
    };
  }

  const tagsOf = async (resource: string, owner: string, trusted: IamRole | undefined) =>
    trusted?.tags ?? (await iamTags(state, resource, owner)) ?? state.tags(resource, owner);

  async function resourcePolicy(resource: string, owner: string | undefined, trusted: IamRole | undefined) {
    if (trusted !== undefined) return compile({ name: trusted.arn, source: trusted.trust }, 'trust');
    const policy =
      owner === undefined || resource === '*' ? undefined : await state.resourcePolicy(resource, owner);
    return policy === undefined ? undefined : compile(policy, policy.kind);
  }

  return {
    rule: async (permission, caller, situation, trusted) => {
      const role = caller.kind === 'session' ? caller.session.roleArn : undefined;
      const principal = parsePrincipal({ arn: callerArn(caller), of: role });
      if (!principal.ok) throw new Error(principal.error.message.en);
      const keys = { ...(await callerKeys(state, caller)), ...situation.keys };
      const account = callerAccount(caller);
      return decide(
        permission,
        principal.value,
        await ownLayers(caller),
        account,
        { keys },
        callerArn(caller),
        trusted,
      );
    },
    ruleOnToken: (permission, provider, situation, role) =>
      decide(permission, { kind: 'federated', provider }, {}, undefined, situation, undefined, role),
  };
}

const NO_TAGS: ReadonlyMap<string, string> = new Map();

const everyPolicy = (layers: Layers): readonly CompiledPolicy['document'][] =>
  [
    ...(layers.identity ?? []),
    ...(layers.session ?? []),
    ...(layers.boundary === undefined ? [] : [layers.boundary]),
    ...(layers.resource === undefined ? [] : [layers.resource]),
    ...(layers.scps?.levels ?? []).flatMap(({ policies }) => policies),
    ...(layers.rcps?.levels ?? []).flatMap(({ policies }) => policies),
  ].map(({ document }) => document);

/** The account in the ARN; of a bucket, the one that has it. Undefined where the caller's own is meant. */
async function ownerOf(state: AwsState, resource: string): Promise<string | undefined> {
  const [, , service, , account = '', ...rest] = resource.split(':');
  if (parseAccountId(account) !== undefined) return account;
  return service === 's3' ? state.bucketOwner(rest.join(':').split('/')[0] ?? '') : undefined;
}

async function iamTags(state: AwsState, resource: string, owner: string) {
  if (!/^arn:[^:]+:iam::/.test(resource)) return undefined;
  const { roles, users } = await state.iam(owner);
  return [...roles, ...users].find(({ arn }) => arn === resource)?.tags;
}

async function prepared(
  state: AwsState,
  permission: Permission,
  principal: Principal,
  owner: string | undefined,
  account: string | undefined,
  { keys }: Situation,
  tags: ReadonlyMap<string, string> | undefined,
): Promise<AccessRequest> {
  const service = permission.action.split(':')[0]?.toLowerCase() ?? '';
  const ofTags = [...(tags ?? [])].flatMap(([key, value]): [string, readonly string[]][] => [
    [`aws:resourcetag/${key.toLowerCase()}`, [value]],
    [`${service}:resourcetag/${key.toLowerCase()}`, [value]],
  ]);
  const values = { ...keys, ...Object.fromEntries(permission.keys), ...Object.fromEntries(ofTags) };
  const organization = async (id: string | undefined): Promise<string | undefined> =>
    id === undefined ? undefined : ((await state.organization(id))?.id ?? 'none');
  const ofPrincipal = await organization(account);
  const ofResource = await organization(owner);
  const request = prepareRequest({
    principal,
    action: permission.action,
    resource: permission.resource,
    ...(owner !== undefined && { resourceAccount: owner as AccountId }),
    ...(ofPrincipal !== undefined && { principalOrganization: ofPrincipal }),
    ...(ofResource !== undefined && { resourceOrganization: ofResource }),
    context: requestContext(values),
  });
  if (!request.ok) throw new Error(request.error.message.en);
  const areTagsKnown = tags !== undefined;
  return {
    ...request.value,
    // A key that AWS never has for this action is absent; one that it may have and we do not know stays unknown.
    lookUp: (key) => {
      const found = request.value.lookUp(key);
      if (found.kind !== 'unknown') return found;
      const isTag = key.includes(':resourcetag/');
      const mayBeThere = isTag ? !areTagsKnown : permission.mayHaveKey(key);
      return mayBeThere ? found : { kind: 'absent' };
    },
  };
}

/** Source: IAM User Guide, "AWS global condition context keys", properties of the principal and of the role session. */
async function callerKeys(
  state: AwsState,
  caller: Caller,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const account = callerAccount(caller);
  const organization = await state.organization(account);
  const path = organization === undefined ? {} : { 'aws:principalorgpaths': [organization.path] };
  if (caller.kind === 'administrator') return path;
  const iam = await state.iam(account);
  if (caller.kind === 'user') {
    const user = iam.users.find(({ arn }) => arn === caller.arn);
    return { ...path, ...tagKeys(user?.tags), 'aws:userid': [user?.id ?? ''] };
  }
  const { session } = caller;
  const role = iam.roles.find(({ arn }) => arn === session.roleArn);
  return {
    ...path,
    ...tagKeys(role?.tags),
    // The session's own tags win over the role's.
    ...tagKeys(session.tags),
    'aws:userid': [`${session.roleId}:${session.sessionName}`],
    'aws:tokenissuetime': [new Date(session.issuedAtMs).toISOString()],
    'aws:multifactorauthpresent': ['false'],
    ...(session.sourceIdentity !== undefined && { 'aws:sourceidentity': [session.sourceIdentity] }),
    ...(session.federatedProvider !== undefined && { 'aws:federatedprovider': [session.federatedProvider] }),
  };
}

const tagKeys = (
  tags: ReadonlyMap<string, string> | undefined,
): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    [...(tags ?? [])].map(([key, value]) => [`aws:principaltag/${key.toLowerCase()}`, [value]]),
  );
