import { type EpochMs, epochMs, parseTime } from '#core-values';

/**
 * When a plan was made, by the plan file's own time. It is the runner's word, so it can only make the plan older than its upload,
 * never newer, and by `mostMs` at most; a time that cannot be read (RFC 3339 in UTC, as Terraform writes it) says nothing.
 */
export function plannedAt(
  timestamp: string | undefined,
  { uploadedAt, mostMs }: { readonly uploadedAt: EpochMs; readonly mostMs: number },
): EpochMs {
  const said = parseTime(timestamp?.replace(/(?:\.\d{1,9})?Z$/, '.000Z') ?? '') ?? uploadedAt;
  return epochMs(Math.max(Math.min(said, uploadedAt), uploadedAt - mostMs));
}
