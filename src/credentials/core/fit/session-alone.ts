import { type CompiledPolicy, compilePolicy, type PolicyKind, parsePolicy } from '#iam/core';
import { serviceOf } from './pattern.ts';

/** As the role itself may anything and every key and role trusts its account, the session policies alone decide. */
export function layersFor(action: string, account: string, partition: string) {
  const root = JSON.stringify(`arn:${partition}:iam::${account}:root`);
  const grant = (kind: PolicyKind, rest: string) =>
    compiled(
      `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":${root}},${rest}}]}`,
      kind,
      'resource',
    );
  switch (serviceOf(action)) {
    case 'kms':
      return { identity: [EVERYTHING], resource: grant('key', '"Action":"kms:*","Resource":"*"') };
    case 'sts':
      return { identity: [EVERYTHING], resource: grant('trust', '"Action":"sts:*"') };
    default:
      return { identity: [EVERYTHING] };
  }
}

export function compiled(source: string, kind: PolicyKind, name: string): CompiledPolicy {
  const parsed = parsePolicy(source, { kind, file: name });
  if (!parsed.ok) throw new Error(parsed.error.reasons[0].message.en);
  return compilePolicy(parsed.value, name);
}

const EVERYTHING = compiled(
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
  'identity',
  'everything',
);
