/**
 * Writes the rules between rooms into biome.json: rooms import only downwards and through doors, `core/` is pure (ADR 0004).
 * `node scripts/make-room-rules.ts`, then `biome check --write biome.json`. A test fails while biome.json says otherwise.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** From the lowest to the highest. */
const ROOMS: readonly string[] = [
  'core-values',
  'platform',
  'audit',
  'iam',
  'accounts',
  'plan',
  'repository',
  'policy',
  'credentials',
  'changes',
  'trail',
  'github',
  'messages',
  'slo',
  'transfer',
  'dashboards',
  'cli',
  'main',
];
const WITHOUT_CORE: readonly string[] = ['platform', 'cli', 'main'];

const DOWNWARDS =
  'Rooms import only downwards (docs/ARCHITECTURE.md): a lower room must not know a higher one. Pass what you need as a value or a port.';
const DOORS =
  "Enter another room through its door: import from '#room' (or '#room/core' for its pure part), never a file inside it.";
const PURE =
  'core/ is pure: values in, verdicts out. No Node built-ins, no I/O, no clock, no randomness; take them as parameters.';
const CORE_ONLY =
  "core/ may use only #core-values and other rooms' '#room/core': then purity holds all the way down.";
const NO_REACHING_OUT =
  "core/ must not reach out to the room's stores, adapters or services: they call it, not the other way round.";

const IMPURE_GLOBALS = [
  'process',
  'fetch',
  'console',
  'Buffer',
  'crypto',
  'performance',
  'Date',
  'setTimeout',
  'setInterval',
  'setImmediate',
];

interface Restriction {
  readonly group: readonly string[];
  readonly message: string;
}

interface Override {
  readonly includes: readonly string[];
  readonly linter: { readonly rules?: { readonly style?: { readonly noRestrictedImports?: unknown } } };
}

/** What files of a room may not import, core or not. */
const betweenRooms = (room: string): readonly Restriction[] => {
  const higher = ROOMS.slice(ROOMS.indexOf(room) + 1);
  const downwards = {
    group: higher.flatMap((name) => [`#${name}`, `#${name}/core`]),
    message: DOWNWARDS,
  };
  const others = ROOMS.filter((name) => name !== room);
  const doors = { group: [...others.map((name) => `**/${name}/**`), '!#*/core'], message: DOORS };
  return higher.length === 0 ? [doors] : [downwards, doors];
};

const pure = (outside: string): readonly Restriction[] => [
  { group: ['node:*'], message: PURE },
  {
    group: ROOMS.filter((name) => name !== 'core-values').map((name) => `#${name}`),
    message: CORE_ONLY,
  },
  { group: [outside], message: NO_REACHING_OUT },
];

const override = (files: string, patterns: readonly Restriction[], globals: boolean): Override => ({
  includes: [files, '!src/**/*.test.ts'],
  linter: {
    rules: {
      style: {
        noRestrictedImports: { level: 'error', options: { patterns } },
        ...(globals
          ? {
              noRestrictedGlobals: {
                level: 'error',
                options: {
                  deniedGlobals: Object.fromEntries(IMPURE_GLOBALS.map((name) => [name, PURE])),
                },
              },
            }
          : {}),
      },
    },
  },
});

function rulesOf(room: string): readonly Override[] {
  const between = betweenRooms(room);
  const all = override(`src/${room}/**/*.ts`, between, false);
  if (WITHOUT_CORE.includes(room)) return [all];
  // core-values is pure as a whole.
  if (room === 'core-values') {
    return [all, override('src/core-values/*.ts', [...between, ...pure('../**')], true)];
  }
  return [
    all,
    override(`src/${room}/core/*.ts`, [...between, ...pure('../**')], true),
    override(`src/${room}/core/*/**/*.ts`, [...between, ...pure('../../**')], true),
  ];
}

/** biome.json with the rules between rooms as they are decided here; everything else as it is. */
export function withRoomRules(biome: { readonly overrides: readonly Override[] }): object {
  const others = biome.overrides.filter(
    ({ linter }) => linter.rules?.style?.noRestrictedImports === undefined,
  );
  return { ...biome, overrides: [...ROOMS.flatMap(rulesOf), ...others] };
}

if (import.meta.main) {
  const file = fileURLToPath(new URL('../biome.json', import.meta.url));
  writeFileSync(file, JSON.stringify(withRoomRules(JSON.parse(readFileSync(file, 'utf8'))), undefined, 2));
}
