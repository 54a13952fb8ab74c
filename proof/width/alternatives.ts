import type { CompiledPolicy } from '#iam/core';
import fullAccess from './full-access.json' with { type: 'json' };
import managed from './managed-policies.json' with { type: 'json' };
import { policiesOf } from './measure.ts';
import type { Pair } from './universe.ts';

const documents: ReadonlyMap<string, { readonly document: object }> = new Map(
  Object.entries(managed.policies),
);
const byService: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(fullAccess.policies));
const compiled = new Map<string, readonly CompiledPolicy[]>();

/** AWS's own document. */
export function managedPolicy(name: string): readonly CompiledPolicy[] {
  const known = compiled.get(name);
  if (known !== undefined) return known;
  const found = documents.get(name);
  if (found === undefined) throw new Error(`proof/width/managed-policies.json has no ${name}.`);
  const policies = policiesOf([JSON.stringify(found.document)]);
  compiled.set(name, policies);
  return policies;
}

/** The full-access policies of every service that was called: what a role would have that is made of them. */
export function fullAccessFor(calls: readonly Pair[]): readonly string[] {
  const services = new Set(calls.map(({ action }) => action.slice(0, action.indexOf(':')).toLowerCase()));
  const names = [...services].flatMap((service) => {
    const found = byService.get(service);
    if (found === undefined) throw new Error(`proof/width/full-access.json says nothing of ${service}.`);
    return found;
  });
  return [...new Set(names)].toSorted();
}
