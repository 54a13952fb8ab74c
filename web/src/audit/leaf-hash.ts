/** Of the Merkle tree of RFC 6962, section 2.1: SHA-256 over 0x00 and the text, in hexadecimal. */
export async function leafHash(leaf: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`\0${leaf}`));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
