import { text } from '#core-values';
import type { ServerInput } from '../schema.ts';
import type { SloSettings, SloSource, SloSourcePlace, SloSystem } from '../slo.ts';
import { type Faults, tableOf } from './faults.ts';
import { secretOf } from './secrets.ts';

/** Each source has exactly one place that its logs come from. */
export function resolveSlo({ slo }: ServerInput, faults: Faults): SloSettings | undefined {
  if (slo === undefined) return undefined;
  const { retention, lateness, sources, systems, traces, beacons } = slo;
  tableOf('system', 'システム', ['server', 'slo', 'systems'], systems, faults);
  const token = traces && secretOf(traces.token, ['server', 'slo', 'traces', 'token'], faults);
  tableOf('source', 'ソース', ['server', 'slo', 'sources'], sources, faults);
  return {
    retentionSeconds: retention,
    latenessSeconds: lateness,
    sources: sources.flatMap((input, index): readonly SloSource[] => {
      const path = ['server', 'slo', 'sources', index];
      const from = placeOf(input, path, faults);
      const { name, format, logFormat, fields } = input;
      if (format !== undefined && logFormat !== undefined) faults.report([...path, 'logFormat'], ONE_FORMAT);
      if (from === undefined) return [];
      return [{ name, from, fields, ...(format && { format }), ...(logFormat && { logFormat }) }];
    }),
    systems: systems.flatMap((input, index): readonly SloSystem[] => {
      const at = systemOf(input, ['server', 'slo', 'systems', index], faults);
      return at === undefined ? [] : [{ name: input.name, at }];
    }),
    ...(token &&
      traces && {
        traces: { token, ...(traces.customerAttribute && { customerAttribute: traces.customerAttribute }) },
      }),
    ...(beacons && { beacons }),
  };
}

type SystemInput = NonNullable<ServerInput['slo']>['systems'][number];

function systemOf(
  { prometheus, cloudwatch }: SystemInput,
  path: readonly (string | number)[],
  faults: Faults,
): SloSystem['at'] | undefined {
  if ((prometheus === undefined) === (cloudwatch === undefined)) {
    faults.report(path, ONE_SYSTEM);
    return undefined;
  }
  if (cloudwatch !== undefined) return { kind: 'cloudwatch', region: cloudwatch.region };
  const { url = '', authorization } = prometheus ?? {};
  const address = URL.canParse(url) ? new URL(url) : undefined;
  const isPlain = address?.protocol === 'http:';
  if (!(isPlain || address?.protocol === 'https:') || address?.username !== '' || address.search !== '') {
    faults.report([...path, 'prometheus', 'url'], NO_ADDRESS);
    return undefined;
  }
  if (authorization === undefined) return { kind: 'prometheus', url };
  if (isPlain && !LOOPBACK.has(address.hostname)) {
    faults.report([...path, 'prometheus', 'url'], SECRET_IN_CLEAR);
    return undefined;
  }
  const secret = secretOf(authorization, [...path, 'prometheus', 'authorization'], faults);
  return secret && { kind: 'prometheus', url, authorization: secret };
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

const ONE_SYSTEM = {
  rule: 'slo.one-system',
  message: text('A system is of exactly one kind.', 'システムの種類はちょうど一つです。'),
  remedy: text(
    'Write either `prometheus:` or `cloudwatch:`.',
    '`prometheus:` か `cloudwatch:` のどちらか一つを書いてください。',
  ),
};
const NO_ADDRESS = {
  rule: 'slo.address',
  message: text('This address cannot be asked.', 'このアドレスには問い合わせできません。'),
  remedy: text(
    'Write http(s)://host[:port][/path] without user and query.',
    'http(s)://host[:port][/path] の形式で、ユーザー名とクエリなしで書いてください。',
  ),
};
const SECRET_IN_CLEAR = {
  rule: 'slo.secret-in-clear',
  message: text('The secret would go over the network in clear.', '秘密が暗号化されずに送られます。'),
  remedy: text(
    'Use https, or leave `authorization:` out.',
    'https を使うか、`authorization:` を外してください。',
  ),
};

type Input = NonNullable<ServerInput['slo']>['sources'][number];

function placeOf(
  { files, bucket, token }: Input,
  path: readonly (string | number)[],
  faults: Faults,
): SloSourcePlace | undefined {
  if ([files, bucket, token].filter((place) => place !== undefined).length !== 1) {
    faults.report(path, ONE_PLACE);
    return undefined;
  }
  if (files !== undefined) return { kind: 'files', patterns: files };
  if (bucket !== undefined) {
    const { name, prefix, region, queueUrl } = bucket;
    return { kind: 'bucket', bucket: name, prefix, region, ...(queueUrl && { queueUrl }) };
  }
  const secret = token && secretOf(token, [...path, 'token'], faults);
  return secret && { kind: 'pushed', token: secret };
}

const ONE_PLACE = {
  rule: 'slo.one-place',
  message: text('Logs of a source come from exactly one place.', 'ソースのログの取得元はちょうど一つです。'),
  remedy: text(
    'Write one of `files:`, `bucket:` and `token:`.',
    '`files:`、`bucket:`、`token:` のうち一つを書いてください。',
  ),
};
const ONE_FORMAT = {
  rule: 'slo.one-format',
  message: text('The format is told twice.', '形式が二重に指定されています。'),
  remedy: text(
    'Write either `format:` or `logFormat:`.',
    '`format:` か `logFormat:` のどちらか一方にしてください。',
  ),
};
