import type { PlannedChange } from '#plan/core';
import { dataActionsOf, openedByType } from '../fit/forbidden.ts';
import { iamActionsOfType, isGlobalService, serviceOfType } from '../session-policy/aws-types.ts';
import rules from '../session-policy/rules.json' with { type: 'json' };
import { serviceNames } from '../session-policy/service-names.ts';
import { passingAtAll } from './besides.ts';
import { condition, type Need, type Operation, type Wide } from './need.ts';
import type { ArnFacts } from './template.ts';
import { arnOf } from './template.ts';

const dependencies: Readonly<Record<string, readonly string[]>> = rules.needs;

/**
 * What a type gets of which nobody has recorded the calls: its service as a whole with what that depends on; IAM by the type. What
 * it destroys of data is named apart. Undefined for a type of no known service.
 */
export function coarseNeeds(
  change: PlannedChange,
  operations: readonly Operation[],
  facts: ArnFacts,
): readonly Need[] | undefined {
  const service = serviceOfType(change.type);
  if (service === undefined) return undefined;
  const writes = operations.some((operation) => operation !== 'read');
  const own = writes ? ownActions(change, service) : rules.readVerbs.map((verb) => `${service}:${verb}`);
  if (own === undefined) return undefined;
  const actions = writes
    ? [
        ...own,
        ...(dependencies[service] ?? []),
        ...rules.alwaysRead,
        ...rules.alwaysReadGlobal.filter(isRead),
      ]
    : own;
  const why = { address: change.address, operation: operations[0] ?? 'read' };
  const open = (action: string, wide: Wide): Need => ({
    action,
    resources: ['*'],
    conditions: [],
    why,
    wide,
  });
  const opened = [
    // IAM is never opened as a whole; the type says what of it.
    ...actions.map((action) => open(action, isOwnIam(action, service) ? 'by-type' : 'not-recorded')),
    ...openedByType(change.type, service).map((action) => open(action, 'by-type')),
  ];
  if (!writes) return opened;
  return [
    ...opened,
    linkedRoles(why, facts),
    ...keyUse(why, facts),
    ...passingAtAll(change, facts),
    ...destruction(change, operations, facts),
  ];
}

const ownActions = ({ type }: PlannedChange, service: string): readonly string[] | undefined =>
  service === 'iam' ? iamActionsOfType(type) : [`${service}:*`];

const isOwnIam = (action: string, service: string): boolean => service === 'iam' && action.startsWith('iam:');

const isRead = (action: string): boolean => /:(?:Get|List)/.test(action);

/** AWS gives these roles their names and permissions; each belongs to one service. */
const linkedRoles = (why: Need['why'], { partition, account }: ArnFacts): Need => ({
  action: 'iam:CreateServiceLinkedRole',
  resources: [`arn:${partition}:iam::${account}:role/aws-service-role/*`],
  conditions: [],
  why,
  wide: 'by-type',
});

/** Keys serve only through the services. */
const keyUse = (why: Need['why'], { regions, partition }: ArnFacts): readonly Need[] =>
  rules.keyActions.map((action) => ({
    action,
    resources: ['*'],
    conditions: [
      condition(
        'StringLike',
        'kms:ViaService',
        serviceNames(
          regions.map((region) => `*.${region}`),
          partition,
        ),
      ),
    ],
    why,
    wide: 'not-recorded',
  }));

/** Only what the plan itself destroys is taken out of the denials; any of its kind where it has no ARN. */
function destruction(
  change: PlannedChange,
  operations: readonly Operation[],
  { partition }: ArnFacts,
): readonly Need[] {
  if (!operations.includes('delete')) return [];
  const arn = arnOf(change.before);
  return dataActionsOf(change.type).map(({ action, inside, also }) => ({
    action,
    resources:
      arn === undefined
        ? ['*']
        : [
            arn,
            ...(inside === undefined ? [] : [`${arn}${inside}*`]),
            ...also.map((pattern) => pattern.replace('{partition}', partition)),
          ],
    conditions: [],
    why: { address: change.address, operation: 'delete' },
    ...(arn === undefined && { wide: 'unknown' as const }),
  }));
}

export const isGlobal = (action: string): boolean => isGlobalService(action.slice(0, action.indexOf(':')));
