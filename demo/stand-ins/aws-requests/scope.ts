/** What a Signature Version 4 says about who asks, and for which service and region. */
export interface SignatureScope {
  readonly accessKeyId: string;
  readonly region: string;
  readonly signingName: string;
  readonly sessionToken?: string;
}

/** Source: IAM User Guide, "Create a signed AWS API request": `KEY/20261122/ap-northeast-1/s3/aws4_request`. */
const CREDENTIAL = /^([A-Za-z0-9_-]{4,128})\/[0-9]{8}\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request$/;
const AUTHORIZATION = /^AWS4-HMAC-SHA256\s+Credential=([^,\s]+)\s*,/;

/**
 * Reads the scope from the `Authorization` header or from a presigned URL. `unsigned` where there is neither,
 * `malformed` where it is of another form, or where both are there.
 */
export function readScope(
  headers: Readonly<Record<string, string | undefined>>,
  query: ReadonlyMap<string, string>,
): SignatureScope | 'unsigned' | 'malformed' {
  const header = headers.authorization;
  const presigned = query.get('X-Amz-Credential');
  if (header === undefined && presigned === undefined) return 'unsigned';
  if (header !== undefined && presigned !== undefined) return 'malformed';
  const credential = presigned ?? AUTHORIZATION.exec(header ?? '')?.[1] ?? '';
  const [, accessKeyId, region, signingName] = CREDENTIAL.exec(credential) ?? [];
  if (accessKeyId === undefined || region === undefined || signingName === undefined) return 'malformed';
  const sessionToken =
    presigned === undefined ? headers['x-amz-security-token'] : query.get('X-Amz-Security-Token');
  return { accessKeyId, region, signingName, ...(sessionToken !== undefined && { sessionToken }) };
}
