import { own } from '#core-values';
import type { PlannedChange, PlanValue } from '#plan/core';
import { serviceOfType } from '../session-policy/aws-types.ts';
import rules from '../session-policy/rules.json' with { type: 'json' };
import { serviceNames } from '../session-policy/service-names.ts';
import { valuesAt } from './attribute.ts';
import data from './besides.json' with { type: 'json' };
import { condition, type Need, type Operation } from './need.ts';
import type { ArnFacts } from './template.ts';
import type { OpenNeed } from './unknown-names.ts';

type Attributes = Readonly<Record<string, string>>;
const passedRoles: Readonly<Record<string, Attributes>> = data.passedRoles;
const keys: Readonly<Record<string, Attributes>> = data.keys;
const linkedRoles: Readonly<Record<string, readonly string[]>> = data.serviceLinkedRoles;
const coarsePassing: Readonly<Record<string, readonly string[]>> = rules.passRole;

/** What a call to one service needs of IAM and KMS: to pass a role, to make a service-linked role, to use a key. */
export function needsBesides(
  change: PlannedChange,
  operation: Operation,
  object: PlanValue,
  facts: ArnFacts,
): readonly OpenNeed[] {
  const why = { address: change.address, operation };
  const { partition, account } = facts;
  const needs: OpenNeed[] = [];
  if (operation === 'create' || operation === 'update') {
    for (const [attribute, service] of Object.entries(own(passedRoles, change.type) ?? {})) {
      const role = (name: string) => `arn:${partition}:iam::${account}:role/${name}`;
      const arns = referencesIn(object, attribute, role);
      if (arns.resources.length === 0) continue;
      needs.push({
        need: {
          action: 'iam:PassRole',
          resources: arns.resources,
          conditions: [condition('StringEquals', 'iam:PassedToService', serviceNames([service], partition))],
          why,
        },
        open: arns.open,
      });
    }
    for (const [attribute, service] of Object.entries(own(keys, change.type) ?? {})) {
      const key = (name: string) =>
        `arn:${partition}:kms:${facts.regions[0] ?? '*'}:${account}:key/${/^[\da-f-]{36}$|^mrk-|^\*$/.test(name) ? name : '*'}`;
      const { resources, open } = referencesIn(object, attribute, key);
      if (resources.length === 0) continue;
      const users = serviceNames(
        facts.regions.map((region) => `${service}.${region}`),
        partition,
      );
      for (const action of data.keyActions) {
        const conditions = [condition('StringEquals', 'kms:ViaService', users)];
        needs.push({ need: { action, resources, conditions, why }, open });
      }
    }
  }
  return operation === 'create' ? [...needs, ...linkedRoleNeeds(change, why, facts)] : needs;
}

const linkedRoleNeeds = ({ type }: PlannedChange, why: Need['why'], facts: ArnFacts): readonly OpenNeed[] =>
  (own(linkedRoles, type) ?? []).map((service) => ({
    need: {
      action: 'iam:CreateServiceLinkedRole',
      resources: [
        `arn:${facts.partition}:iam::${facts.account}:role/aws-service-role/${service}.amazonaws.com/*`,
      ],
      conditions: [condition('StringEquals', 'iam:AWSServiceName', [`${service}.amazonaws.com`])],
      why,
    },
    open: new Set<string>(),
  }));

/** ARNs as they stand; a bare name, an alias and what is not known yet by `named`. */
function referencesIn(
  object: PlanValue,
  attribute: string,
  named: (name: string) => string,
): { readonly resources: readonly string[]; readonly open: ReadonlySet<string> } {
  const resources = new Set<string>();
  const open = new Set<string>();
  for (const told of valuesAt(object, attribute)) {
    if (told?.startsWith('alias/aws/') === true) continue;
    const isArn = told !== undefined && /^arn:[^*?$]+$/.test(told) && !told.includes(':alias/');
    const name = told !== undefined && /^[\w+=,.@/-]+$/.test(told) ? told : '*';
    const arn = isArn ? told : named(name);
    resources.add(arn);
    if (arn.includes('*')) open.add(arn);
  }
  return { resources: [...resources].toSorted(), open };
}

/** Where nobody knows which attribute takes a role: any role, to the services that the type's own service works with. */
export function passingAtAll(change: PlannedChange, { partition, account }: ArnFacts): readonly Need[] {
  const services = coarsePassing[serviceOfType(change.type) ?? ''] ?? [];
  if (services.length === 0) return [];
  return [
    {
      action: 'iam:PassRole',
      resources: [`arn:${partition}:iam::${account}:role/*`],
      conditions: [
        condition('StringEquals', 'iam:PassedToService', serviceNames(services, partition).toSorted()),
      ],
      why: { address: change.address, operation: 'create' },
      wide: 'unknown',
    },
  ];
}

export const callsNothing = (type: string): boolean => data.withoutCalls.includes(type);

export const tagsAfterwards = (type: string): boolean => data.tagsAfterwards.includes(type);

/** The services to which a type's roles are passed, where no table says which attribute is for which. */
export const passedTo = (type: string, partition: string): Need['conditions'] => [
  condition(
    'StringEquals',
    'iam:PassedToService',
    serviceNames(coarsePassing[serviceOfType(type) ?? ''] ?? [], partition).toSorted(),
  ),
];

export const isPassingKnown = (type: string): boolean => Object.hasOwn(passedRoles, type);

/** Of the needs of this file: to use a key that an attribute names. */
export const usesKey = ({ action, conditions }: Need): boolean =>
  data.keyActions.includes(action) && conditions.some(({ key }) => key === 'kms:ViaService');

export const isKeyType = (type: string): boolean => data.keyTypes.includes(type);
