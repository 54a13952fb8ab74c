/**
 * What OpenSLO has no words for stands in annotations, which its text keeps for "implementation / system specific metadata": other
 * tools carry them along. Extra keys in `spec` would be refused by those that are strict.
 */
const PREFIX = 'sekisho.dev';

/** A delay of `0m`, which OpenSLO's JSON schema refuses as `alertAfter`. On an AlertCondition. */
export const AFTER_ANNOTATION = `${PREFIX}/alert-after`;
