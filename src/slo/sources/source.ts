import type { Problem, Result } from '#core-values';
import type { Bounds, Slo } from '../core/index.ts';
import type { CountedValues } from '../core/sources/values.ts';

/** Another system that is asked for what it counted, again and again. */
export interface PolledSource {
  /** Of sekisho.yaml, and what a DataSource of it is called. */
  readonly name: string;
  /** In small letters, the type that metric sources of it have. */
  readonly kind: 'prometheus' | 'cloudwatch' | 'mackerel';
  /** For so long what it says of the past still changes. */
  readonly settleMinutes: number;
  /** So many minutes of one SLO can be asked for at once; a multiple of 60. */
  readonly mostMinutes: number;
  /**
   * Counts of each of these minutes that is known, for the SLOs of this source; each its own problem. Bounds begin with an hour. The same
   * question is always answered alike, as long as the other system does.
   */
  readonly read: (
    slos: readonly Slo[],
    bounds: Bounds,
  ) => Promise<ReadonlyMap<Slo, Result<CountedValues, Problem>>>;
}
