import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { withRoomRules } from '../../scripts/make-room-rules.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');

/** Rules that our linter configuration finds broken in `source`, were it the file at `path`. */
function brokenRules(path: string, source: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'sekisho-rules-'));
  try {
    const config = join(root, 'biome.json');
    cpSync(config, join(folder, 'biome.json'));
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), source);
    const argv = [biome, 'lint', '--vcs-enabled=false', '--reporter=json', path];
    const { diagnostics } = JSON.parse(run(argv, folder));
    return diagnostics.map(({ category }: { category: string }) => category);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Biome exits 1 when it finds something; its report is on standard output all the same. */
function run(argv: readonly string[], cwd: string): string {
  try {
    return execFileSync(process.execPath, argv, { cwd, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    if (error instanceof Error && 'stdout' in error) return String(error.stdout);
    throw error;
  }
}

const IMPORT = 'lint/style/noRestrictedImports';
const GLOBAL = 'lint/style/noRestrictedGlobals';

const importing = (what: string): string => `import { x } from '${what}';\nexport const y = x;\n`;

describe('the rules between rooms', () => {
  it('are those that the list of rooms gives', () => {
    const biomeJson = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'));
    expect(biomeJson).toEqual(withRoomRules(biomeJson));
  });

  it.each([
    ['a lower room must not know a higher one', 'src/plan/read.ts', '#changes'],
    ['changes does not know the trail', 'src/changes/service.ts', '#trail'],
    ['the trail does not know the command line', 'src/trail/reconcile.ts', '#cli'],
    ['changes does not know GitHub', 'src/changes/service.ts', '#github'],
    ['a repository is read without knowing policy', 'src/repository/find.ts', '#policy'],
    ['GitHub does not know who is sent messages', 'src/github/service.ts', '#messages'],
    ['nor the pure part of a higher one', 'src/plan/read.ts', '#changes/core'],
    ['a file inside another room is not a door', 'src/changes/service.ts', '../audit/append.ts'],
    ['not even its index by path', 'src/changes/store/plans.ts', '../../audit/index.ts'],
    ['core has no Node built-ins', 'src/plan/core/read.ts', 'node:fs'],
    ['core does not reach the room’s own store', 'src/plan/core/read.ts', '../store.ts'],
    ['nor from a folder below', 'src/plan/core/review/rules.ts', '../../store.ts'],
    ['core uses other rooms only by their core', 'src/changes/core/life.ts', '#audit'],
  ])('%s', (_, path, what) => {
    expect(brokenRules(path, importing(what))).toContain(IMPORT);
  });

  it.each([
    ['a higher room uses a lower one by its door', 'src/changes/service.ts', '#audit'],
    ['core uses another core', 'src/changes/core/life.ts', '#plan/core'],
    ['core uses the words every room uses', 'src/changes/core/life.ts', '#core-values'],
    ['a room uses its own files', 'src/changes/service.ts', './core/life.ts'],
  ])('%s', (_, path, what) => {
    expect(brokenRules(path, importing(what))).not.toContain(IMPORT);
  });

  it.each(['Date.now()', 'process.env', "fetch('x')", 'console.log(1)', 'setTimeout(() => 1, 1)'])(
    'core has no %s',
    (expression) => {
      expect(brokenRules('src/changes/core/life.ts', `export const y = ${expression};\n`)).toContain(GLOBAL);
    },
  );
});
