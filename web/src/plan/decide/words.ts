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
  repair: {
    ask: messages.repairAsk,
    title: messages.repairTitle,
    does: messages.repairDoes,
    undo: messages.repairUndo,
    now: messages.repairNow,
  },
  'agree-repair': {
    ask: messages.agreeAsk,
    title: messages.agreeTitle,
    does: messages.agreeDoes,
    undo: messages.repairUndo,
    now: messages.agreeNow,
  },
  'withdraw-repair': {
    ask: messages.withdrawAsk,
    title: messages.withdrawTitle,
    does: messages.withdrawDoes,
    undo: messages.withdrawUndo,
    now: messages.withdrawNow,
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
