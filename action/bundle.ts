import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '..');

export const DIST = join(import.meta.dirname, 'dist/index.mjs');

/** HashiCorp's parser lies beside it as npm has it: read in mode `stacks` alone, and no weight in the file that every step reads. */
export const PARSER = join(import.meta.dirname, 'dist/hcl.wasm.gz');

const require = createRequire(import.meta.url);

export const parserOfPackage = (): Promise<Uint8Array> =>
  readFile(require.resolve('@cdktn/hcl2json/main.wasm.gz'));

/** What other people's licences ask to go along with their code. */
export const LICENCES = join(import.meta.dirname, 'dist/licences.txt');

export async function licencesOf(packages: readonly string[]): Promise<string> {
  const texts = await Promise.all(
    packages.map(async (name) => {
      const folder = join(ROOT, 'node_modules', name);
      const { version } = z
        .object({ version: z.string() })
        .parse(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')));
      const source = `https://www.npmjs.com/package/${name}/v/${version}`;
      return `${name} ${version}, ${source}\n\n${(await readFile(join(folder, 'LICENSE'), 'utf8')).trim()}\n`;
    }),
  );
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

const HEAD =
  '// Made by scripts/make-action.ts from action/src and the sources of `sekisho ci`. Do not edit: a test compares.';

export interface Bundle {
  readonly code: string;
  /** Other people's packages of which there is code in it. */
  readonly packages: readonly string[];
}

/** The whole action as one module. Our own modules do nothing when they are loaded, so what is not used of them is left out. */
export async function bundleAction(): Promise<Bundle> {
  const bundle = await rolldown({
    input: join(import.meta.dirname, 'src/index.ts'),
    cwd: ROOT,
    platform: 'node',
    // Go's glue code asks for it where the platform has none; Node has.
    external: ['performance'],
    plugins: [parserInPlace, withoutColours],
    treeshake: {
      moduleSideEffects: [
        { test: /\/src\/plan\/hcl\/thread\.ts$/, sideEffects: true },
        { test: /\/src\//, sideEffects: false },
      ],
    },
  });
  const { output } = await bundle.generate({
    format: 'esm',
    codeSplitting: false,
    banner: HEAD,
    comments: false,
  });
  await bundle.close();
  const [file, ...more] = output;
  if (more.length > 0) throw new Error('The action must be one file.');
  const packages = Object.keys(file.modules).flatMap(
    (id) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id)?.[1] ?? [],
  );
  return { code: file.code, packages: [...new Set(packages)].toSorted() };
}

/** The parser's thread is the same file again, and what it loads lies beside it or in it. */
const IN_PLACE: Readonly<Record<string, readonly (readonly [written: string, bundled: string])[]>> = {
  '/src/plan/hcl/index.ts': [["new URL('./thread.ts', import.meta.url)", 'new URL(import.meta.url)']],
  '/src/plan/hcl/thread.ts': [
    [
      "readFileSync(require.resolve('@cdktn/hcl2json/main.wasm.gz'))",
      "readFileSync(new URL('./hcl.wasm.gz', import.meta.url))",
    ],
    ["  require('@cdktn/hcl2json/wasm/bridge_wasm_exec.js');\n", ''],
    ['  const require = createRequire(import.meta.url);\n', ''],
    ["import { createRequire } from 'node:module';", "import '@cdktn/hcl2json/wasm/bridge_wasm_exec.js';"],
  ],
};

const parserInPlace: Plugin = {
  name: 'parser-in-place',
  transform(code, id) {
    const [, changes = []] = Object.entries(IN_PLACE).find(([end]) => id.endsWith(end)) ?? [];
    return changes.reduce((words, [written, bundled]) => {
      if (!words.includes(written)) throw new Error(`${id} does not hold “${written}” any more.`);
      return words.replace(written, bundled);
    }, code);
  },
};

/** The runner's log gets no colours from us, so what makes them is no dependency of the action. */
const withoutColours: Plugin = {
  name: 'without-colours',
  resolveId: (source) => (source === 'picocolors' ? `\0${source}` : undefined),
  load: (id) => (id === '\0picocolors' ? PLAIN : undefined),
};

const PLAIN = `const plain = new Proxy({}, { get: () => String });
export default { createColors: () => plain };`;
