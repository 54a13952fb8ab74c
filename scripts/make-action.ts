import { writeFile } from 'node:fs/promises';
import { bundleAction, DIST } from '../action/bundle.ts';

/* Writes action/dist/index.mjs, the file that GitHub runs: after every change of what it holds. A test fails while it is old. */

await writeFile(DIST, await bundleAction());
