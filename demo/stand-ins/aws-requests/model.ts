import type { JsonObject } from '../../../src/core-values/index.ts';

/** One HTTP request as it arrived. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query as sent, not decoded. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Absent where it is left to stream past (`streamsBody`). */
  readonly body?: Uint8Array;
}

export const PROTOCOLS = [
  'query',
  'ec2-query',
  'json-1.0',
  'json-1.1',
  'rest-json',
  'rest-xml',
  'rpc-v2-cbor',
] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** What was asked of AWS. */
export interface AwsRequest {
  /** botocore's name: `s3`, `elbv2`, `stepfunctions`. */
  readonly service: string;
  readonly signingName: string;
  readonly operation: string;
  readonly protocol: Protocol;
  readonly method: string;
  /** Decoded. */
  readonly path: string;
  /** As signed for: `us-east-1` for services without regions. */
  readonly region: string;
  /** Absent where the request is not signed. */
  readonly accessKeyId?: string;
  readonly sessionToken?: string;
  /** By member names of the service's model (EC2 and query: by their names on the wire); lists are lists. */
  readonly parameters: JsonObject;
}

/** A request that cannot be told for certain, and therefore must not pass. */
export interface UnreadableRequest {
  readonly kind: 'not-signed' | 'unknown-service' | 'unknown-operation' | 'malformed';
  /** What it is and where, in words; holds no secret. */
  readonly message: string;
  readonly protocol: Protocol;
  readonly service?: string;
}
