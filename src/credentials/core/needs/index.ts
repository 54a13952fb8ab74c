export type { LeftOut } from './left-out.ts';
export type { Need, Operation, Wide } from './need.ts';
export { alwaysCalledBy, isRecordedType, type ObservedStep, UNOBSERVABLE_ACTIONS } from './observed.ts';
export { type NeedsFacts, needsOfPlan } from './plan-needs.ts';
export type { RecordedOperation } from './recorded-operations.ts';
