import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** For which resource type, and in which of Terraform's calls to its provider, a request to AWS was made. */
export interface Origin {
  /** One call of Terraform for one resource. */
  readonly call: string;
  /** `ApplyResourceChange`, `ReadResource`, `ConfigureProvider`, … */
  readonly procedure: string;
  /** Absent outside of resources. */
  readonly type?: string;
}

const Line = z.object({
  '@message': z.literal('HTTP Request Sent'),
  'http.request.header.amz_sdk_invocation_id': z.string(),
  tf_req_id: z.string(),
  tf_rpc: z.string(),
  tf_resource_type: z.string().optional(),
});

/**
 * Reads the provider's own log (`TF_LOG=JSON`), in which it says of every request for what it was made. By the id that the
 * SDK gives to each request and sends along as `amz-sdk-invocation-id`.
 */
export async function readOrigins(path: string): Promise<ReadonlyMap<string, Origin>> {
  const origins = new Map<string, Origin>();
  for (const text of (await readFile(path, 'utf8')).split('\n')) {
    if (!text.includes('"HTTP Request Sent"')) continue;
    const { success, data } = Line.safeParse(JSON.parse(text));
    if (!success) continue;
    origins.set(data['http.request.header.amz_sdk_invocation_id'], {
      call: data.tf_req_id,
      procedure: data.tf_rpc,
      ...(data.tf_resource_type !== undefined && { type: data.tf_resource_type }),
    });
  }
  return origins;
}
