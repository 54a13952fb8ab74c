import { createHash } from 'node:crypto';
import { crc32, inflateRawSync } from 'node:zlib';
import { err, ok, type Problem, parseFingerprint, parsePlanDigest, type Result } from '#core-values';
import { parseConfigFiles, parseHcl } from './configuration-files.ts';
import { assemblePlan, decodeEntry } from './core/file/assemble.ts';
import { type Inflater, planEntries, problemOf, readArchive, refusing } from './core/file/index.ts';
import { checkIsPlanFile, decodeJsonBytes, isPlanJson } from './core/file/kind.ts';
import { decodePlanJson } from './core/json/plan-json.ts';
import type { Plan } from './core/model.ts';
import { sensitiveSchema } from './sensitive-schema.ts';

/**
 * Decodes a plan file, as `terraform plan -out` or `tofu plan -out` writes it, without either program. Anything
 * damaged, ambiguous or unknown is a `bad-plan` problem; this never throws for any input.
 */
export async function readPlanFile(bytes: Uint8Array): Promise<Result<Plan, Problem>> {
  try {
    checkIsPlanFile(bytes);
    const entries = planEntries(readArchive(bytes, inflater));
    // Parsed in another thread while we decode.
    const parsing = Promise.all([
      parseConfigFiles(entries.configFiles),
      parseHcl(entries.lockFile, '.terraform.lock.hcl'),
    ]);
    // Awaited below, but not if decoding refuses the plan first.
    parsing.catch(() => undefined);
    const decoded = decodeEntry(entries.tfplan);
    const [config, lockFile] = await parsing;
    const assembled = assemblePlan({ entries, decoded, config, lockFile, schema: sensitiveSchema() });
    const digest = parsePlanDigest(sha256(bytes));
    const fingerprint = parseFingerprint(sha256(assembled.meaning));
    if (digest === undefined || fingerprint === undefined)
      throw new Error('SHA-256 is not 64 hexadecimal digits');
    return ok(assembled.with(digest, fingerprint));
  } catch (thrown) {
    return err(problemOf(thrown));
  }
}

/**
 * Reads what `terraform show -json` prints: somebody's description of a plan (`kind: 'plan-json'`), to be
 * reviewed and never approved or granted. Takes the text, or the bytes as a shell wrote them (UTF-8 or UTF-16
 * with a byte order mark, as PowerShell does).
 */
export function readPlanJson(source: string | Uint8Array): Result<Plan, Problem> {
  return refusing(() => {
    const digest = parsePlanDigest(sha256(source));
    if (digest === undefined) throw new Error('SHA-256 is not 64 hexadecimal digits');
    const words = typeof source === 'string' ? source.replace(/^\ufeff/, '') : decodeJsonBytes(source);
    return decodePlanJson(words, digest, sensitiveSchema());
  });
}

/** Reads a plan file or plan JSON, whichever the bytes are; `kind` tells which it was. */
export async function readPlan(bytes: Uint8Array): Promise<Result<Plan, Problem>> {
  return isPlanJson(bytes) ? readPlanJson(bytes) : readPlanFile(bytes);
}

const sha256 = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex');

const inflater: Inflater = {
  crc32: (data) => crc32(data),
  inflateRaw(data, maxBytes) {
    try {
      // One byte more than allowed, so that a longer entry is seen and not cut.
      const { buffer, engine } = inflateInfo(data, maxBytes);
      // A plain array: its slices are made faster than a Buffer's.
      const inflated = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
      return { bytes: inflated, consumedBytes: engine.bytesWritten };
    } catch {
      return undefined;
    }
  },
};

interface InflateInfo {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

function inflateInfo(data: Uint8Array, maxBytes: number): InflateInfo {
  // With `info`, Node answers the buffer and the engine; its type declarations know the buffer only.
  const answer: unknown = inflateRawSync(data, { maxOutputLength: Math.max(1, maxBytes), info: true });
  return answer as InflateInfo;
}
