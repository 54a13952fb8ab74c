import type { StackName } from '#core-values';

interface Dependent {
  readonly name: StackName;
  readonly dependsOn: readonly StackName[];
}

/**
 * The wave of each stack that is planned: 1, or one after the highest of those that it depends on, also by way of stacks that are not
 * planned. Stacks in a circle, which `sekisho.yaml` cannot have, are in the wave after what is outside of it.
 */
export function wavesOf(
  stacks: readonly Dependent[],
  planned: ReadonlySet<StackName>,
): ReadonlyMap<StackName, number> {
  const known = new Set(stacks.map(({ name }) => name));
  const dependents = new Map<StackName, StackName[]>();
  const open = new Map<StackName, number>();
  for (const { name, dependsOn } of stacks) {
    const within = [...new Set(dependsOn)].filter((other) => known.has(other));
    open.set(name, within.length);
    for (const other of within) {
      const list = dependents.get(other);
      if (list === undefined) dependents.set(other, [name]);
      else list.push(name);
    }
  }
  /** The highest wave below each. */
  const below = new Map<StackName, number>();
  const waves = new Map<StackName, number>();
  const ready = stacks.flatMap(({ name }) => (open.get(name) === 0 ? [name] : []));
  for (const name of ready) {
    const wave = (below.get(name) ?? 0) + (planned.has(name) ? 1 : 0);
    if (planned.has(name)) waves.set(name, wave);
    for (const dependent of dependents.get(name) ?? []) {
      below.set(dependent, Math.max(below.get(dependent) ?? 0, wave));
      const left = (open.get(dependent) ?? 0) - 1;
      open.set(dependent, left);
      if (left === 0) ready.push(dependent);
    }
  }
  for (const name of planned) if (!waves.has(name)) waves.set(name, (below.get(name) ?? 0) + 1);
  return waves;
}
