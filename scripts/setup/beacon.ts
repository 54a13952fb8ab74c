import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { z } from 'zod';

const ROOT = join(import.meta.dirname, '../..');

/** What is committed, and what the server gives to browsers. */
export const BEACON_FILE = join(ROOT, 'src/slo/sources/beacon-script.gen.js');

/** The script for browsers as one small file that needs no module loader. */
export async function bundleBeacon(): Promise<string> {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(join(ROOT, 'node_modules/web-vitals/package.json'), 'utf8')));
  const bundle = await rolldown({
    input: join(ROOT, 'web/beacon/beacon.ts'),
    cwd: ROOT,
    platform: 'browser',
  });
  const { output } = await bundle.generate({ format: 'iife', minify: true });
  const [{ code }] = output;
  return `/* Sekisho, Apache-2.0; made by scripts/make-beacon.ts. Holds web-vitals ${version}, Copyright Google LLC, Apache-2.0: https://www.apache.org/licenses/LICENSE-2.0 */\n${code}`;
}
