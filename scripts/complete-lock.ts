/**
 * Adds to package-lock.json the optional packages of other platforms that `npm install` left out.
 *
 * npm drops an optional package when the registry at hand does not carry it (a company's mirror often holds only
 * its own platforms), and `npm ci` then refuses the lock file everywhere. An added entry has no integrity hash: on its
 * platform npm takes the exact version from the registry. Run after changing dependencies; changes nothing
 * when nothing is missing.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

interface Package {
  readonly license?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
// Custom, so that each entry keeps npm's order of its fields.
const Package = z.custom<Package>((entry) => typeof entry === 'object' && entry !== null);
const Lock = z.looseObject({ packages: z.record(z.string(), Package) });

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const PROCESSORS = ['arm64', 'arm', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x'];

/** `@oxc-parser/binding-linux-arm64-musl` is for linux on arm64. */
function platformOf(
  name: string,
): { readonly os: string[]; readonly cpu: string[]; readonly libc?: string[] } | undefined {
  const words = name.split(/[/-]/);
  const os = SYSTEMS.find((system) => words.includes(system));
  const cpu = PROCESSORS.find((processor) => words.includes(processor));
  if (os === undefined || cpu === undefined) return undefined;
  const libc = words.some((word) => word.startsWith('musl'))
    ? 'musl'
    : words.includes('gnu')
      ? 'glibc'
      : undefined;
  return { os: [os], cpu: [cpu], ...(libc === undefined ? {} : { libc: [libc] }) };
}

const path = join(import.meta.dirname, '../package-lock.json');
const lock = Lock.parse(JSON.parse(readFileSync(path, 'utf8')));
const added: string[] = [];
for (const [parent, { optionalDependencies = {}, license, dev }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const isLocked = [`${parent}/node_modules/${name}`, `node_modules/${name}`].some(
      (key) => key in lock.packages,
    );
    const platform = platformOf(name);
    if (isLocked || platform === undefined || !/^\d+\.\d+\.\d+/.test(version)) continue;
    const entry = { version, ...platform, dev, license, optional: true };
    lock.packages[`node_modules/${name}`] = Package.parse(JSON.parse(JSON.stringify(entry)));
    added.push(`${name}@${version}`);
  }
}
if (added.length > 0) {
  lock.packages = Object.fromEntries(
    Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')),
  );
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
}
console.log(added.length === 0 ? 'package-lock.json is complete.' : `Added ${added.join(', ')}`);
