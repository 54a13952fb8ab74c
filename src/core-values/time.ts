import type { Branded } from './brand.ts';

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = Branded<number, 'EpochMs'>;

export const epochMs = (value: number): EpochMs => value as EpochMs;

/** Where time comes from: the system in production, a hand-held clock in tests. Never read in `core/`. */
export interface Clock {
  now(): EpochMs;
}
