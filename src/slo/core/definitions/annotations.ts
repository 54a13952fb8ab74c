/**
 * What OpenSLO has no words for stands in annotations, which its text keeps for "implementation / system specific metadata": other
 * tools carry them along. Extra keys in `spec` would be refused by those that are strict.
 */
const PREFIX = 'sekisho.dev/';

/** A delay of `0m`, which OpenSLO's JSON schema refuses as `alertAfter`. On an AlertCondition. */
export const AFTER_ANNOTATION = `${PREFIX}alert-after`;
/** The short window that says that the burning still goes on; the lookback window if left out. On an AlertCondition. */
export const SHORT_ANNOTATION = `${PREFIX}short-window`;
/** What a slice of time without events counts as: good, bad or not-judged. On an SLO with Timeslices. */
export const EMPTY_ANNOTATION = `${PREFIX}empty-slices`;
/** Names a published table of alerts: google, sloth or pyrra. On an SLO. */
export const ALERTS_ANNOTATION = `${PREFIX}alerts`;
/** `page` or `ticket`, where only those of the table are wanted. On an SLO. */
export const SEVERITY_ANNOTATION = `${PREFIX}alerts-severity`;

/** Labels that OpenSLO's own cannot hold, such as `myorg/myservice`. On an SLO. */
export const LABEL_PREFIX = 'label.sekisho.dev/';

const KNOWN: Readonly<Record<string, readonly string[]>> = {
  SLO: [EMPTY_ANNOTATION, ALERTS_ANNOTATION, SEVERITY_ANNOTATION],
  AlertCondition: [SHORT_ANNOTATION],
};

/** Annotations under our prefix are checked as keys are; others belong to other tools. */
export const unknownAnnotations = (kind: string, keys: readonly string[]): readonly string[] =>
  keys.filter((key) => key.startsWith(PREFIX) && !knownAnnotations(kind).includes(key));

export const knownAnnotations = (kind: string): readonly string[] => KNOWN[kind] ?? [];
