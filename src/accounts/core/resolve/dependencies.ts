import { text } from '#core-values';
import type { Stack } from '../model.ts';
import type { Faults } from './faults.ts';

/**
 * The stacks, dependencies before dependents, otherwise in the order of the file. A cycle is reported at the `dependsOn` that
 * closes it; then the order is not to be used.
 */
export function inDependencyOrder(stacks: readonly Stack[], faults: Faults): readonly Stack[] {
  const byName = new Map(stacks.map((stack) => [stack.name, stack]));
  const done = new Set<Stack>();
  const ordered: Stack[] = [];
  const visit = (stack: Stack, trail: readonly Stack[]): void => {
    if (done.has(stack)) return;
    const next = [...trail, stack];
    for (const [at, name] of stack.dependsOn.entries()) {
      const dependency = byName.get(name);
      if (dependency === undefined) continue;
      if (next.includes(dependency)) {
        reportCycle(stacks, stack, at, next.slice(next.indexOf(dependency)), faults);
      } else {
        visit(dependency, next);
      }
    }
    done.add(stack);
    ordered.push(stack);
  };
  for (const stack of stacks) visit(stack, []);
  return ordered;
}

function reportCycle(
  stacks: readonly Stack[],
  closing: Stack,
  at: number,
  cycle: readonly Stack[],
  faults: Faults,
): void {
  const names = [...cycle, ...cycle.slice(0, 1)].map(({ name }) => name).join(' → ');
  faults.report(['stacks', stacks.indexOf(closing), 'dependsOn', at], {
    rule: 'stack.dependency-cycle',
    message: text(
      `The stacks depend on each other: ${names}.`,
      `スタックの依存関係が循環しています: ${names}`,
    ),
    remedy: text('Remove one of these dependencies.', 'このうちいずれかの依存を取り除いてください。'),
  });
}
