import { formatTime } from '#core-values';
import type { CorrectionAnswer } from '../core/api/corrections-api.ts';
import type { KeptCorrection } from './store.ts';

export const correctionAnswer = ({
  undone,
  from,
  to,
  at,
  ...correction
}: KeptCorrection): CorrectionAnswer => ({
  ...correction,
  ...{ from: formatTime(from), to: formatTime(to), at: formatTime(at) },
  ...(undone && { undone: { at: formatTime(undone.at), byWhom: undone.byWhom, reason: undone.reason } }),
});
