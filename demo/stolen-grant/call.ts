import { AwsV4Signer } from 'aws4fetch';
import { z } from 'zod';
import type { Json, JsonObject } from '../../src/core-values/index.ts';
import type { AwsCredentials } from '../stand-ins/aws-organization.ts';
import { serviceModels } from '../stand-ins/aws-requests/index.ts';
import { errorOfAnswer } from '../stand-ins/enforcing-aws/error-of-answer.ts';

/** A request to AWS as data: an operation with its parameters (query protocols: by their names on the wire), or method and path of a REST service. */
export const Call = z.object({
  /** botocore's name. */
  service: z.string(),
  region: z.string().optional(),
  operation: z.string().optional(),
  parameters: z.record(z.string(), z.json()).optional(),
  /** `PUT /bucket?policy` */
  rest: z.string().optional(),
  body: z.json().optional(),
});
export type Call = z.infer<typeof Call>;

/** As it goes out, but for the signature. */
export interface PlainRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signingName: string;
}

/** Writes a call in its service's protocol. Throws where the data name a service that the stand-ins do not know: a bug. */
export function requestOf({ service, operation, parameters = {}, rest, body }: Call): PlainRequest {
  const model = serviceModels().get(service);
  if (model === undefined) throw new Error(`no service ${service} in operations.json`);
  const { signingName } = model;
  if (rest !== undefined) {
    const [method = '', target = ''] = rest.split(' ');
    const type = model.protocols.includes('rest-json') ? 'application/json' : 'application/xml';
    return { method, target, headers: { 'content-type': type }, body: textOf(body), signingName };
  }
  const post = { method: 'POST', target: '/', signingName };
  if (model.protocols.includes('json')) {
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `${model.targetPrefix}.${operation}`,
    };
    return { ...post, headers, body: JSON.stringify(parameters) };
  }
  const form = { Action: operation ?? '', Version: model.apiVersion, ...wordsOf(parameters) };
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  return { ...post, headers, body: String(new URLSearchParams(form)) };
}

const textOf = (body: Json | undefined): string =>
  body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);

const wordsOf = (parameters: JsonObject): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, String(value)]));

export interface Answer {
  readonly status: number;
  readonly body: string;
  /** AWS's code of an error, in whichever protocol; absent where the call succeeded. */
  readonly errorCode?: string;
}

export interface Sender {
  /** Of the enforcing stand-in. */
  readonly endpoint: string;
  readonly credentials: AwsCredentials;
  /** Where the call itself names none. */
  readonly region: string;
}

/** Signs a call (Signature Version 4) and sends it, once. */
export async function send({ endpoint, credentials, region }: Sender, call: Call): Promise<Answer> {
  const { body: payload, ...request } = requestOf(call);
  const body = payload === '' ? {} : { body: payload };
  const signed = await new AwsV4Signer({
    ...credentials,
    ...body,
    ...{ method: request.method, headers: request.headers, url: `${endpoint}${request.target}` },
    ...{ service: request.signingName, region: call.region ?? region },
  }).sign();
  const response = await fetch(signed.url, { method: signed.method, headers: signed.headers, ...body });
  const text = await response.text();
  if (response.ok) return { status: response.status, body: text };
  const errorType = response.headers.get('x-amzn-errortype') ?? undefined;
  const { code } = errorOfAnswer(response.status, { 'x-amzn-errortype': errorType }, text);
  return { status: response.status, body: text, errorCode: code };
}
