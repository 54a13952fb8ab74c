import { writeFile } from 'node:fs/promises';
import { BEACON_FILE, bundleBeacon } from './setup/beacon.ts';

/* Writes the script that pages of other sites load, after every change of web/beacon. A test fails while it is old. */

await writeFile(BEACON_FILE, await bundleBeacon());
