import { isMainThread } from 'node:worker_threads';
import { endStep } from './ending.ts';
import { runStep } from './step.ts';
import { BEGAN } from './step-folder.ts';
import { work } from './worker.ts';

/*
 * One file for all of the action: the step, its end (which the runner tells by the state that the step left), the work itself, and in it
 * the thread that parses HCL.
 */

if (!isMainThread) await import('../../src/plan/hcl/thread.ts');
else if (process.argv[2] === 'worker') work();
else
  process.exit(
    await (process.env[`STATE_${BEGAN}`] === undefined ? runStep(process.env) : endStep(process.env)),
  );
