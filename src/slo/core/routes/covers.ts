const isPlaceholder = (segment: string): boolean => /^\{\w+\}$/.test(segment);
const isRest = (segment: string): boolean => /^\{\w+\.\.\.\}$/.test(segment);

/**
 * Whether all paths of a pattern are also paths of a wider one: `/api/{rest...}` covers `/api/price/{id}`. So an SLO of the one counts
 * requests whose route is the other, which somebody else named.
 */
export function covers(wide: string, narrow: string): boolean {
  // What was no request line has no path.
  if (!narrow.startsWith('/')) return wide === narrow;
  const [ours, theirs] = [segmentsOf(wide), segmentsOf(narrow)];
  for (const [index, segment] of ours.entries()) {
    if (isRest(segment)) return index < theirs.length;
    const other = theirs[index];
    if (other === undefined || isRest(other)) return false;
    if (!(isPlaceholder(segment) && other !== '') && segment !== other) return false;
  }
  return ours.length === theirs.length;
}

const segmentsOf = (pattern: string): readonly string[] => pattern.replace(/^\//, '').split('/');
