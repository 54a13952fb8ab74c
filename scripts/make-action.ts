import { writeFile } from 'node:fs/promises';
import { bundleAction, DIST, LICENCES, licencesOf, PARSER, parserOfPackage } from '../action/bundle.ts';

/* Writes action/dist, what GitHub runs: after every change of what it holds. A test fails while it is old. */

const { code, packages } = await bundleAction();
await writeFile(DIST, code);
await writeFile(PARSER, await parserOfPackage());
await writeFile(LICENCES, await licencesOf(packages));
