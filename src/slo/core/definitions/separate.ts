import type { PolicySpec, RefOr } from './alert-schema.ts';
import type { Definition, DefinitionOf } from './documents.ts';
import type { Metadata } from './fields.ts';

/**
 * Policies and targets that are written in their place become documents of their own, as OpenSLO's JSON schema wants them: there an
 * SLO only names policies, and a target in its place could only be called AlertCondition. A name that is taken gets a number.
 */
export function separated(definitions: readonly Definition[]): readonly Definition[] {
  const added: Definition[] = [];
  const taken = new Set(definitions.map(({ kind, metadata }) => `${kind} ${metadata.name}`));
  const add = (
    kind: Definition['kind'],
    metadata: Metadata,
    build: (metadata: Metadata) => Definition,
  ): { readonly ref: string } => {
    let name = metadata.name;
    for (let number = 2; taken.has(`${kind} ${name}`); number += 1) name = `${metadata.name}-${number}`;
    taken.add(`${kind} ${name}`);
    added.push(build({ ...metadata, name }));
    return { ref: name };
  };

  const policyOf = (spec: PolicySpec): PolicySpec => ({
    ...spec,
    notificationTargets: spec.notificationTargets.map((target) =>
      'ref' in target
        ? target
        : add('AlertNotificationTarget', target.metadata, (metadata) => ({
            apiVersion: 'openslo/v1',
            kind: 'AlertNotificationTarget',
            metadata,
            spec: target.spec,
          })),
    ),
  });
  const policyRef = (policy: RefOr<PolicySpec>): { readonly ref: string } =>
    'ref' in policy
      ? policy
      : add('AlertPolicy', policy.metadata, (metadata) => policyDocument(metadata, policyOf(policy.spec)));
  const kept = definitions.map((definition): Definition => {
    if (definition.kind === 'AlertPolicy') return { ...definition, spec: policyOf(definition.spec) };
    if (definition.kind !== 'SLO') return definition;
    const { spec } = definition;
    return { ...definition, spec: { ...spec, alertPolicies: spec.alertPolicies.map(policyRef) } };
  });
  return [...kept, ...added];
}

const policyDocument = (metadata: Metadata, spec: PolicySpec): DefinitionOf<'AlertPolicy'> => ({
  apiVersion: 'openslo/v1',
  kind: 'AlertPolicy',
  metadata,
  spec,
});
