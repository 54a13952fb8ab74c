import type { Bounds } from '../objective/time-window.ts';

/**
 * What candidates can be judged by, of one screen or one set of requests: how long each request took is kept as the place between
 * `cutsUs`, so that every threshold among them is judged exactly, and no other can be.
 */
export interface Subject {
  /** A screen by its name, or a set of requests by the name that the caller gives it. */
  readonly kind: 'screen' | 'requests';
  readonly name: string;
  /** Microseconds, ascending: of each request of the screen and, last, of when all that is required had ended; of requests just one. */
  readonly cutsUs: readonly (readonly number[])[];
}

/** In a pattern, a request that did not come. */
export const ABSENT = 0;
/** Places between cuts are bytes; two of the values are taken. */
export const MOST_CUTS = 250;

/** 1: up to the first cut; one more for each cut that it took longer than. */
export function placeAmong(cutsUs: ArrayLike<number>, timeUs: number): number {
  let place = 1;
  for (let cut = 0; cut < cutsUs.length && timeUs > (cutsUs[cut] ?? 0); cut += 1) place += 1;
  return place;
}

/** What failed counts as having taken longer than anything. */
export const failedPlace = (cutsUs: ArrayLike<number>): number => cutsUs.length + 1;

/**
 * How often which pattern of times came in which minute. A pattern has a byte for each of the subject's lists of cuts; one that has
 * `ABSENT` everywhere is a view that failed or lacked what it needs, whatever the thresholds. Rows are in order of minute and pattern.
 */
export interface Observed {
  readonly subject: Subject;
  readonly patterns: Uint8Array;
  readonly minute: Int32Array;
  readonly pattern: Int32Array;
  readonly count: Uint32Array;
}

/** A history from which candidates are judged without its logs. All of it can be sent to a thread or packed. */
export interface Observations extends Bounds {
  readonly observed: readonly Observed[];
}

export const widthOf = ({ cutsUs }: Subject): number => cutsUs.length;

export const patternCount = ({ patterns, subject }: Observed): number => patterns.length / widthOf(subject);
