import { err, ok, type Problem, type Result } from '#core-values';
import { open, seal } from './aes-gcm.ts';
import type { KeySource, KeySourceKind } from './key-source.ts';
import { keyMissing, tampered } from './problems.ts';

/**
 * What a ciphertext belongs to, authenticated with it: moved to another row or used for another purpose,
 * it does not open. Not encrypted, not stored: the reader must know it.
 */
export interface Binding {
  /** A constant of the caller's: `plan-file`, `issuer-key`. */
  readonly purpose: string;
  /** The row's id. */
  readonly id: string;
}

export interface Keyring {
  /** The key that writes comes first. */
  readonly keys: readonly { readonly keyId: string; readonly kind: KeySourceKind }[];
  encrypt(plaintext: Uint8Array, binding: Binding): Promise<Result<Uint8Array, Problem>>;
  /** Refuses anything but what `encrypt` made with the same binding, bit for bit. */
  decrypt(ciphertext: Uint8Array, binding: Binding): Promise<Result<Uint8Array, Problem>>;
  /** The same plaintext under the newest key; `undefined` if that is what it is under already. */
  reencrypt(ciphertext: Uint8Array, binding: Binding): Promise<Result<Uint8Array | undefined, Problem>>;
}

/**
 * Envelope encryption: each ciphertext carries its data key, wrapped by a master key of the ring. The
 * first source writes, all of them read.
 */
export function createKeyring(sources: readonly [KeySource, ...KeySource[]]): Keyring {
  const [newest] = sources;
  const encrypt: Keyring['encrypt'] = async (plaintext, binding) => {
    const dataKey = await newest.newDataKey();
    if (!dataKey.ok) return dataKey;
    const header = formatHeader(newest.keyId, dataKey.value.wrapped);
    const sealed = seal(dataKey.value.plain, plaintext, Buffer.concat([header, formatBinding(binding)]));
    return ok(Buffer.concat([header, sealed]));
  };
  const decrypt: Keyring['decrypt'] = async (ciphertext, binding) => {
    const refusal = err(tampered(binding.purpose, binding.id));
    const parts = parseCiphertext(ciphertext);
    if (parts === undefined) return refusal;
    const source = sources.find(({ keyId }) => keyId === parts.keyId);
    if (source === undefined)
      return err(
        keyMissing(
          parts.keyId,
          sources.map(({ keyId }) => keyId),
        ),
      );
    const dataKey = await source.unwrap(parts.wrapped);
    if (!dataKey.ok) return dataKey;
    if (dataKey.value === undefined) return refusal;
    const associated = Buffer.concat([parts.header, formatBinding(binding)]);
    const plaintext = open(dataKey.value, parts.sealed, associated);
    return plaintext === undefined ? refusal : ok(plaintext);
  };
  return {
    keys: sources.map(({ keyId, kind }) => ({ keyId, kind })),
    encrypt,
    decrypt,
    reencrypt: async (ciphertext, binding) => {
      const plaintext = await decrypt(ciphertext, binding);
      if (!plaintext.ok) return plaintext;
      if (parseCiphertext(ciphertext)?.keyId === newest.keyId) return ok(undefined);
      return encrypt(plaintext.value, binding);
    },
  };
}

// Format 1: "SKS1", key id (8 bytes), length of the wrapped data key (2 bytes, big-endian), the wrapped
// data key; then nonce, ciphertext and tag. Everything before the nonce is authenticated too.
const MAGIC = Buffer.from('SKS1');
const KEY_ID_BYTES = 8;
const FIXED_BYTES = MAGIC.length + KEY_ID_BYTES + 2;

function formatHeader(keyId: string, wrapped: Uint8Array): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(wrapped.length);
  return Buffer.concat([MAGIC, Buffer.from(keyId, 'hex'), length, wrapped]);
}

function parseCiphertext(bytes: Uint8Array) {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < FIXED_BYTES || !buffer.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const headerBytes = FIXED_BYTES + buffer.readUInt16BE(FIXED_BYTES - 2);
  if (buffer.length < headerBytes) return undefined;
  return {
    keyId: buffer.subarray(MAGIC.length, MAGIC.length + KEY_ID_BYTES).toString('hex'),
    wrapped: buffer.subarray(FIXED_BYTES, headerBytes),
    header: buffer.subarray(0, headerBytes),
    sealed: buffer.subarray(headerBytes),
  };
}

/** With lengths, so that ("a", "bc") and ("ab", "c") differ. */
function formatBinding({ purpose, id }: Binding): Buffer {
  return Buffer.concat(
    [purpose, id].flatMap((words) => {
      const bytes = Buffer.from(words);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}
