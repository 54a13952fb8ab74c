/**
 * Checks that every package in package-lock.json, of the product and of its tools, is under a licence that this
 * Apache-2.0 product may be distributed with. Exits 1 and names each package that is not.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** Licence to why it is allowed. GPL, AGPL, SSPL, BUSL and "see file" are not: they bind or forbid what users may do. */
const ALLOWED: Readonly<Record<string, string>> = {
  MIT: 'permissive',
  ISC: 'permissive',
  'Apache-2.0': 'permissive, with a patent grant',
  'BSD-2-Clause': 'permissive',
  'BSD-3-Clause': 'permissive',
  '0BSD': 'permissive, no attribution needed',
  'BlueOak-1.0.0': 'permissive',
  'MPL-2.0': 'copyleft by file: unchanged files may be used in a larger work (section 3.3)',
  'CC0-1.0': 'public domain',
  Unlicense: 'public domain',
  'Python-2.0': 'permissive (PSF)',
};

const Lock = z.object({
  packages: z.record(z.string(), z.object({ version: z.string(), license: z.string().optional() })),
});

/** SPDX expressions as npm packages write them: `A`, `(A OR B)`, `(A AND B)`, without nesting or exceptions. */
function isAllowed(expression: string): boolean {
  const bare = expression.replace(/^\((.*)\)$/, '$1');
  if (bare.includes(' OR ')) return bare.split(' OR ').some(isAllowed);
  return bare.split(' AND ').every((licence) => Object.hasOwn(ALLOWED, licence));
}

const { packages } = Lock.parse(
  JSON.parse(readFileSync(join(import.meta.dirname, '../package-lock.json'), 'utf8')),
);
const refused = Object.entries(packages).filter(
  ([, { license }]) => license === undefined || !isAllowed(license),
);
for (const [path, { version, license }] of refused) {
  console.error(`${path.replace(/^.*node_modules\//, '')}@${version}: ${license ?? 'no licence stated'}`);
}
if (refused.length > 0) {
  console.error('→ Replace the package, or add its licence to scripts/check-licences.ts with the reason.');
  process.exit(1);
}
console.log(`${Object.keys(packages).length} packages, all under allowed licences.`);
