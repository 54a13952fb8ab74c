/*
 * What a step keeps in a folder of its own, for its owner alone, until its work has ended: for the step's end, which is a process
 * of its own.
 */

/** The name under which the runner keeps the folder's path (`STATE_…`). */
export const STATE = 'sekisho_step';

/** By which the step's end knows that it is the end, whatever became of the step (`STATE_…`). */
export const BEGAN = 'sekisho_began';

/** What the work prints, which is what the job’s log shows, before masking. We write no secret there. */
export const LOG = 'log';

/** The work's process. */
export const PROCESS = 'pid';

/** How many bytes of the log had been shown when the step was asked to end. */
export const SHOWN = 'shown';

/** Is there once the work has ended. */
export const ENDED = 'ended';
