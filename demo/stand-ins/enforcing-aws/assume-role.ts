import { err, ok, type Result } from '../../../src/core-values/index.ts';
import type { AwsRequest, Permission } from '../aws-requests/index.ts';
import { firstString, listOf, stringsOf } from '../aws-requests/permissions/members.ts';
import { isObject } from '../aws-requests/read-request.ts';
import type { Judge, Situation } from './decide.ts';
import { type NamedPolicy, policyCompiler } from './policies.ts';
import type { Refusal } from './refusals.ts';
import { type Caller, callerArn, type RoleSession } from './sessions.ts';
import type { AwsState } from './state.ts';
import type { WebIdentity } from './web-identity.ts';
import { readWebIdentity } from './web-identity.ts';
import { accessDenied } from './wording.ts';

/** What a session will be, once moto has given its credentials. */
export type SessionPlan = Omit<RoleSession, 'accessKeyId' | 'sessionToken' | 'expiryMs'> & {
  readonly durationSeconds: number;
};

/** Sources: STS API Reference, AssumeRole and AssumeRoleWithWebIdentity; IAM User Guide, "IAM and AWS STS quotas" (2026-11). */
const LIMITS = {
  leastSeconds: 900,
  usualSeconds: 3600,
  chainedSeconds: 3600,
  policyCharacters: 2048,
  managedPolicies: 10,
  tags: 50,
  tagKey: 128,
  tagValue: 256,
};
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;
const SOURCE_IDENTITY = /^[\w+=,.@-]{2,64}$/;

export interface Assuming {
  readonly request: AwsRequest;
  readonly caller: Caller | undefined;
  readonly situation: Situation;
  readonly now: Date;
}

/** Whether somebody may have a session of a role, and what it will be. Refusals are STS's own. */
export async function planSession(
  state: AwsState,
  { rule, ruleOnToken }: Judge,
  { request, caller, situation, now }: Assuming,
): Promise<Result<SessionPlan, Refusal>> {
  const { parameters } = request;
  const roleArn = firstString(parameters, 'RoleArn') ?? '';
  const sessionName = firstString(parameters, 'RoleSessionName') ?? '';
  const account = /^arn:[^:]+:iam::(\d{12}):role\/.+$/.exec(roleArn)?.[1];
  if (account === undefined) return validation(`${roleArn} is invalid`);
  if (!SESSION_NAME.test(sessionName))
    return validation(
      `1 validation error detected: Value '${sessionName}' at 'roleSessionName' failed to satisfy constraint`,
    );
  const role = (await state.iam(account)).roles.find(({ arn }) => arn === roleArn);
  const token =
    caller === undefined
      ? await readWebIdentity(state, account, firstString(parameters, 'WebIdentityToken') ?? '', now)
      : undefined;
  if (token !== undefined && !token.ok) return token;
  const action = token === undefined ? 'sts:AssumeRole' : 'sts:AssumeRoleWithWebIdentity';
  if (role === undefined) return denied(caller, action, roleArn);
  const claims = token?.value;
  const asked = askedOf(request, caller, claims);
  if (!asked.ok) return asked;
  const policies = await sessionPolicies(request, await state.iam(account));
  if (!policies.ok) return policies;
  const keys = keysOf(request, asked.value, claims);
  for (const needed of actionsFor(action, asked.value)) {
    const permission: Permission = { action: needed, resource: roleArn, keys, mayHaveKey: () => false };
    const ruling =
      claims === undefined && caller !== undefined
        ? await rule(permission, caller, situation, role)
        : await ruleOnToken(permission, claims?.provider ?? '', situation, role);
    if (ruling.kind === 'denied') return err({ code: 'AccessDenied', message: ruling.message });
  }
  const duration = durationOf(request, caller, await state.longestSession(account, role.name));
  if (!duration.ok) return duration;
  return ok({
    account,
    roleArn,
    roleId: role.id,
    roleName: role.name,
    sessionName,
    arn: `arn:aws:sts::${account}:assumed-role/${role.name}/${sessionName}`,
    ...(policies.value !== undefined && { policies: policies.value }),
    tags: asked.value.tags,
    transitiveTagKeys: new Set(asked.value.transitive),
    ...(asked.value.sourceIdentity !== undefined && { sourceIdentity: asked.value.sourceIdentity }),
    ...(claims !== undefined && { federatedProvider: claims.provider }),
    issuedAtMs: now.getTime(),
    durationSeconds: duration.value,
  });
}

const denied = (caller: Caller | undefined, action: string, resource: string): Result<never, Refusal> =>
  err({
    code: 'AccessDenied',
    message: accessDenied({ action, resource, ...(caller !== undefined && { who: callerArn(caller) }) }),
  });

interface Asked {
  /** With those that the caller's session hands on. */
  readonly tags: ReadonlyMap<string, string>;
  readonly transitive: readonly string[];
  /** Tags of this request alone. */
  readonly own: ReadonlyMap<string, string>;
  readonly sourceIdentity?: string;
}

function askedOf(
  { parameters }: AwsRequest,
  caller: Caller | undefined,
  token: WebIdentity | undefined,
): Result<Asked, Refusal> {
  const stated = listOf(parameters.Tags).filter(isObject);
  const own =
    token?.tags ??
    new Map(stated.map((tag) => [firstString(tag, 'Key') ?? '', firstString(tag, 'Value') ?? '']));
  const transitive = token?.transitiveTagKeys ?? stringsOf(parameters.TransitiveTagKeys);
  const before = caller?.kind === 'session' ? caller.session : undefined;
  const inherited = [...(before?.tags ?? [])].filter(([key]) => before?.transitiveTagKeys.has(key));
  if (own.size > LIMITS.tags || (token === undefined && own.size < stated.length))
    return validation('The session tags are too many, or one key stands twice');
  const isTooLong = [...own].some(
    ([key, value]) => key === '' || key.length > LIMITS.tagKey || value.length > LIMITS.tagValue,
  );
  if (isTooLong) return validation('A session tag is longer than 128 (key) or 256 (value) characters');
  const overridden = inherited.find(([key]) =>
    [...own.keys()].some((one) => one.toLowerCase() === key.toLowerCase()),
  );
  if (overridden !== undefined)
    return validation(
      `One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session: ${overridden[0]}`,
    );
  const missing = transitive.find((key) => !own.has(key));
  if (missing !== undefined)
    return validation(`The specified transitive tag key must be included in the requested tags: ${missing}`);
  const asked = token?.sourceIdentity ?? firstString(parameters, 'SourceIdentity');
  if (asked !== undefined && !SOURCE_IDENTITY.test(asked))
    return validation(`Value '${asked}' at 'sourceIdentity' failed to satisfy constraint`);
  if (before?.sourceIdentity !== undefined && asked !== undefined && asked !== before.sourceIdentity) {
    return err({ code: 'AccessDenied', message: 'Source identity can not be changed while role chaining' });
  }
  const sourceIdentity = before?.sourceIdentity ?? asked;
  return ok({
    own,
    tags: new Map([...inherited, ...own]),
    transitive: [...inherited.map(([key]) => key), ...transitive],
    ...(sourceIdentity !== undefined && { sourceIdentity }),
  });
}

/** The trust policy must allow each; a source identity that a session hands on, too. */
const actionsFor = (action: string, { own, sourceIdentity }: Asked): readonly string[] => [
  action,
  ...(own.size > 0 ? ['sts:TagSession'] : []),
  ...(sourceIdentity !== undefined ? ['sts:SetSourceIdentity'] : []),
];

function keysOf(
  { parameters, region }: AwsRequest,
  asked: Asked,
  token: WebIdentity | undefined,
): Permission['keys'] {
  const one = (value: string | undefined): readonly string[] => (value === undefined ? [] : [value]);
  return new Map<string, readonly string[]>([
    ...Object.entries(token?.keys ?? {}),
    ['aws:requestedregion', [region]],
    ['aws:tagkeys', [...asked.own.keys()]],
    ...[...asked.own].map(([key, value]): [string, readonly string[]] => [
      `aws:requesttag/${key.toLowerCase()}`,
      [value],
    ]),
    ['sts:externalid', one(firstString(parameters, 'ExternalId'))],
    ['sts:rolesessionname', one(firstString(parameters, 'RoleSessionName'))],
    ['sts:sourceidentity', one(asked.sourceIdentity)],
    ['sts:transitivetagkeys', asked.transitive],
    ['sts:durationseconds', one(firstString(parameters, 'DurationSeconds'))],
  ]);
}

function durationOf(
  { parameters }: AwsRequest,
  caller: Caller | undefined,
  longest: number,
): Result<number, Refusal> {
  const words = firstString(parameters, 'DurationSeconds');
  const seconds = words === undefined ? LIMITS.usualSeconds : Number(words);
  if (!Number.isSafeInteger(seconds) || seconds < LIMITS.leastSeconds) {
    return validation(
      `1 validation error detected: Value '${words}' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900`,
    );
  }
  if (caller?.kind === 'session' && seconds > LIMITS.chainedSeconds) {
    return validation(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    );
  }
  return seconds > longest
    ? validation('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.')
    : ok(seconds);
}

const compile = policyCompiler();

async function sessionPolicies(
  { parameters }: AwsRequest,
  iam: Awaited<ReturnType<AwsState['iam']>>,
): Promise<Result<readonly NamedPolicy[] | undefined, Refusal>> {
  const inline = firstString(parameters, 'Policy');
  const arns = listOf(parameters.PolicyArns).flatMap((one) => (isObject(one) ? stringsOf(one.arn) : []));
  if (inline === undefined && arns.length === 0) return ok(undefined);
  if (arns.length > LIMITS.managedPolicies) return validation('More than 10 managed session policies');
  const characters = (inline?.length ?? 0) + arns.reduce((sum, arn) => sum + arn.length, 0);
  if (characters > LIMITS.policyCharacters) {
    const percent = Math.ceil((characters * 100) / LIMITS.policyCharacters);
    return err({
      code: 'PackedPolicyTooLarge',
      message: `Packed size of session tags consumes ${percent}% of allotted space.`,
      status: 400,
    });
  }
  const policies: NamedPolicy[] = inline === undefined ? [] : [{ name: 'session policy', source: inline }];
  for (const arn of arns) {
    const found = await iam.managed(arn);
    if (found.source === '') return validation(`The policy ${arn} is not there`);
    policies.push(found);
  }
  try {
    for (const policy of policies) compile(policy, 'session');
  } catch (error) {
    return err({
      code: 'MalformedPolicyDocument',
      message: error instanceof Error ? error.message : String(error),
      status: 400,
    });
  }
  return ok(policies);
}

const validation = (message: string): Result<never, Refusal> =>
  err({ code: 'ValidationError', message, status: 400 });
