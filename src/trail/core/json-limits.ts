/**
 * What JSON may hold before it is parsed: a parsed value takes far more memory than its text, so a small file of brackets could take
 * gigabytes. Delivered log files hold some thousand records of a hundred values.
 */
export const JSON_LIMITS = { bytes: 64 * 1024 * 1024, values: 4_000_000, depth: 100 } as const;

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const OPENING: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSING: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/** Which limit the text is beyond, found without parsing it; `undefined` when it is within all. */
export function beyondJsonLimits(
  bytes: Uint8Array,
  limits: { readonly bytes: number; readonly values: number; readonly depth: number } = JSON_LIMITS,
): keyof typeof JSON_LIMITS | undefined {
  if (bytes.length > limits.bytes) return 'bytes';
  let [depth, values, isText] = [0, 0, false];
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (isText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) isText = false;
    } else if (byte === QUOTE) isText = true;
    else if (OPENING.has(byte)) {
      depth += 1;
      values += 1;
      if (depth > limits.depth) return 'depth';
    } else if (CLOSING.has(byte)) depth -= 1;
    else if (byte === COMMA || byte === COLON) values += 1;
    if (values > limits.values) return 'values';
  }
  return undefined;
}
