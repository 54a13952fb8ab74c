import type { LockedProvider } from '../model.ts';
import { isJsonList, type JsonTree } from './json-text.ts';

/** Reads `.terraform.lock.hcl`, already turned into JSON: `{"provider": {"registry…/aws": [{version, hashes}]}}`. */
export function lockedProviders(lockFile: JsonTree): readonly LockedProvider[] {
  const providers = lockFile instanceof Map ? lockFile.get('provider') : undefined;
  if (!(providers instanceof Map)) return [];
  return [...providers].flatMap(([address, blocks]) =>
    (isJsonList(blocks) ? blocks : []).flatMap((block): readonly LockedProvider[] => {
      if (!(block instanceof Map)) return [];
      const version = block.get('version');
      const hashes = block.get('hashes');
      return [
        {
          address,
          version: typeof version === 'string' ? version : '',
          hashes: isJsonList(hashes) ? hashes.filter((hash) => typeof hash === 'string').toSorted() : [],
        },
      ];
    }),
  );
}
