import type { RequestIndicator } from '../definitions/indicators.ts';
import type { Screen } from '../screens/screen.ts';
import type { Objective } from '../status/status.ts';

/** What calls an event of a history good or bad. */
export type Judgement =
  | { readonly kind: 'screen'; readonly screen: Screen }
  /** `name`: that of the subject. */
  | { readonly kind: 'requests'; readonly name: string; readonly indicator: RequestIndicator };

/** One way to define an SLO. */
export interface Candidate {
  readonly slo: string;
  readonly judgement: Judgement;
  /** Of its alerts only pages count here. */
  readonly objective: Objective;
  /** What tells it from others, in words of the grid: `objective`: `99.9%`, `GET /api/price.threshold`: `300ms`. */
  readonly settings: Readonly<Record<string, string>>;
}

export const subjectName = (judgement: Judgement): string =>
  judgement.kind === 'screen' ? judgement.screen.name : judgement.name;
