import type { Kysely } from 'kysely';
import { type EpochMs, epochMs, type PersonName } from '#core-values';
import type { Person } from '../core/index.ts';
import { standsOnNow } from '../core/passkey.ts';
import { passkeysOfAll } from './store.ts';

/** What a list of people tells of the passkeys of each. */
export interface PasskeysInShort {
  readonly active: number;
  readonly suspended: number;
  /** The latest use of any of them. */
  readonly lastUsedAt?: EpochMs;
  /** By whose links those that work were enrolled, unless sekisho.yaml lists them. */
  readonly standsOn: readonly PersonName[];
}

/** For each of these people, also who has none. */
export async function passkeysInShort(
  db: Kysely<object>,
  people: readonly Pick<Person, 'name' | 'passkeys'>[],
  key: string,
): Promise<ReadonlyMap<PersonName, PasskeysInShort>> {
  const all = Map.groupBy(await passkeysOfAll(db, key), ({ person }) => person);
  return new Map(
    people.map((person) => {
      const passkeys = all.get(person.name) ?? [];
      const active = passkeys.filter(({ state }) => state === 'active');
      const used = passkeys.flatMap(({ lastUsedAt }) => lastUsedAt ?? []);
      return [
        person.name,
        {
          active: active.length,
          suspended: passkeys.length - active.length,
          ...(used.length === 0 ? {} : { lastUsedAt: epochMs(Math.max(...used)) }),
          standsOn: [...new Set(active.flatMap((passkey) => standsOnNow(passkey, person)))].toSorted(),
        },
      ];
    }),
  );
}
