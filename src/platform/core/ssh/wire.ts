/** Reads the binary encoding of SSH (RFC 4251, section 5). Every reader answers `undefined` past the end. */
export interface SshReader {
  byte(): number | undefined;
  uint32(): number | undefined;
  bytes(length: number): Uint8Array | undefined;
  /** A length and that many bytes. */
  string(): Uint8Array | undefined;
  /** A string of printable ASCII. */
  name(): string | undefined;
  /** A positive integer in its one valid encoding, without the sign byte. */
  positive(): Uint8Array | undefined;
  /** Whether all has been read: nothing may trail. */
  atEnd(): boolean;
}

export function sshReader(data: Uint8Array): SshReader {
  let at = 0;
  const bytes = (length: number): Uint8Array | undefined => {
    if (length > data.length - at) return undefined;
    at += length;
    return data.slice(at - length, at);
  };
  const byte = (): number | undefined => bytes(1)?.[0];
  const uint32 = (): number | undefined => {
    const four = bytes(4);
    return four === undefined ? undefined : new DataView(four.buffer, four.byteOffset).getUint32(0);
  };
  const string = (): Uint8Array | undefined => {
    const length = uint32();
    return length === undefined ? undefined : bytes(length);
  };
  const name = (): string | undefined => {
    const raw = string();
    return raw?.every((code) => code > 0x20 && code < 0x7f) ? String.fromCharCode(...raw) : undefined;
  };
  const positive = (): Uint8Array | undefined => {
    const raw = string();
    const [first, second = 0] = raw ?? [];
    if (raw === undefined || first === undefined || first >= 0x80) return undefined;
    if (first > 0) return raw;
    // A leading zero is there only to keep the sign bit clear.
    return second >= 0x80 ? raw.slice(1) : undefined;
  };
  return { byte, uint32, bytes, string, name, positive, atEnd: () => at === data.length };
}

/** A length and the bytes. */
export function sshString(content: Uint8Array): Uint8Array {
  const whole = new Uint8Array(4 + content.length);
  new DataView(whole.buffer).setUint32(0, content.length);
  whole.set(content, 4);
  return whole;
}
