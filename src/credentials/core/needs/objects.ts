import type { Plan, PlannedChange, PlanValue } from '#plan/core';
import type { Operation } from './need.ts';
import type { RecordedOperation } from './recorded-operations.ts';
import { isAbsent } from './template.ts';

/** One operation of a change, and the objects that tell its names: what it will be first, what it is second. */
export interface PlannedOperation {
  readonly operation: Operation & RecordedOperation;
  readonly objects: readonly PlanValue[];
}

/**
 * What applying a change calls. A replacement deletes what is there and creates anew; whatever is made or changed is read
 * afterwards. `no-op` and `forget` call nothing when a saved plan is applied, and read where the apply refreshes.
 */
export function operationsOf(change: PlannedChange, refreshes: boolean): readonly PlannedOperation[] {
  const { before, after } = change;
  const operation = (name: RecordedOperation, ...objects: readonly PlanValue[]): PlannedOperation => ({
    operation: name,
    objects: objects.filter((object) => !isAbsent(object)),
  });
  const now = operation('read', before);
  const then = operation('read', after, before);
  const imported = change.importing === undefined ? [] : [operation('import', before, after), then];
  return [...imported, ...planned()];

  function planned(): readonly PlannedOperation[] {
    switch (change.action) {
      case 'create':
      case 'create-then-forget':
        return [operation('create', after), operation('read', after)];
      case 'update':
        return [operation('update', after, before), then];
      case 'replace':
        return [operation('delete', before), now, operation('create', after), operation('read', after)];
      case 'delete':
        return [operation('delete', before), now];
      case 'read':
        return [operation('read', after)];
      case 'no-op':
      case 'forget':
        return refreshes && change.mode === 'managed' ? [now] : [];
    }
  }
}

/** Regions where the change's objects may be: by its provider block, else any that the plan names. */
export function regionsOf(
  { providerConfig, before }: PlannedChange,
  plan: Pick<Plan, 'configuration'>,
  stackRegion: string,
): readonly string[] {
  const arn = before instanceof Map ? before.get('arn') : undefined;
  const inArn = typeof arn === 'string' ? arn.split(':')[3] : undefined;
  if (inArn !== undefined && inArn !== '') return [inArn];
  const providers = plan.configuration.providers.filter(({ name }) => name === 'aws' || name === 'awscc');
  const alias = /\]\.([\w-]+)$/.exec(providerConfig)?.[1];
  const [block, ...more] = providers.filter((one) => one.alias === alias);
  if (block !== undefined && more.length === 0 && block.module === '') {
    if (block.region !== undefined) return [block.region];
    if (alias === undefined) return [stackRegion];
  }
  const named = providers.flatMap(({ region }) => (region === undefined ? [] : [region]));
  return [...new Set([stackRegion, ...named])].toSorted();
}
