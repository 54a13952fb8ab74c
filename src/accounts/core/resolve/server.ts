import { text } from '#core-values';
import type { NodePath } from '#platform/core';
import type { Team } from '../model.ts';
import type { ServerInput } from '../schema.ts';
import type { AwsAccess, KeySource, SecretSource, ServerSettings, TrailSource } from '../server.ts';
import type { Faults, Table } from './faults.ts';
import { resolveMessages } from './messages.ts';
import { resolveProviders } from './sign-in.ts';
import { resolveSlo } from './slo.ts';

export function resolveServer(
  server: ServerInput,
  teams: Table<Team>,
  faults: Faults,
): ServerSettings | undefined {
  const database = server.database && sourceOf(server.database, ['server', 'database'], faults);
  const key = sourceOf(server.encryption.key, ['server', 'encryption', 'key'], faults);
  const previousKeys = server.encryption.previousKeys.flatMap(
    (entry, index) => sourceOf(entry, ['server', 'encryption', 'previousKeys', index], faults) ?? [],
  );
  const trail = trailOf(server, faults);
  const messages = resolveMessages(server, teams, faults);
  const signIn = resolveProviders(server, faults);
  const slo = resolveSlo(server, faults);
  if (key === undefined) return;
  return {
    publicUrl: server.publicUrl,
    listen: server.listen,
    ...(database === undefined || database.kind === 'kms' ? {} : { database }),
    encryption: { key, previousKeys },
    ...(server.audit.checkpointFile === undefined ? {} : { checkpointFile: server.audit.checkpointFile }),
    planRetentionSeconds: server.planRetention,
    maxPlanUploadBytes: server.maxPlanUploadMiB * 1024 * 1024,
    grant: {
      planDurationSeconds: server.grant.planDuration,
      applyDurationSeconds: server.grant.applyDuration,
    },
    aws: awsAccess(server, faults),
    ...(slo === undefined ? {} : { slo }),
    ...(trail === undefined ? {} : { trail }),
    ...(signIn.length === 0 ? {} : { signIn }),
    ...(messages.length === 0 ? {} : { messages }),
  };
}

interface SourceInput {
  readonly env?: string | undefined;
  readonly file?: string | undefined;
  readonly kms?: string | undefined;
}

function sourceOf(input: SourceInput, path: NodePath, faults: Faults): KeySource | undefined {
  const sources: readonly (KeySource | undefined)[] = [
    input.env === undefined ? undefined : ({ kind: 'env', variable: input.env } satisfies SecretSource),
    input.file === undefined ? undefined : ({ kind: 'file', path: input.file } satisfies SecretSource),
    input.kms === undefined ? undefined : { kind: 'kms', keyArn: input.kms },
  ];
  const [source, ...others] = sources.filter((candidate) => candidate !== undefined);
  if (source !== undefined && others.length === 0) return source;
  faults.report(path, {
    rule: 'server.one-source',
    message: text('It must come from exactly one place.', '取得元はちょうど一つ指定しなければなりません。'),
    remedy: text(
      path.includes('database')
        ? 'Write either `env:` or `file:`.'
        : 'Write one of `env:`, `file:` and `kms:`.',
      path.includes('database')
        ? '`env:` か `file:` のどちらか一つを書いてください。'
        : '`env:`、`file:`、`kms:` のうち一つを書いてください。',
    ),
  });
  return;
}

function awsAccess({ aws, publicUrl }: ServerInput, faults: Faults): AwsAccess {
  const stsRegion = aws.stsRegion === undefined ? {} : { stsRegion: aws.stsRegion };
  if (aws.access === 'web-identity') {
    return { kind: 'web-identity', issuerUrl: aws.issuerUrl ?? publicUrl, ...stsRegion };
  }
  if (aws.issuerUrl !== undefined) {
    faults.report(['server', 'aws', 'issuerUrl'], {
      rule: 'server.issuer-unused',
      message: text(
        'An issuer is only used with `access: web-identity`.',
        'issuerUrl は `access: web-identity` のときだけ使われます。',
      ),
      remedy: text(
        'Remove it, or set `access: web-identity`.',
        '削除するか、`access: web-identity` を指定してください。',
      ),
    });
  }
  return { kind: 'ambient', ...stsRegion };
}

/** A bucket with its region, or a folder; never a mixture. */
function trailOf({ trail }: ServerInput, faults: Faults): TrailSource | undefined {
  if (trail === undefined) return;
  const { bucket, region, prefix, roleArn, folder, believeAfter } = trail;
  const isFolder =
    folder !== undefined && [bucket, region, prefix, roleArn].every((key) => key === undefined);
  if (isFolder) return { kind: 'folder', path: folder, believeAfter };
  if (bucket !== undefined && region !== undefined && folder === undefined) {
    const path = prefix === undefined ? '' : `${prefix.replace(/\/+$/, '')}/`;
    const role = roleArn === undefined ? {} : { roleArn };
    return { kind: 'bucket', bucket, region, prefix: path, ...role, believeAfter };
  }
  faults.report(['server', 'trail'], {
    rule: 'server.trail',
    message: text(
      'A trail is a bucket with its region, or a folder.',
      '証跡にはバケットとそのリージョン、またはフォルダーのどちらかを指定します。',
    ),
    remedy: text(
      'Write `bucket:` and `region:` (and `prefix:`, `roleArn:` where needed), or `folder:` alone.',
      '`bucket:` と `region:`(必要なら `prefix:` と `roleArn:`)、または `folder:` だけを書いてください。',
    ),
  });
  return;
}
