import type { Json, JsonObject } from '../../../src/core-values/index.ts';
import { readXml } from '../aws-requests/index.ts';
import { isObject } from '../aws-requests/read-request.ts';

/** Reads moto's state in any account, as an administrator whom nothing restricts. */
export interface MotoReader {
  /** An operation of the query protocol; undefined where moto answers with an error. */
  query(where: Where, parameters: Readonly<Record<string, string>>): Promise<JsonObject | undefined>;
  /** An operation of the JSON protocols, `target` as in `X-Amz-Target`. */
  json(where: Where, target: string, body: JsonObject): Promise<JsonObject | undefined>;
  /** A GET of a REST service: its body. */
  get(where: Where, path: string): Promise<string | undefined>;
  /** Whose a long-lived access key is: an ARN. moto takes an unknown one for a user of its own, whose ARN is of STS. */
  callerOf(accessKeyId: string): Promise<string | undefined>;
}

export interface Where {
  readonly account: string;
  /** Signing name. */
  readonly service: string;
  readonly region?: string;
}

/** moto takes any unknown key for its first account's. */
export const MANAGEMENT_ACCOUNT = '123456789012';

export function motoReader(endpoint: string): MotoReader {
  const keys = new Map<string, Promise<string>>([[MANAGEMENT_ACCOUNT, Promise.resolve('stand-in')]]);
  const keyOf = (account: string): Promise<string> => {
    const known = keys.get(account) ?? assumeIn(endpoint, account);
    keys.set(account, known);
    return known;
  };
  const ask = async ({ account, service, region = 'us-east-1' }: Where, path: string, init: RequestInit) => {
    const headers = { ...init.headers, authorization: authorization(await keyOf(account), region, service) };
    const response = await fetch(`${endpoint}${path}`, { ...init, headers });
    const text = await response.text();
    return response.ok ? text : undefined;
  };
  return {
    query: async (where, parameters) => resultOf(await ask(where, '/', form(parameters))),
    json: async (where, target, body) => {
      const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
      const text = await ask(where, '/', { method: 'POST', headers, body: JSON.stringify(body) });
      const value: Json = text === undefined ? null : JSON.parse(text);
      return isObject(value) ? value : undefined;
    },
    get: (where, path) => ask(where, path, {}),
    callerOf: async (accessKeyId) => {
      const headers = { authorization: authorization(accessKeyId, 'us-east-1', 'sts') };
      const asked = form({ Action: 'GetCallerIdentity', Version: '2011-06-15' });
      const response = await fetch(`${endpoint}/`, { ...asked, headers });
      const arn = resultOf(await response.text())?.Arn;
      return typeof arn === 'string' ? arn : undefined;
    },
  };
}

const authorization = (key: string, region: string, service: string): string =>
  `AWS4-HMAC-SHA256 Credential=${key}/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`;

const form = (parameters: Readonly<Record<string, string>>): RequestInit => ({
  method: 'POST',
  body: new URLSearchParams(parameters),
});

/** `…Result` within `…Response`. */
export function resultOf(text: string | undefined): JsonObject | undefined {
  const value = text === undefined ? undefined : readXml(text)?.value;
  if (!isObject(value)) return undefined;
  const result = Object.entries(value).find(([name]) => name.endsWith('Result'))?.[1];
  return isObject(result) ? result : {};
}

/** moto lets everybody assume any role, there or not, and with its key acts in the role's account. */
async function assumeIn(endpoint: string, account: string): Promise<string> {
  const parameters = {
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: `arn:aws:iam::${account}:role/reader-of-the-stand-in`,
    RoleSessionName: 'enforcing-aws',
  };
  const headers = { authorization: authorization('stand-in', 'us-east-1', 'sts') };
  const response = await fetch(`${endpoint}/`, { ...form(parameters), headers });
  const credentials = resultOf(await response.text())?.Credentials;
  const key = isObject(credentials) ? credentials.AccessKeyId : undefined;
  if (typeof key !== 'string') throw new Error(`moto gave no credentials for account ${account}`);
  return key;
}
