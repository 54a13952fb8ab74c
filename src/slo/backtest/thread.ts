import { parentPort, workerData } from 'node:worker_threads';
import { readShare, type ShareReading } from './read-share.ts';

/* The thread that `history.ts` starts: reads one share of the logs, and answers what it saw. */

const reading: ShareReading = workerData;
parentPort?.postMessage(await readShare(reading));
