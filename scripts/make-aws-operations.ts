/**
 * Writes the data file by which the stand-ins tell which AWS operation an HTTP request is, from the service models of
 * botocore (Apache-2.0), which comes with moto. Run it after updating moto:
 * `node scripts/make-aws-operations.ts PATH/site-packages/botocore`, then `biome check --write demo`.
 * It stops when a service is not there, or when two operations of one service cannot be told apart.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';

/** What the catalogue of recorded operations names, what such resources need besides, and what a thief would switch off. */
const SERVICES = [
  'acm',
  'apigateway',
  'apigatewayv2',
  'application-autoscaling',
  'athena',
  'autoscaling',
  'backup',
  'budgets',
  'cloudfront',
  'cloudtrail',
  'cloudwatch',
  'cognito-identity',
  'cognito-idp',
  'config',
  'dynamodb',
  'ec2',
  'ecr',
  'ecs',
  'efs',
  'elasticache',
  'elb',
  'elbv2',
  'events',
  'firehose',
  'glue',
  'guardduty',
  'iam',
  'kinesis',
  'kms',
  'lambda',
  'logs',
  'organizations',
  'rds',
  'route53',
  's3',
  's3control',
  'secretsmanager',
  'sns',
  'sqs',
  'ssm',
  'stepfunctions',
  'sts',
  'wafv2',
];

/** Asked for on hosts of their own, which no stand-in has. */
const OTHER_HOSTS = new Set([
  's3 ListDirectoryBuckets',
  's3 WriteGetObjectResponse',
  's3 CreateSession',
  's3control CreateBucket',
]);

/** IAM's name of a service, where it is not the one that signs. Source: Service Authorization Reference. */
const IAM_PREFIXES: Readonly<Record<string, string>> = { cloudwatch: 'cloudwatch' };

const Member = z.looseObject({
  shape: z.string(),
  location: z.string().optional(),
  locationName: z.string().optional(),
});
const Model = z.object({
  metadata: z.looseObject({
    apiVersion: z.string(),
    endpointPrefix: z.string(),
    protocol: z.string(),
    protocols: z.array(z.string()).optional(),
    signingName: z.string().optional(),
    targetPrefix: z.string().optional(),
    xmlNamespace: z.unknown().optional(),
  }),
  operations: z.record(
    z.string(),
    z.looseObject({
      http: z.object({ method: z.string(), requestUri: z.string() }),
      input: z.looseObject({ shape: z.string() }).optional(),
      deprecated: z.boolean().optional(),
    }),
  ),
  shapes: z.record(
    z.string(),
    z.looseObject({
      members: z.record(z.string(), Member).optional(),
      required: z.array(z.string()).optional(),
      payload: z.string().optional(),
    }),
  ),
});
type Model = z.output<typeof Model>;

const [botocore] = process.argv.slice(2);
if (botocore === undefined || !existsSync(join(botocore, 'data'))) {
  console.error('Usage: node scripts/make-aws-operations.ts PATH/site-packages/botocore');
  process.exit(2);
}
const version = /__version__ = '([^']+)'/.exec(readFileSync(join(botocore, '__init__.py'), 'utf8'))?.[1];
const services = Object.fromEntries(
  SERVICES.map((name) => [name, serviceOf(name, readModel(botocore, name))]),
);
const file = {
  source: `botocore ${version ?? '?'} (Apache-2.0), data/*/service-2.json.gz; written by scripts/make-aws-operations.ts`,
  date: new Date().toISOString().slice(0, 10),
  services,
};
const target = new URL('../demo/stand-ins/aws-requests/operations.json', import.meta.url);
writeFileSync(target, `${inLines(file)}\n`);
const count = Object.values(services).reduce(
  (sum, { operations }) => sum + Object.keys(operations).length,
  0,
);
console.log(`${count} operations of ${SERVICES.length} services`);

function readModel(folder: string, name: string): Model {
  const versions = readdirSync(join(folder, 'data', name)).sort();
  const path = join(folder, 'data', name, versions.at(-1) ?? '', 'service-2.json.gz');
  return Model.parse(JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')));
}

function serviceOf(name: string, { metadata, operations, shapes }: Model) {
  const signingName = metadata.signingName ?? metadata.endpointPrefix;
  const protocols = metadata.protocols ?? [metadata.protocol];
  const isRest = protocols.some((protocol) => protocol.startsWith('rest-'));
  const prefix = IAM_PREFIXES[name];
  const kept = Object.entries(operations)
    .filter(([operation]) => !OTHER_HOSTS.has(`${name} ${operation}`))
    .filter(([operation, model]) => !(model.deprecated && isReplaced(operation, operations)))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const entries = kept.map(([operation, model]) => [
    operation,
    isRest ? restOperation(model, shapes[model.input?.shape ?? '']) : 0,
  ]);
  const written = entries.map(([operation, rest]) => `${JSON.stringify(rest)} ${isRest ? '' : operation}`);
  const twin = entries.find((_, index) => written.indexOf(written[index] ?? '') !== index);
  if (twin !== undefined) {
    console.error(`${name} ${String(twin[0])} cannot be told from another operation`);
    process.exit(1);
  }
  return {
    signingName,
    ...(prefix !== undefined && { iamPrefix: prefix }),
    protocols,
    apiVersion: metadata.apiVersion,
    ...(metadata.targetPrefix !== undefined && { targetPrefix: metadata.targetPrefix }),
    operations: Object.fromEntries(entries),
  };
}

/** S3's older forms of three operations look the same in a request. */
function isReplaced(operation: string, operations: Model['operations']): boolean {
  return operations[`${operation}Configuration`] !== undefined;
}

/**
 * `[method, URI template]`, then, where there are any: labels of the path, names in the query and header names, each
 * with the member's name where it is another one, and which of query and headers must be there.
 */
function restOperation(model: Model['operations'][string], input: Model['shapes'][string] | undefined) {
  const { method, requestUri } = model.http;
  const required = new Set(input?.required ?? []);
  const members = Object.entries(input?.members ?? {}).map(([member, { location, locationName }]) => ({
    member,
    location: location ?? 'body',
    name: locationName ?? member,
    must: required.has(member),
  }));
  const named = (where: readonly string[]): string =>
    members
      .filter(({ location }) => where.includes(location))
      .map(({ member, name, must }) => `${must ? '!' : ''}${name}${name === member ? '' : `=${member}`}`)
      .join(' ');
  const labels = members
    .filter(({ location, name, member }) => location === 'uri' && name !== member)
    .map(({ member, name }) => `${name}=${member}`)
    .join(' ');
  const details = {
    ...(labels !== '' && { labels }),
    ...ifSome('query', named(['querystring'])),
    ...ifSome('headers', named(['header', 'headers'])),
  };
  const payload = input?.payload;
  return {
    http: `${method} ${requestUri}`,
    ...details,
    ...(payload !== undefined && { payload }),
  };
}

function ifSome(name: string, words: string): Readonly<Record<string, string>> {
  return words === '' ? {} : { [name]: words };
}

/** One operation of a REST service a line, and all of another service in one: differences stay readable. */
function inLines({ source, date, services: all }: typeof file): string {
  const blocks = Object.entries(all).map(([name, { operations, ...rest }]) => {
    const isRest = Object.values(operations).some((operation) => operation !== 0);
    const lines = Object.entries(operations).map(
      ([operation, value]) => `"${operation}": ${JSON.stringify(value)}`,
    );
    const listed = isRest
      ? `"rest": {\n      ${lines.join(',\n      ')}\n    }`
      : `"operations": ${JSON.stringify(Object.keys(operations).join(' '))}`;
    return `  ${JSON.stringify(name)}: {\n    "about": ${JSON.stringify(rest)},\n    ${listed}\n  }`;
  });
  return `{\n"source": ${JSON.stringify(source)},\n"date": "${date}",\n"services": {\n${blocks.join(',\n')}\n}\n}`;
}
