import type { Bounds } from '../objective/time-window.ts';

/** A time that people say was an incident: from the minute in which it began up to the one behind its end. */
export interface Incident extends Bounds {
  readonly title: string;
}

/** How far apart a page and an incident may be to belong together, in minutes. */
export interface Tolerance {
  /** A page that begins so long after the end still belongs to it: alerts look back over windows. */
  readonly graceMinutes: number;
  /** A page that has been firing for longer than this when an incident begins was sent for something else. */
  readonly leadMinutes: number;
}

/** The longest short window of the pages of Google, Sloth and Pyrra; and people write down a begin that they found out later. */
export const TOLERANCE: Tolerance = { graceMinutes: 30, leadMinutes: 30 };

/** What pages had to do with incidents. Both are in order of time; numbers are places in their lists. */
export interface Matching {
  /** For each incident the first page that belongs to it; -1 for none. */
  readonly detectedBy: readonly number[];
  /** For each page: `told` an incident that no page before it belongs to, came again for one (`again`), or belongs to none (`false`). */
  readonly pages: readonly ('told' | 'again' | 'false')[];
}

/**
 * A page belongs to an incident when it fires at some time from the incident's begin up to its end and the grace, and did not begin
 * more than the lead before. Several pages of one incident are `told` once; one page of two incidents is one page.
 */
export function matchPages(
  incidents: readonly Bounds[],
  pages: readonly Bounds[],
  { graceMinutes, leadMinutes }: Tolerance,
): Matching {
  const detectedBy = incidents.map(() => -1);
  const kinds = pages.map((page, index): Matching['pages'][number] => {
    let kind: Matching['pages'][number] = 'false';
    incidents.forEach((incident, place) => {
      const overlaps =
        page.fromMinute < incident.toMinute + graceMinutes && page.toMinute > incident.fromMinute;
      if (!overlaps || page.fromMinute < incident.fromMinute - leadMinutes) return;
      if (detectedBy[place] === -1) {
        detectedBy[place] = index;
        kind = 'told';
      } else if (kind === 'false') kind = 'again';
    });
    return kind;
  });
  return { detectedBy, pages: kinds };
}
