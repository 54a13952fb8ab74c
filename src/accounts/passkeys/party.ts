/** The server as passkeys know it. */
export interface PasskeyParty {
  /** Of `server.publicUrl`: what a browser says that it showed. */
  readonly origin: string;
  /** The host name of it: a passkey answers to no other site. */
  readonly rpId: string;
  /** Under which passkeys and challenges are authenticated; not in the database in clear. */
  readonly key: string;
}

/** How people reach the server, as WebAuthn names it. */
export function passkeyParty(publicUrl: string, key: string): PasskeyParty {
  const { origin, hostname } = new URL(publicUrl);
  return { origin, rpId: hostname, key };
}
