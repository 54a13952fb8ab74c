import { text } from '#core-values';
import type { ServerInput } from '../schema.ts';
import type { SloSettings, SloSource, SloSourcePlace } from '../slo.ts';
import { type Faults, tableOf } from './faults.ts';
import { secretOf } from './secrets.ts';

/** Each source has exactly one place that its logs come from. */
export function resolveSlo({ slo }: ServerInput, faults: Faults): SloSettings | undefined {
  if (slo === undefined) return undefined;
  const { retention, lateness, sources } = slo;
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
  };
}

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
