import type { Branded } from '#core-values';

/** A Git ref in which each segment may hold one `*`, standing for one or more characters other than `/`. */
export type RefGlob = Branded<string, 'RefGlob'>;

const SEGMENT = '[A-Za-z0-9_.-]*\\*?[A-Za-z0-9_.-]*';
const GLOB = new RegExp(`^refs/(?:heads|tags|pull|merge-requests)(?:/(?=[^/])${SEGMENT})+$`);

/** `undefined` for anything else: `**`, `a|b`, `[…]`, `?`, `..`, a missing `refs/`, empty segments. */
export const parseRefGlob = (value: string): RefGlob | undefined =>
  // The one place where a checked glob takes its brand.
  GLOB.test(value) && !value.includes('..') ? (value as RefGlob) : undefined;

/** Below it GitHub makes a branch for each group of a merge queue: `refs/heads/gh-readonly-queue/main/pr-7-0123…`. */
export const MERGE_QUEUE = 'refs/heads/gh-readonly-queue/';

/** The groups that would become part of a branch; none of a tag. */
export const mergeQueueOf = (ref: RefGlob): RefGlob | undefined =>
  ref.startsWith('refs/heads/')
    ? parseRefGlob(`${MERGE_QUEUE}${ref.slice('refs/heads/'.length)}/pr-*`)
    : undefined;

/** Segment by segment; an absent ref matches nothing. */
export function refMatches(glob: RefGlob, ref: string | undefined): boolean {
  if (ref === undefined) return false;
  const patterns = glob.split('/');
  const segments = ref.split('/');
  return (
    patterns.length === segments.length &&
    patterns.every((pattern, index) => segmentMatches(pattern, segments[index] ?? ''))
  );
}

function segmentMatches(pattern: string, segment: string): boolean {
  const star = pattern.indexOf('*');
  if (star === -1) return pattern === segment;
  const before = pattern.slice(0, star);
  const after = pattern.slice(star + 1);
  return (
    segment.length > before.length + after.length && segment.startsWith(before) && segment.endsWith(after)
  );
}
