import type { Region } from '#accounts/core';
import {
  type AccountId,
  err,
  ok,
  type Problem,
  problem,
  type Reason,
  type Result,
  type Text,
  text,
} from '#core-values';
import { iamActionsOfType, isGlobalService, serviceOfAction, serviceOfType } from './aws-types.ts';
import { dataDenials } from './data-denials.ts';
import { type PlannedAction, type StateStore, writes } from './planned-action.ts';
import rules from './rules.json' with { type: 'json' };
import {
  hasShrunk,
  partitionOf,
  type SessionPolicy,
  SHRINKING,
  type Shrinking,
  stateObjects,
  stateTables,
} from './session-policy.ts';
import { isLiteral, MAX_POLICY_CHARACTERS, policyText, type Statement } from './statement.ts';

export interface ApplyPolicyFacts {
  readonly account: AccountId;
  readonly region: Region;
  /** Other regions that the plan's provider configurations name. */
  readonly otherRegions?: readonly string[];
  readonly changes: readonly PlannedAction[];
  readonly stateStore?: StateStore;
  /** Sekisho's own roles and identity provider: never to be changed by what Sekisho grants. */
  readonly protectedArns: readonly string[];
}

/**
 * The session policy of an apply: allows the services that the plan touches, in its regions, with what they depend on;
 * denies destroying data that the plan does not destroy, changing Sekisho's own roles and leaving the organization.
 * IAM is opened only by the types the plan touches. `bad-plan` when a type is unknown, a name could be read as a
 * pattern, or the policy does not fit STS even after merging.
 */
export function applySessionPolicy(facts: ApplyPolicyFacts): Result<SessionPolicy, Problem> {
  const [first, ...more] = [...unknownTypes(facts), ...unsafeNames(facts)];
  if (first !== undefined) return err(problem('bad-plan', first, ...more));
  let size = 0;
  for (const to of SHRINKING) {
    const { statements, widened } = statementsOf(facts, to);
    const policy = policyText(statements);
    size = policy.length;
    if (size <= MAX_POLICY_CHARACTERS)
      return ok({ policy, managedPolicyArns: [], sizeCharacters: size, widened });
  }
  return err(problem('bad-plan', tooLarge(size)));
}

function statementsOf(
  facts: ApplyPolicyFacts,
  to: Shrinking,
): { readonly statements: readonly Statement[]; readonly widened: readonly Text[] } {
  const allowed = [...allowedActions(facts.changes)];
  const services = new Set(allowed.map(serviceOfAction));
  const regions = regionsOf(facts, services);
  const denials = dataDenials({ ...facts, partition: partitionOf(facts) }, services, to);
  return {
    statements: [
      {
        Effect: 'Allow',
        Action: allowed.filter((action) => !isGlobalService(serviceOfAction(action))),
        Condition: { StringEquals: { 'aws:RequestedRegion': regions } },
      },
      { Effect: 'Allow', Action: allowed.filter((action) => isGlobalService(serviceOfAction(action))) },
      passRole(facts, services, to),
      {
        Effect: 'Allow',
        Action: rules.keyActions,
        Condition: { StringLike: { 'kms:ViaService': keyUsers(facts, regions) } },
      },
      ...stateAllowances(facts),
      ...denials.statements,
      foreignWrites(facts, services),
      {
        Effect: 'Deny',
        Action: facts.protectedArns.length === 0 ? [] : ['iam:*'],
        Resource: facts.protectedArns,
      },
    ],
    widened: [...wideServices(facts.changes), ...wideRegions(facts, regions), ...denials.widened],
  };
}

/** Every service that is written to, as a whole except IAM; what is only read; what these depend on. */
function allowedActions(changes: readonly PlannedAction[]): ReadonlySet<string> {
  const allowed = new Set<string>([...rules.alwaysRead, ...rules.alwaysReadGlobal]);
  const needs: Readonly<Record<string, readonly string[]>> = rules.needs;
  for (const change of changes) {
    const service = serviceOfType(change.type);
    if (service === undefined) continue;
    if (change.mode === 'data' && change.action === 'read') {
      for (const verb of rules.readVerbs) allowed.add(`${service}:${verb}`);
    }
    if (!writes(change)) continue;
    for (const action of service === 'iam' ? (iamActionsOfType(change.type) ?? []) : [`${service}:*`]) {
      allowed.add(action);
    }
    for (const action of needs[service] ?? []) allowed.add(action);
  }
  return allowed;
}

function regionsOf(facts: ApplyPolicyFacts, services: ReadonlySet<string>): readonly string[] {
  const usEast1 = rules.servicesThatUseUsEast1.some((service) => services.has(service)) ? ['us-east-1'] : [];
  return [...new Set([facts.region, ...(facts.otherRegions ?? []), ...usEast1])].toSorted();
}

function passRole(facts: ApplyPolicyFacts, services: ReadonlySet<string>, to: Shrinking): Statement {
  const users: Readonly<Record<string, readonly string[]>> = rules.passRole;
  const written = facts.changes.filter(writes).flatMap(({ type }) => serviceOfType(type) ?? []);
  const passedTo = [...new Set(written.flatMap((service) => users[service] ?? []))]
    .map((name) => `${name}.amazonaws.com`)
    .toSorted();
  return {
    Effect: 'Allow',
    Action: passedTo.length === 0 || services.size === 0 ? [] : ['iam:PassRole'],
    Resource: [`arn:${partitionOf(facts)}:iam::${facts.account}:role/*`],
    ...(!hasShrunk(to, 'passed-services') && {
      Condition: { StringEquals: { 'iam:PassedToService': passedTo } },
    }),
  };
}

/** Keys are used only through the services; the state's bucket may be in another region. */
const keyUsers = (facts: ApplyPolicyFacts, regions: readonly string[]): readonly string[] =>
  [...new Set([...regions, ...(facts.stateStore?.region === undefined ? [] : [facts.stateStore.region])])]
    .toSorted()
    .map((region) => `*.${region}.amazonaws.com`);

/** Terraform reads, writes and locks its state with the session's own credentials. */
function stateAllowances(facts: ApplyPolicyFacts): readonly Statement[] {
  const { stateStore } = facts;
  if (stateStore === undefined) return [];
  const partition = partitionOf(facts);
  return [
    { Effect: 'Allow', Action: ['s3:ListBucket'], Resource: [`arn:${partition}:s3:::${stateStore.bucket}`] },
    {
      Effect: 'Allow',
      Action: ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
      Resource: stateObjects(stateStore, partition),
    },
    {
      Effect: 'Allow',
      Action:
        stateStore.table === undefined ? [] : ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem'],
      Resource: stateTables(stateStore, partition),
    },
  ];
}

/** Nothing is written into another account's buckets, queues and the like, except the state. */
function foreignWrites(facts: ApplyPolicyFacts, services: ReadonlySet<string>): Statement {
  const partition = partitionOf(facts);
  const condition = {
    StringNotEquals: { 'aws:ResourceAccount': facts.account },
    // An absent key would make the negated comparison true.
    Null: { 'aws:ResourceAccount': 'false' },
  };
  return {
    Effect: 'Deny',
    Action: rules.ownAccountOnly.filter((action) => services.has(serviceOfAction(action))),
    ...(facts.stateStore !== undefined && {
      NotResource: [
        ...stateObjects(facts.stateStore, partition),
        ...stateTables(facts.stateStore, partition),
      ],
    }),
    Condition: condition,
  };
}

function wideServices(changes: readonly PlannedAction[]): readonly Text[] {
  const written = changes.filter(writes).flatMap(({ type }) => serviceOfType(type) ?? []);
  return [...new Set(written)]
    .filter((service) => service !== 'iam')
    .toSorted()
    .map((service) =>
      text(
        `${service}: every action on every resource of the service, except destroying data.`,
        `${service}: データの破壊を除き、このサービスのすべての操作とリソースを許可しています。`,
      ),
    );
}

const wideRegions = (facts: ApplyPolicyFacts, regions: readonly string[]): readonly Text[] =>
  regions
    .filter((region) => region !== facts.region)
    .map((region) =>
      text(
        `Region ${region} is open besides the stack’s ${facts.region}.`,
        `スタックのリージョン ${facts.region} に加えて ${region} も許可しています。`,
      ),
    );

/** Types of the AWS provider that the table does not know, and providers that use AWS by other names. */
const unknownTypes = (facts: ApplyPolicyFacts): readonly Reason[] =>
  facts.changes
    .filter((change) => writes(change) || (change.mode === 'data' && change.action === 'read'))
    .filter(({ type }) => /^aws(?:cc)?_/.test(type))
    .filter(({ type }) => {
      const service = serviceOfType(type);
      return service === undefined || (service === 'iam' && iamActionsOfType(type) === undefined);
    })
    .map(({ address, type }) => ({
      rule: 'session-policy.type-unknown',
      message: text(
        `It is not known which AWS permissions ${type} needs (${address}), so none can be granted.`,
        `${type} に必要な AWS の権限が不明なため、グラントを発行できません(${address})。`,
      ),
      remedy: text(
        'Update Sekisho; if the type is newer than it, add the type to core/session-policy/type-services.json.',
        'Sekisho を更新してください。それより新しいタイプの場合は core/session-policy/type-services.json に追加してください。',
      ),
    }));

/** Names that would be read as a pattern or a variable (attack 5). */
function unsafeNames(facts: ApplyPolicyFacts): readonly Reason[] {
  const { bucket = 'x', key = 'x', table = 'x', region = 'x' } = facts.stateStore ?? {};
  const names = [
    facts.region,
    ...(facts.otherRegions ?? []),
    ...facts.protectedArns,
    bucket,
    key,
    table,
    region,
  ];
  return names.some((name) => !isLiteral(name)) ? [unsafeName()] : [];
}

const unsafeName = (): Reason => ({
  rule: 'session-policy.name-unsafe',
  message: text(
    'The name of the state’s bucket, key, table or of a region holds characters (`*`, `?`, `$`, quotes) that a policy would read as a pattern.',
    'state のバケット、キー、テーブル、またはリージョンの名前に、ポリシーでパターンとして解釈される文字(`*`、`?`、`$`、引用符)が含まれています。',
  ),
  remedy: text('Rename it.', '名前を変更してください。'),
});

const tooLarge = (size: number): Reason => ({
  rule: 'session-policy.too-large',
  message: text(
    `What this plan needs takes a session policy of ${size} characters; AWS allows ${MAX_POLICY_CHARACTERS}.`,
    `このプランに必要なセッションポリシーは ${size} 文字ですが、AWS の上限は ${MAX_POLICY_CHARACTERS} 文字です。`,
  ),
  remedy: text(
    'Split the change: fewer AWS services in one apply.',
    '変更を分割し、1 回の適用で扱う AWS サービスを減らしてください。',
  ),
});
