const MINUTE_MS = 60_000;

/** A local time of a field, as the server reads it; nothing while it is not whole. */
export function momentOf(local: string): string | undefined {
  const at = new Date(local);
  return local === '' || Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** Minutes between two local times; nothing unless the second is later. */
export function lengthOf(from: string, to: string): number | undefined {
  const [begins, ends] = [momentOf(from), momentOf(to)];
  if (begins === undefined || ends === undefined) return undefined;
  const minutes = (Date.parse(ends) - Date.parse(begins)) / MINUTE_MS;
  return minutes > 0 ? minutes : undefined;
}
