import { z } from 'zod';
import { AFTER_ANNOTATION } from './annotations.ts';
import * as duration from './durations.ts';
import * as field from './fields.ts';
import { eitherOf, refuse } from './fields.ts';

export const conditionSpec = z
  .strictObject({
    description: field.description().exactOptional(),
    severity: field.words(),
    condition: z.strictObject({
      kind: z.literal('burnrate').default('burnrate'),
      op: z.enum(['lte', 'gte', 'lt', 'gt']).default('gt'),
      threshold: z.number(),
      lookbackWindow: duration.minutes(),
      alertAfter: duration.delay().default(0),
    }),
  })
  .transform(({ condition: { op, threshold, lookbackWindow, alertAfter }, ...rest }) => ({
    ...rest,
    op,
    threshold,
    lookbackMinutes: lookbackWindow,
    afterMinutes: alertAfter,
  }));

export const targetSpec = z.strictObject({
  description: field.description().exactOptional(),
  target: field.words(),
});

/** A document of its own, or written where it is used. */
interface Inline<Spec> {
  readonly metadata: field.Metadata;
  readonly spec: Spec;
}

/** A delay of nothing stands in an annotation, for OpenSLO's JSON schema wants a minute at least. */
export function withDelay({ metadata, spec }: Inline<ConditionSpec>): Inline<ConditionSpec> {
  const { [AFTER_ANNOTATION]: after, ...annotations } = metadata.annotations ?? {};
  if (after !== '0m') return { metadata, spec };
  const { annotations: _, ...rest } = metadata;
  return {
    metadata: Object.keys(annotations).length === 0 ? rest : { ...rest, annotations },
    spec: { ...spec, afterMinutes: 0 },
  };
}

/** Either the name of a document, or the document itself, written in its place. */
export type RefOr<Spec> = { readonly ref: string } | Inline<Spec>;

interface Entry<Spec> {
  readonly metadata?: field.Metadata;
  readonly spec?: Spec;
}

function refOr<Spec>(
  key: string,
  ref: string | undefined,
  { metadata, spec }: Entry<Spec>,
  context: Parameters<typeof refuse>[0],
): RefOr<Spec> {
  if (ref !== undefined && metadata === undefined && spec === undefined) return { ref };
  if (ref === undefined && metadata !== undefined && spec !== undefined) return { metadata, spec };
  refuse(context, eitherOf(key, 'metadata, spec'), ref);
  return z.NEVER;
}

const inlineKeys = <Kind extends string>(kind: Kind) => ({
  apiVersion: z.literal('openslo/v1').exactOptional(),
  kind: z.literal(kind).exactOptional(),
  metadata: field.metadata().exactOptional(),
});

const condition = z
  .strictObject({
    conditionRef: field.name().exactOptional(),
    ...inlineKeys('AlertCondition'),
    spec: conditionSpec.exactOptional(),
  })
  .transform((given, context) => {
    const read = refOr('conditionRef', given.conditionRef, given, context);
    return 'ref' in read ? read : { ...read, ...withDelay(read) };
  });

const target = z
  .strictObject({
    targetRef: field.name().exactOptional(),
    ...inlineKeys('AlertNotificationTarget'),
    spec: targetSpec.exactOptional(),
  })
  .transform((given, context) => refOr('targetRef', given.targetRef, given, context));

export const policySpec = z.strictObject({
  description: field.description().exactOptional(),
  alertWhenNoData: z.boolean().default(false),
  alertWhenResolved: z.boolean().default(false),
  alertWhenBreaching: z.boolean().default(false),
  conditions: z.tuple([condition]),
  notificationTargets: z.array(target).min(1),
});

export type ConditionSpec = z.output<typeof conditionSpec>;
export type TargetSpec = z.output<typeof targetSpec>;
export type PolicySpec = z.output<typeof policySpec>;

const policyEntry = z
  .strictObject({
    alertPolicyRef: field.name().exactOptional(),
    ...inlineKeys('AlertPolicy'),
    spec: policySpec.exactOptional(),
  })
  .transform((given, context) => refOr('alertPolicyRef', given.alertPolicyRef, given, context));

/** A name alone, as in OpenSLO's JSON schema, or `alertPolicyRef` or the whole policy, as in its text. */
export const policy = z.preprocess(
  (given) => (typeof given === 'string' ? { alertPolicyRef: given } : given),
  policyEntry,
);
