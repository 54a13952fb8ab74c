export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

/** Bytes in, lower-case hexadecimal SHA-256 out: passed into pure code, which may not use Node's crypto. */
export type Sha256Hex = (data: Uint8Array | string) => string;
