import { type Json, type JsonObject, own } from '#core-values';
import { alwaysCalledBy, isRecordedType, type RecordedOperation, serviceOfType } from '#credentials/core';
import { typeOf } from './plan-facts.ts';
import { isUnrecorded, patternFits } from './usage.ts';

/** A step of a resource type that an apply took, by one version of its provider. */
export interface StepTaken {
  /** `registry.terraform.io/hashicorp/aws 5.100.0` */
  readonly provider: string;
  readonly type: string;
  readonly step: WritingStep;
}

export type WritingStep = Exclude<RecordedOperation, 'read'>;

const STEPS: Readonly<Record<string, readonly WritingStep[]>> = {
  create: ['create'],
  'create-then-forget': ['create'],
  update: ['update'],
  replace: ['delete', 'create'],
  delete: ['delete'],
};

/** Each step once, whatever the number of resources; none of a provider whose version the plan does not lock. */
export function stepsTaken(review: JsonObject): readonly StepTaken[] {
  const versions = new Map(
    listOf(review.providers).flatMap((one): readonly (readonly [string, string])[] =>
      isObject(one) && typeof one.address === 'string' && typeof one.version === 'string'
        ? [[one.address, one.version]]
        : [],
    ),
  );
  const taken = listOf(review.changes).flatMap((change): readonly StepTaken[] => {
    if (!isObject(change) || typeof change.address !== 'string' || typeof change.provider !== 'string')
      return [];
    const type = typeOf(change.address);
    const version = versions.get(change.provider);
    if (type === undefined || !TYPE.test(type) || version === undefined) return [];
    const steps = [
      ...(typeof change.action === 'string' ? (own(STEPS, change.action) ?? []) : []),
      ...(change.importing === undefined ? [] : ['import' as const]),
    ];
    return steps.map((step) => ({ provider: `${change.provider} ${version}`, type, step }));
  });
  const byKey = new Map(taken.map((one) => [`${one.provider}|${one.type}|${one.step}`, one]));
  return [...byKey.values()];
}

/** As the database keeps them. What is none is kept as an action that AWS does not have, so that its service stays open. */
const ACTION = /^[a-z0-9-]{1,63}:[A-Za-z0-9]{1,128}$/;
const TYPE = /^aws(?:cc)?_[a-z0-9_]{1,120}$/;

export interface ActionSeen {
  readonly action: string;
  readonly wasCalled: boolean;
}

/**
 * What one apply tells of one of its steps. Of a type that was recorded: of each action that it always calls, that was granted and that a
 * trail would show, whether it was called. Of another: what was called of its service. Two types of one service cannot be told apart,
 * so both get the calls of both: that says too much, never too little.
 */
export function seenOf(
  { type, step }: StepTaken,
  granted: readonly string[],
  called: ReadonlySet<string>,
): readonly ActionSeen[] {
  const service = serviceOfType(type);
  if (service === undefined) return [];
  if (!isRecordedType(type)) {
    return [...called]
      .filter((action) => action.startsWith(`${service}:`))
      .map((action) => ({ action: ACTION.test(action) ? action : `${service}:Unreadable`, wasCalled: true }));
  }
  return (alwaysCalledBy(type, step) ?? [])
    .filter((action) => !isUnrecorded(action) && granted.some((pattern) => patternFits(pattern, action)))
    .map((action) => ({ action, wasCalled: called.has(action) }));
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);
