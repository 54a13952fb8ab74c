import { ACCOUNT_ID, splitArn } from '../arn.ts';
import type { PrincipalElement, StatedPrincipal } from '../model.ts';
import { accountOf, type Principal } from '../request/principal.ts';
import type { AccessRequest } from '../request/request.ts';
import { and, anyOf, not, or, type Truth, truth } from '../truth.ts';

/**
 * How closely a `Principal` element names who asks. It decides what else must agree within one account: `direct` (a user, a
 * session, a service, everyone) nothing; `parent` (the role of a session, the user who federated) boundary and session policies;
 * `account` (its root ARN or id) the identity policies as well.
 */
export interface PrincipalMatch {
  readonly direct: Truth;
  readonly parent: Truth;
  readonly account: Truth;
}

export const EVERYONE: PrincipalMatch = { direct: 'yes', parent: 'no', account: 'no' };
const NOBODY: PrincipalMatch = { direct: 'no', parent: 'no', account: 'no' };

/** Whether a statement of a resource policy is about who asks, however closely it says so. */
export function namesAtAll(element: PrincipalElement, request: AccessRequest): Truth {
  const match = matchPrincipals(element.principals, request);
  return element.negated
    ? isNotExcepted(match, request.principal)
    : or(match.direct, match.parent, match.account);
}

export function matchPrincipals(stated: readonly StatedPrincipal[], request: AccessRequest): PrincipalMatch {
  const matches = stated.map((one) => matchOne(one, request));
  return {
    direct: anyOf(matches, ({ direct }) => direct),
    parent: anyOf(matches, ({ parent }) => parent),
    account: anyOf(matches, ({ account }) => account),
  };
}

/**
 * `NotPrincipal` excepts somebody only if all their names are listed, the account's too: "AWS might validate the account first,
 * then the role, and then the assumed-role user" (IAM User Guide, NotPrincipal). Where some are, the guide says "might".
 */
function isNotExcepted({ direct, parent, account }: PrincipalMatch, principal: Principal): Truth {
  switch (principal.kind) {
    case 'user':
      return direct === 'no' ? 'yes' : not(and(direct, account)) === 'no' ? 'no' : 'unknown';
    case 'role-session':
    case 'federated-user':
      if (direct === 'no' && parent === 'no') return 'yes';
      return and(direct, parent, account) === 'yes' ? 'no' : 'unknown';
    default:
      return not(direct);
  }
}

function matchOne(stated: StatedPrincipal, request: AccessRequest): PrincipalMatch {
  const { principal } = request;
  switch (stated.kind) {
    case 'everyone':
      return EVERYONE;
    case 'Service':
      return direct(truth(principal.kind === 'service' && principal.name === stated.id));
    case 'Federated':
      return direct(truth(principal.kind === 'federated' && principal.provider === stated.id));
    case 'CanonicalUser':
      // Names an account by an id that nothing here is known to belong to.
      return accountOf(principal) === undefined ? NOBODY : { ...NOBODY, account: 'unknown' };
    case 'AWS':
      return matchAws(stated.id, request);
  }
}

const direct = (value: Truth): PrincipalMatch => ({ ...NOBODY, direct: value });

function matchAws(id: string, request: AccessRequest): PrincipalMatch {
  const { principal } = request;
  // Whether {"AWS": "*"} covers somebody who shows only a token of an identity provider is not documented.
  if (id === '*') return principal.kind === 'federated' ? direct('unknown') : EVERYONE;
  const arn = splitArn(id);
  const account = ACCOUNT_ID.test(id) ? id : arn?.resource === 'root' ? arn.account : undefined;
  if (account !== undefined) return matchAccount(account, principal);
  if (arn === undefined) return matchUniqueId(id, request);
  switch (principal.kind) {
    case 'user':
      return direct(truth(principal.arn === id));
    case 'role-session':
      return matchSession(id, principal);
    case 'federated-user':
      return { ...NOBODY, direct: truth(principal.arn === id), parent: isFederator(id, principal) };
    default:
      return NOBODY;
  }
}

function matchAccount(account: string, principal: Principal): PrincipalMatch {
  const isOwn = truth(accountOf(principal) === account);
  return principal.kind === 'root'
    ? { ...NOBODY, direct: isOwn, account: isOwn }
    : { ...NOBODY, account: isOwn };
}

function matchSession(id: string, principal: Extract<Principal, { kind: 'role-session' }>): PrincipalMatch {
  const arn = splitArn(id);
  if (arn?.account !== principal.account) return NOBODY;
  const [type, ...rest] = arn.resource.split('/');
  if (type === 'assumed-role' && rest[0] === principal.roleName) {
    return direct(principal.arn === undefined ? 'unknown' : truth(principal.arn === id));
  }
  if (type !== 'role') return NOBODY;
  // Names of roles are unique in an account, whatever their paths, and AWS takes no ARN of a role that is not there.
  const isRole =
    principal.roleArn === undefined ? rest.at(-1) === principal.roleName : principal.roleArn === id;
  return { ...NOBODY, parent: truth(isRole) };
}

function isFederator(id: string, principal: Extract<Principal, { kind: 'federated-user' }>): Truth {
  if (principal.by !== undefined) return truth(principal.by === id);
  const arn = splitArn(id);
  const mayBe = arn?.account === principal.account && arn.resource.startsWith('user/');
  return mayBe ? 'unknown' : 'no';
}

/** What AWS shows in place of the ARN once a user or role is gone; `aws:userid` tells whose it is. */
function matchUniqueId(id: string, { principal, lookUp }: AccessRequest): PrincipalMatch {
  if (principal.kind !== 'user' && principal.kind !== 'role-session') return NOBODY;
  const found = lookUp('aws:userid');
  const isSame: Truth =
    found.kind === 'present'
      ? truth(found.values[0]?.split(':')[0] === id)
      : found.kind === 'absent'
        ? 'no'
        : 'unknown';
  return principal.kind === 'user' ? direct(isSame) : { ...NOBODY, parent: isSame };
}
