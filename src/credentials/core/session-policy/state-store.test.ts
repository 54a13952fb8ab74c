import { describe, expect, it } from 'vitest';
import type { PlanValue } from '#plan/core';
import { stateStoreOf } from './state-store.ts';

const backend = (workspace: string, entries: readonly (readonly [string, PlanValue])[], type = 's3') => ({
  type,
  workspace,
  config: new Map(entries),
});

const S3 = [
  ['bucket', 'shop-state'],
  ['key', 'web.tfstate'],
] as const;

describe('where the state is', () => {
  it('is read from an S3 backend, workspace and lock table included', () => {
    expect(stateStoreOf(backend('default', S3))).toEqual({ bucket: 'shop-state', key: 'web.tfstate' });
    expect(
      stateStoreOf(backend('blue', [...S3, ['dynamodb_table', 'locks'], ['region', 'us-west-2']])),
    ).toEqual({
      bucket: 'shop-state',
      key: 'env:/blue/web.tfstate',
      table: 'locks',
      region: 'us-west-2',
    });
    expect(stateStoreOf(backend('blue', [...S3, ['workspace_key_prefix', 'ws']]))?.key).toBe(
      'ws/blue/web.tfstate',
    );
  });

  it('is nothing for other backends, and for one that does not say', () => {
    expect(stateStoreOf(undefined)).toBeUndefined();
    expect(stateStoreOf(backend('default', S3, 'gcs'))).toBeUndefined();
    expect(stateStoreOf(backend('default', [['bucket', 'x']]))).toBeUndefined();
    expect(stateStoreOf(backend('default', [['bucket', null], S3[1]]))).toBeUndefined();
  });
});
