import type { AccountId, Problem, Reason, Result } from '#core-values';
import { err, ok, problem, text } from '#core-values';
import { type Plan, type PlannedChange, type PlanValue, UNKNOWN } from '#plan/core';
import { covers, isNameless, resourcesOfAction } from '../fit/pattern.ts';
import { serviceOfType } from '../session-policy/aws-types.ts';
import { partitionOf, type StateStore, stateStoreOf } from '../session-policy/state-store.ts';
import { isLiteral } from '../session-policy/statement.ts';
import { isSet, valuesAt } from './attribute.ts';
import {
  callsNothing,
  isKeyType,
  isPassingKnown,
  needsBesides,
  passedTo,
  tagsAfterwards,
  usesKey,
} from './besides.ts';
import { causesOf, changesAny } from './changed-attributes.ts';
import { coarseNeeds, isGlobal } from './coarse.ts';
import { type LeftOut, withoutLeftOut } from './left-out.ts';
import { condition, type Need } from './need.ts';
import { operationsOf, type PlannedOperation, regionsOf } from './objects.ts';
import { narrowedByObservation, type ObservedStep } from './observed.ts';
import {
  ALWAYS_CALLED,
  RECORDED,
  type RecordedCall,
  type RecordedType,
  type RecordedTypes,
} from './recorded-operations.ts';
import { stateNeeds } from './state-store.ts';
import { type ArnFacts, arnOf, fill } from './template.ts';
import {
  type ClosedNeeds,
  closeUnknownNames,
  makesByName,
  type OpenNeed,
  type ReadLater,
} from './unknown-names.ts';

export interface NeedsFacts {
  readonly account: AccountId;
  readonly region: string;
  /** Whether the apply refreshes unchanged objects too. Applying a saved plan does not. */
  readonly refreshes?: boolean;
  /** What is known of types; the product's own data where absent. */
  readonly recorded?: RecordedTypes;
  /** What the organization's own applies were seen to call, of the plan's provider version and by enough of them. */
  readonly observed?: readonly ObservedStep[];
  /** What people decided to leave out for the stack. */
  readonly leftOut?: readonly LeftOut[];
}

/**
 * Everything that applying the plan asks of AWS, in the order of the plan's changes, each need once. `bad-plan` where nobody knows
 * what a type needs, or where a name could be read as a pattern (attack 5).
 */
export function needsOfPlan(
  plan: Pick<Plan, 'changes' | 'configuration' | 'backend'>,
  facts: NeedsFacts,
): Result<readonly Need[], Problem> {
  const reasons: Reason[] = [];
  const open: OpenNeed[] = [];
  const partition = partitionOf(facts);
  for (const change of plan.changes) {
    if (!/^aws(?:cc)?_/.test(change.type) || callsNothing(change.type)) continue;
    const operations = operationsOf(change, facts.refreshes === true);
    if (operations.length === 0) continue;
    const regions = regionsOf(change, plan, facts.region);
    const found = needsOfChange(
      change,
      operations,
      { partition, account: facts.account, regions },
      facts.recorded ?? RECORDED,
      facts.observed ?? [],
    );
    if (found.ok) open.push(...found.value);
    else reasons.push(found.error);
  }
  const store = stateStoreOf(plan.backend);
  if (store !== undefined && !isPlainStore(store)) reasons.push(nameUnsafe('terraform.state'));
  const [first, ...more] = reasons;
  if (first !== undefined) return err(problem('bad-plan', first, ...more));
  const readLater = readLaterIn(plan.changes, { ...facts, partition });
  const { needs: closed, refused } = closeUnknownNames(
    open.filter((one) => !isKeyOfNobody(one, plan.changes, readLater.services)),
    readLater,
  );
  const [firstRefused, ...moreRefused] = namesOpen(refused);
  if (firstRefused !== undefined) return err(problem('bad-plan', firstRefused, ...moreRefused));
  const state = store === undefined ? [] : stateNeeds(store, partition, facts.region);
  const all = distinct([...alwaysNeeded(closed), ...closed, ...state]);
  return ok(withoutLeftOut(all, plan.changes, facts.leftOut ?? []));
}

function needsOfChange(
  change: PlannedChange,
  operations: readonly PlannedOperation[],
  facts: ArnFacts,
  types: RecordedTypes,
  observed: readonly ObservedStep[],
): Result<readonly OpenNeed[], Reason> {
  const recorded = Object.hasOwn(types, change.type) ? types[change.type] : undefined;
  if (recorded === undefined) {
    const names = operations.map(({ operation }) => operation);
    const coarse = coarseNeeds(change, names, facts);
    if (coarse === undefined) return err(typeUnknown(change));
    const known = narrowedByObservation(coarse, change, names, observed);
    return ok(known.map((need) => ({ need: inRegions(need, facts), open: new Set<string>() })));
  }
  const needs: OpenNeed[] = [];
  for (const planned of operations) {
    for (const call of recorded[planned.operation] ?? []) {
      if (!happens(call, change, planned) || isSaidBesides(change, call)) continue;
      const need = needOfCall(change, planned, call, recorded, facts);
      if (need === undefined) return err(nameUnsafe(change.address));
      needs.push({ ...need, need: inRegions(need.need, facts) });
    }
    const [object] = planned.objects;
    if (object !== undefined) needs.push(...needsBesides(change, planned.operation, object, facts));
  }
  return ok(needs);
}

function happens(
  { action, whenSet }: RecordedCall,
  { type, before, after }: PlannedChange,
  { operation, objects }: PlannedOperation,
): boolean {
  const causes = operation === 'update' ? causesOf(type, action) : undefined;
  if (causes !== undefined) return changesAny(before, after, causes);
  return whenSet === undefined || whenSet.some((name) => objects.some((object) => isSet(object, name)));
}

function needOfCall(
  change: PlannedChange,
  { operation, objects }: PlannedOperation,
  { action, resources: templates }: RecordedCall,
  recorded: RecordedType,
  facts: ArnFacts,
): OpenNeed | undefined {
  const resources = new Set<string>();
  const open = new Set<string>();
  let ofAnyType = false;
  const arn = objects.map(arnOf).find((one) => one !== undefined);
  for (const template of templates) {
    const filled = fill(template, objects, facts);
    if (filled === undefined) return undefined;
    for (const { pattern, isUnknown } of filled) {
      if (pattern === '*' && isUnknown) ofAnyType = true;
      for (const narrowed of narrow(pattern, isUnknown, { action, arn, facts })) {
        resources.add(narrowed);
        if (isUnknown && narrowed.includes('*') && narrowed !== arn) open.add(narrowed);
      }
    }
  }
  const isWide = resources.has('*') && open.size === 0;
  const need: Need = {
    action,
    resources: [...resources].toSorted(),
    conditions: [
      ...conditionsOf(change, operation, action, { recorded, partition: facts.partition }),
      ...(isWide ? ownAccountOnly(action, facts) : []),
    ],
    why: { address: change.address, operation },
    ...(isWide && { wide: 'no-narrower' }),
  };
  return { need, open, ofAnyType };
}

/** What is open becomes the object's own ARN where it has one, and at least a pattern of what the action acts on. */
function narrow(
  pattern: string,
  isUnknown: boolean,
  {
    action,
    arn,
    facts,
  }: { readonly action: string; readonly arn: string | undefined; readonly facts: ArnFacts },
): readonly string[] {
  if (!isUnknown) return pattern === '*' || pattern.startsWith('arn:') ? [pattern] : typesOf(action, facts);
  if (pattern !== '*') return arn !== undefined && covers(pattern, arn) ? [arn] : [pattern];
  return typesOf(action, facts);
}

const typesOf = (action: string, facts: ArnFacts): readonly string[] =>
  resourcesOfAction(action).flatMap((type) => {
    const [, , service, region, account, ...rest] = type.split(':');
    if (service === undefined || service === '*') return ['*'];
    const regions = region === '*' ? facts.regions : [region ?? ''];
    const own = account === '*' ? facts.account : (account ?? '');
    return regions.map((one) => ['arn', facts.partition, service, one, own, ...rest].join(':'));
  });

/**
 * A call that names no resource is recorded on `*`, though AWS asks for what it changes (an association's route table). Where AWS
 * does not tell whose that is, the condition holds.
 */
const ownAccountOnly = (action: string, { account }: ArnFacts): Need['conditions'] =>
  resourcesOfAction(action).includes('*') || /:(?:Describe|Get|List)/.test(action)
    ? []
    : [
        {
          operator: { base: 'StringEquals', ifExists: true },
          key: 'aws:ResourceAccount',
          values: [account],
        },
      ];

/** Roles are passed as `besides.json` has it, attribute by attribute, where it knows the type. */
const isSaidBesides = ({ type }: PlannedChange, { action }: RecordedCall): boolean =>
  action === 'iam:PassRole' && isPassingKnown(type);

function conditionsOf(
  change: PlannedChange,
  operation: string,
  action: string,
  { recorded, partition }: { readonly recorded: RecordedType; readonly partition: string },
): Need['conditions'] {
  switch (action) {
    case 'iam:PassRole':
      return passedTo(change.type, partition);
    case 'iam:CreateServiceLinkedRole': {
      const services = valuesAt(change.after, 'aws_service_name').filter((name) => name !== undefined);
      return services.length === 0 ? [] : [condition('StringEquals', 'iam:AWSServiceName', services)];
    }
    default:
      return tagCondition(change, operation, action, recorded);
  }
}

/** EC2 tags what it creates under the condition that it is just being created. */
function tagCondition(
  { type }: PlannedChange,
  operation: string,
  action: string,
  recorded: RecordedType,
): Need['conditions'] {
  if (action !== 'ec2:CreateTags' || operation !== 'create' || tagsAfterwards(type)) return [];
  const made = namesOf(/^ec2:((?:Allocate|Copy|Create|Import|Register|Request|Run)\w+)$/);
  // A rule of a security group is made by allowing it.
  const names = made.length > 0 ? made : namesOf(/^ec2:(Authorize\w+)$/);
  return names.length === 0 ? [] : [condition('StringEquals', 'ec2:CreateAction', names)];

  function namesOf(making: RegExp): readonly string[] {
    const calls = (recorded.create ?? []).map((call) => making.exec(call.action)?.[1]);
    const found = calls.filter((name) => name !== undefined && name !== 'CreateTags');
    return [...new Set(found)].filter((name) => name !== undefined).toSorted();
  }
}

/** A resource whose ARN names no region could be one of any; S3's names are unique in the world. */
function inRegions(need: Need, { regions }: ArnFacts): Need {
  const isAnywhere = need.resources.some((resource) => {
    const [, , service, region] = resource.split(':');
    return service !== 's3' && (region === undefined || region === '' || region === '*');
  });
  if (!isAnywhere || isGlobal(need.action)) return need;
  return {
    ...need,
    conditions: [...need.conditions, condition('StringEquals', 'aws:RequestedRegion', regions)],
  };
}

/** Data sources that are read during the apply can tell names of anything that their service has; by what they ask for, of what. */
function readLaterIn(
  changes: readonly PlannedChange[],
  { recorded = RECORDED, partition, account, region }: NeedsFacts & { readonly partition: string },
): ReadLater {
  const told: string[] = [];
  const services = new Set<string>();
  for (const { mode, action, type, after } of changes) {
    const service = serviceOfType(type);
    if (mode !== 'data' || action !== 'read' || callsNothing(type) || service === undefined) continue;
    services.add(service);
    const calls = Object.hasOwn(recorded, type) ? recorded[type]?.create : undefined;
    const templates = new Set((calls ?? []).filter(makesByName).flatMap(({ resources }) => resources));
    const facts = { partition, account, regions: [region] };
    const found = [...templates].flatMap((template) => fill(template, [askedFor(after)], facts) ?? []);
    const named = found.filter(({ pattern }) => !isNameless(pattern));
    told.push(...named.flatMap(({ pattern }) => [pattern, pattern.replace(IAM_NAME, '$1/*/')]));
  }
  return { services, told };
}

/** Data sources of IAM ask for a name, whatever its path. */
const askedFor = (after: PlanValue): PlanValue =>
  after instanceof Map && after.get('path') === UNKNOWN ? new Map([...after, ['path', '/']]) : after;

const IAM_NAME = /(:iam:.*:(?:role|user|group|policy|instance-profile))\/(?=[^/]+$)/;

/** `sts:GetCallerIdentity` passes without being allowed. */
const alwaysNeeded = ([first]: readonly Need[]): readonly Need[] =>
  first === undefined
    ? []
    : ALWAYS_CALLED.filter(({ action }) => action !== 'sts:GetCallerIdentity').map(
        ({ action, resources }) => ({
          action,
          resources,
          conditions: [],
          why: { address: 'provider.aws', operation: 'read' },
        }),
      );

/** A key's name that is unknown although the plan makes no key is one that the configuration does not ask for. */
const isKeyOfNobody = (
  { need, open }: OpenNeed,
  changes: readonly PlannedChange[],
  readLater: ReadonlySet<string>,
): boolean =>
  open.size > 0 &&
  usesKey(need) &&
  !readLater.has('kms') &&
  !changes.some(({ type, action }) => isKeyType(type) && action !== 'no-op' && action !== 'delete');

function distinct(needs: readonly Need[]): readonly Need[] {
  const seen = new Map<string, Need>();
  for (const need of needs) {
    const key = JSON.stringify([need.action, need.resources, need.conditions, need.why, need.wide]);
    if (!seen.has(key)) seen.set(key, need);
  }
  return [...seen.values()];
}

const isPlainStore = ({ bucket, key, table = 'x', region = 'x' }: StateStore): boolean =>
  [bucket, key, table, region].every(isLiteral);

const typeUnknown = ({ address, type }: PlannedChange): Reason => ({
  rule: 'session-policy.type-unknown',
  message: text(
    `It is not known which AWS permissions ${type} needs (${address}), so none can be granted.`,
    `${type} に必要な AWS の権限が不明なため、グラントを発行できません(${address})。`,
  ),
  remedy: text(
    'Update Sekisho; if the type is newer than it, add the type to core/session-policy/type-services.json.',
    'Sekisho を更新してください。それより新しいタイプの場合は core/session-policy/type-services.json に追加してください。',
  ),
});

/** One reason a change. */
const namesOpen = (refused: ClosedNeeds['refused']): readonly Reason[] =>
  [...Map.groupBy(refused, ({ need }) => need.why.address)].map(([address, all]) => {
    const actions = [...new Set(all.map(({ need }) => need.action))].toSorted().join(', ');
    const patterns = [...new Set(all.map(({ pattern }) => pattern))].toSorted().join(', ');
    return {
      rule: 'session-policy.name-open',
      message: text(
        `${address} needs ${actions} on something whose name is only known after apply, so it would have to be allowed on all of ${patterns}; no grant allows that.`,
        `${address} には ${actions} が必要ですが、対象の名前が適用時まで決まらないため ${patterns} のすべてに許可することになります。グラントでは許可されません。`,
      ),
      remedy: text(
        'Give what it is about a name, or the beginning of one (name_prefix), that the plan tells; or first apply what makes the name, with -target.',
        '対象に、プランの時点で決まる名前か接頭辞(name_prefix)を付けるか、名前を決めるリソースを -target で先に適用してください。',
      ),
    };
  });

const nameUnsafe = (address: string): Reason => ({
  rule: 'session-policy.name-unsafe',
  message: text(
    `A name that permissions for ${address} would have to hold has characters (\`*\`, \`?\`, \`$\`, quotes, or beyond U+00FF) that a policy reads as a pattern or AWS does not take.`,
    `${address} の権限に書く名前に、ポリシーでパターンとして解釈される文字や AWS が受け付けない文字(\`*\`、\`?\`、\`$\`、引用符、U+00FF より後の文字)が含まれています。`,
  ),
  remedy: text('Rename it.', '名前を変更してください。'),
});
