import importIds from './import-ids.json' with { type: 'json' };
import type { RecordedResource } from './recording.ts';

const IDS: Readonly<Record<string, string>> = importIds.ids;
const NONE: Readonly<Record<string, string>> = importIds.none;

/** By what a resource is imported; undefined for types that cannot be. */
export function importIdOf({ type, state }: Pick<RecordedResource, 'type' | 'state'>): string | undefined {
  if (NONE[type] !== undefined) return undefined;
  const template = IDS[type] ?? `\${.id}`;
  return template.replace(/\$\{\.(\w+)\}/g, (_, name: string) => String(state[name] ?? ''));
}
