/** A request for a link that lets a person in. */
interface LinkRequest {
  /** `server.publicUrl`: the request is good for this server only. */
  readonly server: string;
  readonly person: string;
  readonly purpose: 'invite' | 'recovery';
  /** Of a recovery, and of nothing else. */
  readonly reason?: string;
  readonly at: Date;
  readonly nonce: string;
}

/** The exact words that are signed, as `sekisho people link` writes them; the server takes no others. */
export function linkStatement({ server, person, purpose, reason, at, nonce }: LinkRequest): string {
  const words = { server, person, purpose, ...(reason === undefined ? {} : { reason }) };
  const line = JSON.stringify({ ...words, time: at.toISOString(), nonce });
  return `Sekisho: make a link that signs a person in, once, to enrol a passkey\n${line}\n`;
}

const NONCE_BYTES = 16;

export const newNonce = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(NONCE_BYTES)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
