import { writeFile } from 'node:fs/promises';
import { bundleAction, DIST, PARSER, parserOfPackage } from '../action/bundle.ts';

/* Writes action/dist, what GitHub runs: after every change of what it holds. A test fails while it is old. */

await writeFile(DIST, (await bundleAction()).code);
await writeFile(PARSER, await parserOfPackage());
