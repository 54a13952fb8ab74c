import { err, type Json, type JsonObject, ok, type Result } from '../../../src/core-values/index.ts';
import { bucketInHost } from './bucket-host.ts';
import { readCbor } from './cbor.ts';
import type { AwsRequest, HttpRequest, Protocol, UnreadableRequest } from './model.ts';
import { type ServiceModel, serviceModel, serviceModels } from './operations.ts';
import { readQueryParameters } from './query-parameters.ts';
import { matchRest, type RestMatch } from './rest-match.ts';
import { readScope, type SignatureScope } from './scope.ts';
import { readXml } from './xml.ts';

/**
 * Tells which operation of which service a request is, in which region, by whose key and with which parameters.
 * Errors: whatever cannot be told for certain; nothing is guessed.
 */
export function readAwsRequest(http: HttpRequest): Result<AwsRequest, UnreadableRequest> {
  const addressed = addressOf(http);
  if (!addressed.ok) return addressed;
  const { address, services } = addressed.value;
  const target = http.headers['x-amz-target'];
  const cbor = /^\/service\/([^/]+)\/operation\/([^/]+)$/.exec(address.path);
  if (cbor !== null) return byCbor(http, address, services, cbor[1] ?? '', cbor[2] ?? '');
  if (target !== undefined) return byTarget(http, address, services, target);
  return services.some(({ rest }) => rest.length > 0)
    ? byPath(http, address, services)
    : byAction(http, address, services);
}

/** Whether the body is an S3 object or a part of one: it decides nothing and may be large. */
export function streamsBody(http: HttpRequest): boolean {
  const addressed = addressOf(http);
  if (!addressed.ok) return false;
  const { address, services } = addressed.value;
  const found = services[0]?.signingName === 's3' ? matchAny(http, address, services) : undefined;
  return found?.service.name === 's3' && found.match.operation.payload === 'Body';
}

interface Address {
  /** Not decoded. */
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  /** All values of a name that may stand more than once. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly scope: SignatureScope | undefined;
}

interface Addressed {
  readonly address: Address;
  /** Those that sign by the name of the scope: `elasticloadbalancing` is two. */
  readonly services: readonly ServiceModel[];
}

function addressOf(http: HttpRequest): Result<Addressed, UnreadableRequest> {
  const mark = http.target.indexOf('?');
  const path = mark === -1 ? http.target : http.target.slice(0, mark);
  const pairs = mark === -1 ? [] : [...new URLSearchParams(http.target.slice(mark + 1))];
  const query = new Map(pairs);
  const isAmbiguous = pairs.some(([name, value]) => query.get(name) !== value && !isList(http, name));
  const lists = Map.groupBy(
    pairs.filter(([name]) => isList(http, name)),
    ([name]) => name,
  );
  const read = {
    path,
    query,
    lists: new Map([...lists].map(([name, all]) => [name, all.map(([, one]) => one)])),
  };
  if (!path.startsWith('/')) return refused('malformed', 'rest-json', 'the request has no path');
  if (isAmbiguous) return refused('malformed', 'rest-json', 'a name stands twice in the query');
  const scope = readScope(http.headers, query);
  if (scope === 'malformed') {
    return refused(
      'malformed',
      'rest-json',
      'the signature is not of Signature Version 4 (AWS4-HMAC-SHA256)',
    );
  }
  if (scope === 'unsigned') {
    const isSts = query.get('Action') !== undefined || isForm(http);
    if (!isSts) return refused('not-signed', protocolGuess(http), 'the request is not signed');
    return ok({ address: { ...read, scope: undefined }, services: [serviceModel('sts')] });
  }
  const services = [...serviceModels().values()].filter(
    ({ signingName }) => signingName === scope.signingName,
  );
  return services.length === 0
    ? refused(
        'unknown-service',
        protocolGuess(http),
        `the stand-in does not know the service ${scope.signingName}`,
      )
    : ok({ address: { ...read, scope }, services });
}

/** Untagging in REST services: `?tagKeys=a&tagKeys=b`. */
const isList = ({ method }: HttpRequest, name: string): boolean =>
  method === 'DELETE' && /^tagKeys?$/i.test(name);

const isForm = ({ headers }: HttpRequest): boolean =>
  headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;

/** In which form to refuse what could not be read. */
function protocolGuess(http: HttpRequest): Protocol {
  if (http.headers['x-amz-target'] !== undefined) return 'json-1.1';
  return isForm(http) ? 'query' : 'rest-xml';
}

function byTarget(
  http: HttpRequest,
  address: Address,
  services: readonly ServiceModel[],
  target: string,
): Result<AwsRequest, UnreadableRequest> {
  const protocol = http.headers['content-type']?.includes('json-1.0') ? 'json-1.0' : 'json-1.1';
  const dot = target.lastIndexOf('.');
  const operation = target.slice(dot + 1);
  const prefix = target.slice(0, dot);
  // Some clients leave out the package: `CloudTrail_20131101` for `com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101`.
  const service = services.find(
    ({ targetPrefix }) => targetPrefix === prefix || (prefix !== '' && targetPrefix?.endsWith(`.${prefix}`)),
  );
  if (service === undefined || !service.operations.has(operation) || service.rest.length > 0) {
    return refused(
      'unknown-operation',
      protocol,
      `the stand-in does not know ${target} of ${services[0]?.name}`,
    );
  }
  const parameters = http.body === undefined ? undefined : readJsonObject(http.body);
  return parameters === undefined || address.query.has('Action')
    ? refused(
        'malformed',
        protocol,
        `the body of ${service.name} ${operation} is not a JSON object`,
        service.name,
      )
    : ok(requestOf(http, address, service, operation, protocol, parameters));
}

function byCbor(
  http: HttpRequest,
  address: Address,
  services: readonly ServiceModel[],
  name: string,
  operation: string,
): Result<AwsRequest, UnreadableRequest> {
  const service = services.find(
    ({ targetPrefix, protocols }) => targetPrefix === name && protocols.includes('smithy-rpc-v2-cbor'),
  );
  if (service === undefined || !service.operations.has(operation)) {
    return refused('unknown-operation', 'rpc-v2-cbor', `the stand-in does not know ${operation} of ${name}`);
  }
  const body = http.body === undefined || http.body.length === 0 ? {} : readCbor(http.body);
  return isObject(body)
    ? ok(requestOf(http, address, service, operation, 'rpc-v2-cbor', body))
    : refused(
        'malformed',
        'rpc-v2-cbor',
        `the body of ${service.name} ${operation} is not CBOR`,
        service.name,
      );
}

/** Query and EC2 protocols: a form in the body or, as a GET, in the query. */
function byAction(
  http: HttpRequest,
  address: Address,
  services: readonly ServiceModel[],
): Result<AwsRequest, UnreadableRequest> {
  const inBody = http.method === 'POST';
  const form = new URLSearchParams(inBody ? textOf(http.body) : '');
  const pairs = [...address.query, ...form].filter(([name]) => !name.startsWith('X-Amz-'));
  const isEc2 = services[0]?.protocols.includes('ec2') ?? false;
  const protocol = isEc2 ? 'ec2-query' : 'query';
  const read = readQueryParameters(pairs);
  if (read === undefined) return refused('malformed', protocol, 'a parameter stands twice');
  const { Action: operation, Version: version, ...parameters } = read;
  const service = services.find(({ apiVersion }) => apiVersion === version);
  if (service === undefined || typeof operation !== 'string' || !service.operations.has(operation)) {
    const asked = `${JSON.stringify(operation ?? '')} (${JSON.stringify(version ?? '')})`;
    return refused(
      'unknown-operation',
      protocol,
      `the stand-in does not know ${asked} of ${services[0]?.name}`,
    );
  }
  return ok(requestOf(http, address, service, operation, protocol, parameters));
}

function byPath(
  http: HttpRequest,
  address: Address,
  services: readonly ServiceModel[],
): Result<AwsRequest, UnreadableRequest> {
  const protocol = services[0]?.protocols.includes('rest-xml') ? 'rest-xml' : 'rest-json';
  const found = matchAny(http, address, services);
  if (found === undefined) {
    const query = [...address.query.keys()].filter((name) => !name.startsWith('X-Amz-')).join('&');
    return refused(
      'unknown-operation',
      protocol,
      `the stand-in does not know ${http.method} ${address.path}${query === '' ? '' : `?${query}`} of ${services[0]?.name}`,
      services[0]?.name,
    );
  }
  const { service, match } = found;
  const body = restBody(http, protocol, match.operation.payload);
  if (body === undefined) {
    return refused(
      'malformed',
      protocol,
      `the body of ${service.name} ${match.operation.name} cannot be read`,
      service.name,
    );
  }
  const parameters = { ...body, ...membersOf(match, address, http) };
  return ok(requestOf(http, address, service, match.operation.name, protocol, parameters));
}

function matchAny(http: HttpRequest, address: Address, services: readonly ServiceModel[]) {
  // S3 Control puts the account's id in front of the host, and in a header.
  const isControl = http.headers['x-amz-account-id'] !== undefined;
  const isS3 = services[0]?.signingName === 's3' && !isControl;
  const bucket = isS3 ? bucketInHost(http.headers.host ?? '') : undefined;
  const path = bucket === undefined ? address.path : `/${bucket}${address.path}`;
  const { query } = address;
  const found = services.flatMap((service) => {
    const match = matchRest(service.rest, { method: http.method, path, query, headers: http.headers });
    return match === undefined ? [] : [{ service, match }];
  });
  return found.find(({ service }) => (service.name === 's3control') === isControl);
}

function membersOf(
  { operation, labels }: RestMatch,
  { query, lists }: Address,
  { headers }: HttpRequest,
): JsonObject {
  const members: Record<string, Json> = { ...labels };
  for (const { name, member } of operation.query) {
    const value = lists.get(name) ?? query.get(name);
    if (value !== undefined) members[member] = value;
  }
  for (const { name, member } of operation.headers) {
    if (name.endsWith('-')) continue;
    const value = headers[name];
    if (value !== undefined) members[member] = value;
  }
  return members;
}

/** Members of the body; the body itself, under its member's name, where one member is the whole of it. */
function restBody(
  http: HttpRequest,
  protocol: Protocol,
  payload: string | undefined,
): JsonObject | undefined {
  const { body } = http;
  if (body === undefined || body.length === 0 || payload === 'Body') return {};
  const text = textOf(body);
  if (protocol === 'rest-json') {
    const read = readJson(text);
    if (payload !== undefined) return { [payload]: read ?? text };
    return isObject(read) ? read : undefined;
  }
  if (payload !== undefined && !text.trimStart().startsWith('<')) return { [payload]: text };
  const xml = readXml(text);
  if (xml === undefined) return undefined;
  if (payload !== undefined) return { [payload]: xml.value };
  return isObject(xml.value) ? xml.value : {};
}

const textOf = (body: Uint8Array | undefined): string => Buffer.from(body ?? []).toString('utf8');

function readJson(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

function readJsonObject(body: Uint8Array): JsonObject | undefined {
  const text = textOf(body);
  const value = text.trim() === '' ? {} : readJson(text);
  return isObject(value) ? value : undefined;
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function requestOf(
  { method }: HttpRequest,
  { path, scope }: Address,
  service: ServiceModel,
  operation: string,
  protocol: Protocol,
  parameters: JsonObject,
): AwsRequest {
  return {
    service: service.name,
    signingName: service.signingName,
    operation,
    protocol,
    method,
    path: decodedPath(path),
    region: scope?.region ?? 'us-east-1',
    ...(scope !== undefined && { accessKeyId: scope.accessKeyId }),
    ...(scope?.sessionToken !== undefined && { sessionToken: scope.sessionToken }),
    parameters,
  };
}

function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

const refused = (
  kind: UnreadableRequest['kind'],
  protocol: Protocol,
  message: string,
  service?: string,
): Result<never, UnreadableRequest> =>
  err({ kind, protocol, message, ...(service !== undefined && { service }) });
