import { z } from 'zod';
import { err, ok, type Reason, type Result, text } from '#core-values';
import { didYouMean, type NodePath, type PlaceOf, reasonsOf, valueAt } from '#platform/core';
import { conditionSpec, policy, policySpec, targetSpec, withDelay } from './alert-schema.ts';
import * as field from './fields.ts';
import { eitherOf, refusal, refuse } from './fields.ts';
import { sliSpec } from './indicator-schema.ts';
import { objective, timeWindow } from './objective-schema.ts';
import { screenSpec } from './screen-schema.ts';

const indicator = z.strictObject({ metadata: field.metadata(), spec: sliSpec });

const sloSpec = z
  .strictObject({
    description: field.description().exactOptional(),
    service: field.name(),
    indicator: indicator.exactOptional(),
    indicatorRef: field.name().exactOptional(),
    timeWindow: z.tuple([timeWindow]),
    budgetingMethod: z.enum(['Occurrences', 'Timeslices']),
    objectives: z.array(objective).min(1),
    // OpenSLO's own examples leave the key without a value.
    alertPolicies: z.array(policy).nullable().default([]),
  })
  .transform(({ indicator: whole, indicatorRef, timeWindow: [window], alertPolicies, ...rest }, context) => {
    const given = whole ?? (indicatorRef === undefined ? undefined : { ref: indicatorRef });
    if (given === undefined || (whole !== undefined && indicatorRef !== undefined)) {
      refuse(context, eitherOf('indicator', 'indicatorRef'), rest);
      return z.NEVER;
    }
    rest.objectives.forEach(({ slice }, index) => {
      if ((slice !== undefined) !== (rest.budgetingMethod === 'Timeslices'))
        refuse(context, slice === undefined ? WITHOUT_SLICE : SLICE_UNUSED, rest, ['objectives', index]);
    });
    return { ...rest, indicator: given, window, alertPolicies: alertPolicies ?? [] };
  });

const WITHOUT_SLICE = refusal(
  'slo.without-slice',
  text(
    'With Timeslices, nobody knows how long a slice is and when it is good.',
    'Timeslices なのに、スライスの長さと合格条件がありません。',
  ),
  text(
    'Add `timeSliceWindow: 1m` and `timeSliceTarget: 0.99`.',
    '`timeSliceWindow: 1m` と `timeSliceTarget: 0.99` を追加してください。',
  ),
);
const SLICE_UNUSED = refusal(
  'slo.slice-unused',
  text('With Occurrences there are no time slices.', 'Occurrences にタイムスライスはありません。'),
  text(
    'Remove timeSliceWindow and timeSliceTarget, or write `budgetingMethod: Timeslices`.',
    'timeSliceWindow と timeSliceTarget を削除するか、`budgetingMethod: Timeslices` にしてください。',
  ),
);

/** Some published examples hold a list of mappings. */
const connectionDetails = z.preprocess(
  (given) =>
    Array.isArray(given) && given.every((part) => typeof part === 'object' && part !== null)
      ? Object.assign({}, ...given)
      : given,
  z.record(z.string(), z.json()),
);

const dataSourceSpec = z.strictObject({
  description: field.description().exactOptional(),
  type: field.words(),
  connectionDetails: connectionDetails.default({}),
});

const serviceSpec = z.strictObject({ description: field.description().exactOptional() });

const documentOf = <Version extends string, Kind extends string, Spec extends z.ZodType>(
  apiVersion: Version,
  kind: Kind,
  spec: Spec,
) =>
  z.strictObject({
    apiVersion: z.literal(apiVersion),
    kind: z.literal(kind),
    metadata: field.metadata(),
    spec,
  });

const OPENSLO = 'openslo/v1';
const OURS = 'sekisho/v1';

const SCHEMAS = {
  Service: documentOf(OPENSLO, 'Service', serviceSpec),
  SLO: documentOf(OPENSLO, 'SLO', sloSpec),
  SLI: documentOf(OPENSLO, 'SLI', sliSpec),
  DataSource: documentOf(OPENSLO, 'DataSource', dataSourceSpec),
  AlertPolicy: documentOf(OPENSLO, 'AlertPolicy', policySpec),
  AlertCondition: documentOf(OPENSLO, 'AlertCondition', conditionSpec).transform((document) => ({
    ...document,
    ...withDelay(document),
  })),
  AlertNotificationTarget: documentOf(OPENSLO, 'AlertNotificationTarget', targetSpec),
  Screen: documentOf(OURS, 'Screen', screenSpec),
} as const;

export type DefinitionKind = keyof typeof SCHEMAS;

export const DEFINITION_KINDS = Object.keys(SCHEMAS);

/** A document as it is meant: durations in minutes, objectives in ppm. Documents of any text read and written again are equal. */
export type Definition = { [Kind in DefinitionKind]: z.output<(typeof SCHEMAS)[Kind]> }[DefinitionKind];

export type DefinitionOf<Kind extends DefinitionKind> = Extract<Definition, { readonly kind: Kind }>;

/** Plain data of one document and where it stands; what reads YAML gives it. */
export interface WrittenDocument {
  readonly value: unknown;
  readonly placeOf: PlaceOf;
  readonly writtenAt?: (path: NodePath) => string | undefined;
}

export interface PlacedDefinition {
  readonly definition: Definition;
  readonly placeOf: PlaceOf;
}

const isKind = (kind: unknown): kind is DefinitionKind =>
  typeof kind === 'string' && Object.hasOwn(SCHEMAS, kind);

/** Every mistake of the document at once. */
export function readDefinition(written: WrittenDocument): Result<PlacedDefinition, readonly Reason[]> {
  const { value, placeOf } = written;
  const kind = valueAt(value, ['kind']);
  if (!isKind(kind)) return err([unknownKind(kind, placeOf)]);
  const schema = SCHEMAS[kind];
  const parsed = schema.safeParse(value);
  if (parsed.success) return ok({ definition: parsed.data, placeOf });
  return err(reasonsOf(parsed.error.issues, { ...written, input: value, schema, ruleRoom: 'slo' }));
}

const unknownKind = (kind: unknown, placeOf: PlaceOf): Reason => ({
  rule: 'slo.unknown-kind',
  message: text(
    'This is no document of OpenSLO, nor a Screen.',
    'OpenSLO のドキュメントでも Screen でもありません。',
  ),
  remedy: didYouMean(typeof kind === 'string' ? kind : '', DEFINITION_KINDS),
  place: placeOf(['kind']),
});
