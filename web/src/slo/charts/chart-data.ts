import { placeIn } from './scale.ts';
import type { Steps } from './steps.ts';

/** Values at equal steps, drawn as a line or as bars. */
export interface PanelData extends Steps {
  readonly id: string;
  readonly title: string;
  readonly look: 'line' | 'bars';
  readonly values: readonly (number | null)[];
  /** A dashed line across, e.g. an objective. */
  readonly mark?: number;
  /** The least that the axis reaches up to, and the lowest it reaches down to. */
  readonly top: number;
  readonly bottom?: number;
  readonly say: (value: number) => string;
}

/** What happened over a while, or at once. */
export interface LaneData {
  readonly id: string;
  readonly title: string;
  readonly spans: readonly LaneSpan[];
}

export interface LaneSpan {
  readonly from: number;
  readonly to: number;
  readonly tone: 'danger' | 'caution' | 'accent' | 'soft';
  readonly words: string;
}

/** Where a moment stands, in per cent of the width. */
export const leftOf = (at: number, from: number, to: number): string =>
  `${Math.min(100, Math.max(0, placeIn(at, from, to) * 100))}%`;
