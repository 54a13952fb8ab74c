import type { Plan, PlannedChange } from '#plan/core';
import type { ChangeFacts } from '#policy/core';

/** How much a plan does, as policies read it. Data sources read at apply change nothing, so they do not count. */
export function changeFacts(plan: Plan): ChangeFacts {
  const managed = plan.changes.filter(({ mode }) => mode === 'managed');
  const count = (...actions: readonly PlannedChange['action'][]): number =>
    managed.filter(({ action }) => actions.includes(action)).length;
  const forget = count('forget', 'create-then-forget');
  const create = count('create', 'create-then-forget');
  return {
    total: managed.filter(({ action }) => action !== 'no-op').length,
    create,
    update: count('update'),
    replace: count('replace'),
    delete: count('delete'),
    forget,
    import: managed.filter(({ importing }) => importing !== undefined).length,
    move: managed.filter(({ previousAddress }) => previousAddress !== undefined).length,
    drift: plan.drift.filter(({ action }) => action !== 'no-op').length,
  };
}
