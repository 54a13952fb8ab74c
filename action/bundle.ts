import { join } from 'node:path';
import { rolldown } from 'rolldown';

const ROOT = join(import.meta.dirname, '..');

export const DIST = join(import.meta.dirname, 'dist/index.mjs');

const HEAD =
  '// Made by scripts/make-action.ts from action/src and the sources of `sekisho ci`. Do not edit: a test compares.';

/** The whole action as one module. Our own modules do nothing when they are loaded, so what is not used of them is left out. */
export async function bundleAction(): Promise<string> {
  const bundle = await rolldown({
    input: join(import.meta.dirname, 'src/index.ts'),
    cwd: ROOT,
    platform: 'node',
    treeshake: { moduleSideEffects: [{ test: /\/src\//, sideEffects: false }] },
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
  return file.code;
}
