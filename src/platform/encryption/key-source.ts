import type { Problem, Result } from '#core-values';

/** A key made for data, and the same key wrapped by a master key that only its source can use. */
export interface DataKey {
  /** 32 bytes. */
  readonly plain: Uint8Array;
  readonly wrapped: Uint8Array;
}

export type KeySourceKind = 'environment' | 'file' | 'aws-kms';

/** One master key, wherever it lives. */
export interface KeySource {
  readonly kind: KeySourceKind;
  /** 16 hexadecimal digits, the same for the same master key on every machine. */
  readonly keyId: string;
  newDataKey(): Promise<Result<DataKey, Problem>>;
  /** `undefined` when the wrapped key is not one of this master key's, or was changed. */
  unwrap(wrapped: Uint8Array): Promise<Result<Uint8Array | undefined, Problem>>;
}
