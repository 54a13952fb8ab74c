/**
 * Writes the data file by which a refused call is turned into an IAM action where AWS names only the operation: the SDK's name of each
 * service and the IAM prefix, from the service models of botocore (Apache-2.0), and the operations whose action has another name.
 * `node scripts/make-denied-operations.ts PATH/site-packages/botocore`, then `biome check --write src/credentials/core/access-denied`.
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import actionNames from '../demo/stand-ins/aws-requests/permissions/action-names.json' with { type: 'json' };
import serviceActions from '../src/credentials/core/fit/service-actions.json' with { type: 'json' };

const Model = z.object({
  metadata: z.looseObject({
    serviceId: z.string(),
    endpointPrefix: z.string(),
    signingName: z.string().optional(),
  }),
});

/** IAM's prefix where it is not the name that signs. Source: Service Authorization Reference. */
const IAM_PREFIXES: Readonly<Record<string, string>> = { monitoring: 'cloudwatch', tagging: 'tag' };

const [botocore] = process.argv.slice(2);
if (botocore === undefined || !existsSync(join(botocore, 'data'))) {
  console.error('Usage: node scripts/make-denied-operations.ts PATH/site-packages/botocore');
  process.exit(2);
}
const version = /__version__ = '([^']+)'/.exec(readFileSync(join(botocore, '__init__.py'), 'utf8'))?.[1];
const known = new Set(Object.keys(serviceActions.services));
const services: Record<string, string> = {};
const actions: Record<string, string> = {};
for (const name of readdirSync(join(botocore, 'data')).toSorted()) {
  const id = serviceIdOf(botocore, name);
  if (id === undefined) continue;
  services[id.serviceId] = id.prefix;
  const renamed: Readonly<Record<string, string>> =
    Object.entries(actionNames.services).find(([service]) => service === name)?.[1] ?? {};
  for (const [operation, action] of Object.entries(renamed)) {
    // One operation of two actions, or of one that hangs on the request, is not told by its name.
    if (operation !== '*' && !action.includes(' ')) actions[`${id.serviceId} ${operation}`] = action;
  }
}
const file = {
  source: `botocore ${version ?? '?'} (Apache-2.0), data/*/service-2.json.gz; ${actionNames.source}. Written by scripts/make-denied-operations.ts`,
  date: new Date().toISOString().slice(0, 10),
  services,
  actions,
};
const target = new URL('../src/credentials/core/access-denied/operations.json', import.meta.url);
writeFileSync(target, `${JSON.stringify(file, undefined, 2)}\n`);
console.log(
  `${Object.keys(services).length} services, ${Object.keys(actions).length} operations of other names.`,
);

function serviceIdOf(folder: string, name: string): { serviceId: string; prefix: string } | undefined {
  const versions = join(folder, 'data', name);
  const dates = statSync(versions).isDirectory() ? readdirSync(versions).toSorted() : [];
  const file = dates.map((date) => join(versions, date, 'service-2.json.gz')).findLast(existsSync);
  if (file === undefined) return undefined;
  const { metadata } = Model.parse(JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')));
  const signs = metadata.signingName ?? metadata.endpointPrefix;
  const prefix = IAM_PREFIXES[signs] ?? signs;
  // API Gateway's actions are the methods of its requests.
  return known.has(prefix) && prefix !== 'apigateway' ? { serviceId: metadata.serviceId, prefix } : undefined;
}
