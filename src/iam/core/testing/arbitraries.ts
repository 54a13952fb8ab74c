import fc from 'fast-check';
import { parseAccountId } from '#core-values';
import { compilePolicy } from '../evaluate/compiled-policy.ts';
import type { Layers } from '../evaluate/layers.ts';
import {
  BASE_OPERATORS,
  type BaseOperator,
  type Condition,
  type PolicyDocument,
  type PolicyKind,
  parseOperator,
  type Statement,
} from '../model.ts';
import { requestContext } from '../request/context.ts';
import { parsePrincipal } from '../request/principal.ts';
import { type AccessRequest, prepareRequest } from '../request/request.ts';

// A small world, so that statements and requests often meet.

const ACCOUNT = '111122223333';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/apply`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/apply/grt-1`;
const USER = `arn:aws:iam::${ACCOUNT}:user/taro`;

const action = fc.constantFrom(
  '*',
  's3:*',
  's3:Get*',
  's3:GetObject',
  's3:*Object',
  'sqs:SendMessage',
  'sqs:*',
);
const resource = fc.constantFrom(
  '*',
  'arn:aws:s3:::a',
  'arn:aws:s3:::a/*',
  'arn:aws:s3:::?/x',
  `arn:aws:s3:::\${aws:PrincipalTag/team}/*`,
  `arn:aws:s3:::\${aws:PrincipalTag/team, 'a'}/x`,
  `arn:aws:sqs:*:${ACCOUNT}:q`,
);

/** Keys of the small world, and values that fit each of the operators asked about them. */
const KEYS: Readonly<
  Record<string, { readonly operators: readonly BaseOperator[]; readonly values: readonly string[] }>
> = {
  'aws:PrincipalTag/team': {
    operators: ['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike', 'StringEqualsIgnoreCase'],
    values: ['a', 'A', 'b', '*'],
  },
  'aws:TagKeys': { operators: ['StringEquals', 'StringNotEquals', 'StringLike'], values: ['a', 'b', ''] },
  'aws:SourceIp': {
    operators: ['IpAddress', 'NotIpAddress'],
    values: ['203.0.113.7', '192.0.2.1', '2001:db8::1'],
  },
  'aws:CurrentTime': {
    operators: ['DateLessThan', 'DateGreaterThanEquals'],
    values: ['2026-11-22T00:00:00Z', '2026-11-23T00:00:00Z'],
  },
  's3:max-keys': { operators: ['NumericLessThan', 'NumericEquals', 'NumericNotEquals'], values: ['1', '10'] },
  'aws:SecureTransport': { operators: ['Bool'], values: ['true', 'false'] },
};

const NAMES = Object.keys(KEYS);

const condition: fc.Arbitrary<Condition> = fc
  .tuple(
    fc.constantFrom(...NAMES),
    fc.nat(),
    fc.constantFrom('', 'ForAllValues:', 'ForAnyValue:'),
    fc.boolean(),
    fc.boolean(),
  )
  .chain(([key, which, set, ifExists, isNull]) => {
    const { operators, values } = KEYS[key] ?? { operators: [], values: [] };
    const base = isNull ? 'Null' : (operators[which % operators.length] ?? 'StringEquals');
    const prefix = isNull ? '' : set;
    const operator = parseOperator(`${prefix}${base}${ifExists && !isNull ? 'IfExists' : ''}`);
    if (operator === undefined) throw new Error('The small world has a bad operator.');
    const choices = isNull
      ? ['true', 'false']
      : values.filter((value) => value !== '' || BASE_OPERATORS[base].comparison === 'string');
    return fc
      .uniqueArray(fc.constantFrom(...choices), { minLength: 1, maxLength: 2 })
      .map((chosen): Condition => ({ operator, key, values: chosen }));
  });

const patterns = (pattern: fc.Arbitrary<string>) =>
  fc.record({ negated: fc.boolean(), patterns: fc.uniqueArray(pattern, { minLength: 1, maxLength: 3 }) });

const statedPrincipals = fc.oneof(
  fc.constant([{ kind: 'everyone' as const }]),
  fc.uniqueArray(
    fc
      .constantFrom(ROLE, SESSION, USER, ACCOUNT, `arn:aws:iam::${ACCOUNT}:root`)
      .map((id) => ({ kind: 'AWS' as const, id })),
    { minLength: 1, maxLength: 3, selector: ({ id }) => id },
  ),
);

export const statements = (kind: PolicyKind, effects: readonly Statement['effect'][] = ['Allow', 'Deny']) =>
  fc
    .record({
      effect: fc.constantFrom(...effects),
      actions: patterns(action),
      resources: patterns(resource),
      conditions: fc.uniqueArray(condition, {
        maxLength: 2,
        selector: ({ operator, key }) => `${JSON.stringify(operator)} ${key}`,
      }),
      principals: statedPrincipals,
      exceptThese: fc.boolean(),
    })
    .map(({ principals, exceptThese, ...rest }): Statement => {
      if (kind !== 'resource') return rest;
      return { ...rest, principals: { negated: rest.effect === 'Deny' && exceptThese, principals } };
    });

export const documents = (kind: PolicyKind): fc.Arbitrary<PolicyDocument> =>
  fc.record({
    kind: fc.constant(kind),
    version: fc.constantFrom(
      '2012-10-17' as const,
      '2012-10-17' as const,
      kind === 'scp' ? ('2012-10-17' as const) : ('2008-10-17' as const),
    ),
    statements: fc.array(statements(kind), { minLength: 1, maxLength: 3 }),
  });

/** The policies of a request, not compiled yet. */
export interface LayerDocuments {
  readonly identity: readonly PolicyDocument[];
  readonly boundary: PolicyDocument | undefined;
  readonly session: PolicyDocument | undefined;
  readonly resource: PolicyDocument | undefined;
  readonly scps: readonly PolicyDocument[] | undefined;
}

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

export const layerDocuments: fc.Arbitrary<LayerDocuments> = fc.record({
  identity: fc.array(documents('identity'), { maxLength: 2 }),
  boundary: maybe(documents('boundary')),
  session: maybe(documents('session')),
  resource: maybe(documents('resource')),
  scps: maybe(fc.array(documents('scp'), { minLength: 1, maxLength: 2 })),
});

const MANAGEMENT = parseAccountId('999999999999');

/** One SCP a level. */
export function compiledLayers({ identity, boundary, session, resource, scps }: LayerDocuments): Layers {
  const compile = (document: PolicyDocument) => compilePolicy(document, document.kind);
  return {
    identity: identity.map(compile),
    ...(boundary !== undefined && { boundary: compile(boundary) }),
    ...(session !== undefined && { session: [compile(session)] }),
    ...(resource !== undefined && { resource: compile(resource) }),
    ...(scps !== undefined &&
      MANAGEMENT !== undefined && {
        scps: {
          managementAccount: MANAGEMENT,
          levels: scps.map((document, index) => ({ name: String(index), policies: [compile(document)] })),
        },
      }),
  };
}

export interface SmallRequest {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly account: string | undefined;
  /** An empty list is an absent key; a key that is not here is not known. */
  readonly context: Readonly<Record<string, readonly string[]>>;
}

const present = (
  values: Readonly<Record<string, readonly string[] | undefined>>,
): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([key, list]) => (list === undefined ? [] : [[key, list]])),
  );

/** What the keys of the small world may be; a key left out is not known, an empty list is an absent key. */
const contexts = fc
  .record(
    Object.fromEntries(
      Object.entries(KEYS).map(([key, { values }]) => [
        key,
        fc.uniqueArray(fc.constantFrom(...values), { maxLength: key === 'aws:TagKeys' ? 2 : 1 }),
      ]),
    ),
    { requiredKeys: [] },
  )
  .map(present);

export const fullContexts: fc.Arbitrary<SmallRequest['context']> = contexts.chain((some) =>
  contexts.map((more) => ({ ...Object.fromEntries(NAMES.map((name) => [name, []])), ...more, ...some })),
);

export const smallRequests: fc.Arbitrary<SmallRequest> = fc.record({
  principal: fc.constantFrom(USER, SESSION, ROLE),
  action: fc.constantFrom('s3:GetObject', 's3:PutBucketPolicy', 'sqs:SendMessage'),
  resource: fc.constantFrom(
    'arn:aws:s3:::a',
    'arn:aws:s3:::a/x',
    'arn:aws:s3:::b/x',
    `arn:aws:sqs:us-east-1:${ACCOUNT}:q`,
  ),
  account: fc.constantFrom(ACCOUNT, ACCOUNT, '444455556666', undefined),
  context: contexts,
});

export function preparedRequest({
  principal,
  action,
  resource,
  account,
  context,
}: SmallRequest): AccessRequest {
  const who = parsePrincipal({ arn: principal });
  const owner = resource.startsWith('arn:aws:s3') ? parseAccountId(account ?? '') : undefined;
  if (!who.ok) throw new Error(who.error.message.en);
  const request = prepareRequest({
    principal: who.value,
    action,
    resource,
    ...(owner !== undefined && { resourceAccount: owner }),
    context: requestContext(context),
  });
  if (!request.ok) throw new Error(request.error.message.en);
  return request.value;
}
