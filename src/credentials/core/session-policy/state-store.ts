import type { Backend, PlanValue } from '#plan/core';

/** Where Terraform keeps the stack's state; only S3 needs permissions of the session. */
export interface StateStore {
  readonly bucket: string;
  /** The object's whole key, workspace included. */
  readonly key: string;
  readonly region?: string;
  /** The lock table; absent where S3 itself locks. */
  readonly table?: string;
}

/** `undefined` for other backends. https://developer.hashicorp.com/terraform/language/backend/s3 */
export function stateStoreOf(backend: Backend | undefined): StateStore | undefined {
  if (backend?.type !== 's3' || !(backend.config instanceof Map)) return;
  const bucket = textOf(backend.config.get('bucket'));
  const key = textOf(backend.config.get('key'));
  if (bucket === undefined || key === undefined) return;
  const region = textOf(backend.config.get('region'));
  const table = textOf(backend.config.get('dynamodb_table'));
  const prefix = textOf(backend.config.get('workspace_key_prefix')) ?? 'env:';
  const inWorkspace = backend.workspace === '' || backend.workspace === 'default';
  return {
    bucket,
    key: inWorkspace ? key : `${prefix}/${backend.workspace}/${key}`,
    ...(region !== undefined && { region }),
    ...(table !== undefined && { table }),
  };
}

const textOf = (value: PlanValue | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** `aws`, `aws-cn` or `aws-us-gov`, by the region. */
export const partitionOf = ({ region }: { readonly region: string }): string =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';

/** The state and its lock file; the S3 backend deletes only the lock. */
export const stateObjects = ({ bucket, key }: StateStore, partition: string): readonly string[] => [
  `arn:${partition}:s3:::${bucket}/${key}`,
  `arn:${partition}:s3:::${bucket}/${key}.tflock`,
];

export const stateTables = ({ table }: StateStore, partition: string): readonly string[] =>
  table === undefined ? [] : [`arn:${partition}:dynamodb:*:*:table/${table}`];
