import { type AccountId, err, ok, type Reason, type Result, text } from '#core-values';
import { ACCOUNT_ID, splitArn } from '../arn.ts';
import { quoted } from '../quoted.ts';
import { type Lookup, lookUp, type RequestContext } from './context.ts';
import { accountOf, type Principal } from './principal.ts';

/** One call of one action on one resource by one principal, ready to be evaluated. */
export interface AccessRequest {
  readonly principal: Principal;
  /** As written: `s3:GetObject`. */
  readonly action: string;
  /** In lower case, as actions are compared. */
  readonly service: string;
  readonly actionName: string;
  /** An ARN; `*` for actions that act on no resource. */
  readonly resource: string;
  /** Not known where absent. */
  readonly resourceAccount?: AccountId;
  /** What the caller said, and what follows from the principal and the resource. */
  lookUp(key: string): Lookup;
}

export interface StatedRequest {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  /** Owner of the resource, where its ARN does not tell (S3). */
  readonly resourceAccount?: AccountId;
  /** Ids of the organizations of principal and resource; `none` where the account is in none. Not known where absent. */
  readonly principalOrganization?: string;
  readonly resourceOrganization?: string;
  readonly context: RequestContext;
}

/** A hyphen is in `vpc-lattice:AssociateViaAWSService-EventsAndStates`. */
const ACTION = /^([a-z0-9-]+):([A-Za-z0-9-]+)$/i;

/** Errors: an action or resource of no such form, a context that contradicts principal or resource. */
export function prepareRequest(stated: StatedRequest): Result<AccessRequest, Reason> {
  const { principal, action, resource, context } = stated;
  const [, service, actionName] = ACTION.exec(action) ?? [];
  if (service === undefined || actionName === undefined) return err(notAnAction(action));
  const arn = splitArn(resource);
  if (resource !== '*' && arn === undefined) return err(notAResource(resource));
  const owner = ownerOf(stated, arn?.account);
  if (!owner.ok) return owner;
  const derived = derivedKeys(stated, owner.value);
  for (const [key, values] of derived) {
    const given = lookUp(context, key);
    const isSame =
      given.kind === 'present' ? given.values.join('\n') === values.join('\n') : values.length === 0;
    const isGiven = given.kind === 'present' || context.absent.has(key);
    if (isGiven && !isSame) return err(contradiction(key, values));
  }
  return ok({
    principal,
    action,
    service: service.toLowerCase(),
    actionName: actionName.toLowerCase(),
    resource,
    ...(owner.value !== undefined && { resourceAccount: owner.value }),
    lookUp: memoized((key) => {
      const known = derived.get(key);
      if (known === undefined) return lookUp(context, key);
      return known.length === 0 ? { kind: 'absent' } : { kind: 'present', values: known };
    }),
  });
}

/** An action on no resource is an action on the caller's own account. */
function ownerOf(stated: StatedRequest, inArn: string | undefined): Result<AccountId | undefined, Reason> {
  const fromArn = inArn !== undefined && ACCOUNT_ID.test(inArn) ? inArn : undefined;
  if (stated.resourceAccount !== undefined && fromArn !== undefined && fromArn !== stated.resourceAccount) {
    return err(contradiction('aws:ResourceAccount', [fromArn]));
  }
  if (stated.resourceAccount !== undefined) return ok(stated.resourceAccount);
  if (stated.resource === '*') return ok(accountOf(stated.principal));
  return ok(fromArn as AccountId | undefined);
}

/** Keys whose values follow from principal and resource; an empty list is a key known to be absent. */
function derivedKeys(
  stated: StatedRequest,
  owner: AccountId | undefined,
): ReadonlyMap<string, readonly string[]> {
  const keys = new Map<string, readonly string[]>(Object.entries(principalKeys(stated.principal)));
  const organization = (key: string, id: string | undefined): void => {
    if (id !== undefined) keys.set(key, id === 'none' ? [] : [id]);
  };
  organization('aws:principalorgid', stated.principalOrganization);
  organization('aws:resourceorgid', stated.resourceOrganization);
  if (owner !== undefined) keys.set('aws:resourceaccount', [owner]);
  return keys;
}

/** Source: IAM User Guide, "AWS global condition context keys" and "Principal key values". */
function principalKeys(principal: Principal): Readonly<Record<string, readonly string[]>> {
  const isService = { 'aws:principalisawsservice': ['false'] };
  switch (principal.kind) {
    case 'root':
      return {
        ...isService,
        ...ofAccount(principal, 'Account'),
        'aws:username': [],
        'aws:userid': [principal.account],
      };
    case 'user':
      return { ...isService, ...ofAccount(principal, 'User'), 'aws:username': [principal.name] };
    case 'role-session':
      return {
        ...isService,
        'aws:principalaccount': [principal.account],
        'aws:principaltype': ['AssumedRole'],
        'aws:username': [],
        ...(principal.roleArn !== undefined && { 'aws:principalarn': [principal.roleArn] }),
      };
    case 'federated-user':
      return {
        ...isService,
        ...ofAccount(principal, 'FederatedUser'),
        'aws:username': [],
        'aws:userid': [`${principal.account}:${principal.name}`],
      };
    case 'service':
      return {
        'aws:principalisawsservice': ['true'],
        'aws:principalservicename': [principal.name],
        'aws:username': [],
        'aws:principalarn': [],
        'aws:principalaccount': [],
      };
    case 'anonymous':
      return {
        ...isService,
        'aws:principalarn': [],
        'aws:principalaccount': [],
        'aws:principaltype': ['Anonymous'],
        'aws:userid': ['anonymous'],
        'aws:username': [],
      };
    case 'federated':
      return isService;
  }
}

const ofAccount = (principal: { readonly arn: string; readonly account: AccountId }, type: string) => ({
  'aws:principalarn': [principal.arn],
  'aws:principalaccount': [principal.account],
  'aws:principaltype': [type],
});

function memoized(find: (key: string) => Lookup): (key: string) => Lookup {
  const found = new Map<string, Lookup>();
  return (key) => {
    const known = found.get(key) ?? find(key);
    found.set(key, known);
    return known;
  };
}

const notAnAction = (words: string): Reason => ({
  rule: 'iam.request-action',
  message: text(`"${quoted(words)}" is not an action.`, `「${quoted(words)}」はアクションではありません。`),
  remedy: text(
    'Write service and action without wildcards, such as s3:GetObject.',
    's3:GetObject のように、サービスとアクションをワイルドカードなしで指定してください。',
  ),
});

const notAResource = (words: string): Reason => ({
  rule: 'iam.request-resource',
  message: text(`"${quoted(words)}" is not an ARN.`, `「${quoted(words)}」は ARN ではありません。`),
  remedy: text(
    'Give the ARN of the resource, or * for an action that acts on no resource.',
    'リソースの ARN を指定してください。リソースを持たないアクションでは * を指定します。',
  ),
});

const contradiction = (key: string, values: readonly string[]): Reason => ({
  rule: 'iam.request-contradiction',
  message: text(
    `The context says something else of ${key} than principal and resource: ${quoted(values.join(', ') || 'absent')}.`,
    `${key} の値が、プリンシパルとリソースから決まる値(${quoted(values.join('、') || 'なし')})と一致しません。`,
  ),
  remedy: text(
    'Leave the key out of the context, or correct principal or resource.',
    'このキーを context から除くか、プリンシパルまたはリソースを直してください。',
  ),
});
