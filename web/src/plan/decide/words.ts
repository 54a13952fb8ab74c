import { messages } from '../messages.ts';
import type { Kind } from './kinds.ts';

/** What is said of each act: on its button, what it asks, what comes of it, how to undo it, and on the button that does it. */
export const WORDS = {
  approve: {
    ask: messages.approveAsk,
    title: messages.approveTitle,
    does: messages.approveDoes,
    undo: messages.approveUndo,
    now: messages.approveNow,
  },
  reject: {
    ask: messages.rejectAsk,
    title: messages.rejectTitle,
    does: messages.rejectDoes,
    undo: messages.rejectUndo,
    now: messages.rejectNow,
  },
  cancel: {
    ask: messages.cancelAsk,
    title: messages.cancelTitle,
    does: messages.cancelDoes,
    undo: messages.cancelUndo,
    now: messages.cancelNow,
  },
  'break-glass': {
    ask: messages.breakGlassAsk,
    title: messages.breakGlassTitle,
    does: messages.breakGlassDoes,
    undo: messages.breakGlassUndo,
    now: messages.breakGlassNow,
  },
} as const satisfies Record<Kind, unknown>;

/** What somebody said of a plan, to themselves. */
export const GIVEN = {
  approve: messages.youApproved,
  reject: messages.youRejected,
  'break-glass': messages.youBrokeGlass,
} as const;
