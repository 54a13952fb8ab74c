import type { LineFault } from '../logs/parser.ts';
import type { PatternProposal } from '../routes/proposals.ts';
import type { Choice } from './choice.ts';
import type { DayCounts } from './measurement.ts';
import type { ObjectiveEvidence } from './objective.ts';
import type { Outline } from './outline.ts';
import type { Surveyed } from './survey.ts';
import type { ThresholdEvidence } from './threshold.ts';

export interface SuggestedScreen extends Choice {
  readonly days: DayCounts;
  /** Undefined where less than half of the views are surely good: that is no objective. */
  readonly objective: ObjectiveEvidence | undefined;
}

/** An SLO over the requests of one route that no screen has. */
export interface SuggestedRequests {
  readonly name: string;
  readonly route: string;
  readonly threshold: ThresholdEvidence | undefined;
  readonly days: DayCounts;
  readonly objective: ObjectiveEvidence | undefined;
}

/** What logs suggest, and what they do not tell. */
export interface Suggestion {
  readonly service: string;
  readonly surveyed: Surveyed;
  readonly lines: {
    readonly files: number;
    readonly lines: number;
    readonly unparsed: number;
    readonly faults: readonly LineFault[];
  };
  readonly sign: Outline['sign'];
  /** The first and the last day, as people call them in the time zone, and the time from the first to the last request. */
  readonly span: { readonly first: string; readonly last: string; readonly days: number } | undefined;
  readonly dayWords: (day: number) => string;
  readonly screens: readonly SuggestedScreen[];
  readonly requests: readonly SuggestedRequests[];
  readonly rare: readonly string[];
  readonly beyond: readonly string[];
  /** Screens of the outline that had too few views in the end. */
  readonly thin: readonly { readonly route: string; readonly views: number }[];
  readonly patterns: {
    readonly taken: readonly PatternProposal[];
    readonly open: readonly PatternProposal[];
  };
  /** Requests read too late to be put into a view: files of the same time that were not read beside each other. */
  readonly late: number;
}
