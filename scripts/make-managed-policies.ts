import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { z } from 'zod';
import fullAccess from '../proof/width/full-access.json' with { type: 'json' };

/*
 * Writes proof/width/managed-policies.json: AWS's own documents of the managed policies that derived policies are compared with, as
 * moto (Apache-2.0) keeps them:
 *   python3 -c 'from moto.iam.aws_managed_policies import aws_managed_policies_data as d; print(d)' \
 *     | node scripts/make-managed-policies.ts MOTO_VERSION
 */

const Policies = z.record(
  z.string(),
  z.object({ DefaultVersionId: z.string(), UpdateDate: z.string(), Document: z.json() }),
);

const [version] = process.argv.slice(2);
if (version === undefined) throw new Error('Say which version of moto it is.');
const all = Policies.parse(JSON.parse(await readText(process.stdin)));
const wanted = new Set([
  'AdministratorAccess',
  'PowerUserAccess',
  ...Object.values(fullAccess.policies).flat(),
]);
const policies = [...wanted].toSorted().map((name) => {
  const found = all[name];
  if (found === undefined) throw new Error(`moto ${version} has no ${name}.`);
  const { DefaultVersionId, UpdateDate, Document } = found;
  return [name, { version: DefaultVersionId, updated: UpdateDate.slice(0, 10), document: Document }] as const;
});
const date = Object.values(all)
  .map(({ UpdateDate }) => UpdateDate.slice(0, 10))
  .toSorted()
  .at(-1);
const file = join(import.meta.dirname, '../proof/width/managed-policies.json');
const source = `AWS managed policies, as moto ${version} (Apache-2.0) has them, by scripts/make-managed-policies.ts; date: of the newest that it knew`;
writeFileSync(
  file,
  `${JSON.stringify({ source, date, policies: Object.fromEntries(policies) }, undefined, 2)}\n`,
);
console.log(`${file}: ${policies.length} policies`);
