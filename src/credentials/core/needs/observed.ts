import type { PlannedChange } from '#plan/core';
import { actionsOfService, covers } from '../fit/pattern.ts';
import { serviceOfType } from '../session-policy/aws-types.ts';
import rules from '../session-policy/rules.json' with { type: 'json' };
import { isCoarse, type Need, type Operation } from './need.ts';
import { RECORDED, type RecordedOperation } from './recorded-operations.ts';
import unobservable from './unobservable.json' with { type: 'json' };

/** What an organization's own applies were seen to call for one step of a type, by one version of its provider. */
export interface ObservedStep {
  /** `aws_mq_broker` */
  readonly type: string;
  readonly step: RecordedOperation;
  /** Of the type's own service, in the spelling of AWS's reference. */
  readonly actions: readonly string[];
  /** How many applies of different plans. */
  readonly applies: number;
  /** `2026-11-23` */
  readonly since: string;
}

/** Actions that a trail does not record by itself: silence about them proves nothing. */
export const UNOBSERVABLE_ACTIONS: readonly string[] = unobservable.actions;

/** Tags are asked for together with the call that creates, and leave no call of their own. */
const TAGGING = '*Tag*';

/**
 * The needs of a type that nobody recorded, with its service opened only as far as observed: the called actions, reading, tagging, and
 * what a trail does not record. Only patterns that the opened service covers come in its place, and they stay coarse, so that the
 * forbidden list is denied as before: an observation takes away, and gives nothing (docs/adr/0032). Unchanged where a step was not
 * observed, or where a called action is none that AWS's reference has.
 */
export function narrowedByObservation(
  coarse: readonly Need[],
  { type }: Pick<PlannedChange, 'type'>,
  operations: readonly Operation[],
  observed: readonly ObservedStep[],
): readonly Need[] {
  const service = serviceOfType(type);
  const steps = operations.filter((operation) => operation !== 'read');
  const found = steps.map((step) => observed.find((one) => one.type === type && one.step === step));
  const known = found.filter((step) => step !== undefined);
  if (service === undefined || known.length === 0 || known.length < steps.length) return coarse;
  const opened = `${service}:*`;
  const kept = [
    ...rules.readVerbs.map((verb) => `${service}:${verb}`),
    `${service}:${TAGGING}`,
    ...UNOBSERVABLE_ACTIONS.filter((pattern) => covers(opened, pattern)),
  ];
  const called = [...new Set(known.flatMap(({ actions }) => actions))].toSorted();
  // CloudTrail may know the service by another name.
  if (known.some(({ actions }) => actions.length === 0)) return coarse;
  if (!called.every((action) => actionsOfService(service).includes(action))) return coarse;

  const writes = called.filter((action) => !kept.some((pattern) => covers(pattern, action)));
  const observedIn = {
    applies: Math.min(...known.map(({ applies }) => applies)),
    since: known.map(({ since }) => since).toSorted()[0] ?? '',
  };
  return coarse.flatMap((need) =>
    need.action === opened && isCoarse(need) && need.conditions.length === 0
      ? [...kept, ...writes].map((action): Need => ({ ...need, action, wide: 'observed', observedIn }))
      : [need],
  );
}

/** What the recorder saw a step of a type always call; `undefined` for a type that it does not know. */
export function alwaysCalledBy(type: string, step: RecordedOperation): readonly string[] | undefined {
  const recorded = Object.hasOwn(RECORDED, type) ? RECORDED[type] : undefined;
  return recorded?.[step]?.filter(({ whenSet }) => whenSet === undefined).map(({ action }) => action);
}

export const isRecordedType = (type: string): boolean => Object.hasOwn(RECORDED, type);
