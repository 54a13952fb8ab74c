import { text } from '#core-values';
import type { NodePath } from '#platform/core';
import type { SecretSource } from '../server.ts';
import type { Faults } from './faults.ts';

/** Exactly one of the two. */
export function secretOf(
  { env, file }: { readonly env?: string | undefined; readonly file?: string | undefined },
  path: NodePath,
  faults: Faults,
): SecretSource | undefined {
  if (env !== undefined && file === undefined) return { kind: 'env', variable: env };
  if (file !== undefined && env === undefined) return { kind: 'file', path: file };
  faults.report(path, {
    rule: 'server.one-source',
    message: text('It must come from exactly one place.', '取得元はちょうど一つ指定しなければなりません。'),
    remedy: text('Write either `env:` or `file:`.', '`env:` か `file:` のどちらか一つを書いてください。'),
  });
  return undefined;
}
