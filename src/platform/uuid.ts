import { randomBytes } from 'node:crypto';
import type { EpochMs } from '#core-values';

/** A UUIDv7 (RFC 9562): ids of later milliseconds sort later. */
export function uuidV7(now: EpochMs): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
