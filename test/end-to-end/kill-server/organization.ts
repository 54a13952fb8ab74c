import { parse, stringify } from 'yaml';
import { z } from 'zod';
import type { World } from '../../../demo/world.ts';
import { type Ed25519TestKey, ed25519TestKey } from '../../../src/platform/ssh/testing.ts';

/** The people who act while the server dies; Taro, the author, only plans. */
export const ACTING = ['hanako', 'yuki', 'kenji'] as const;
export type Acting = (typeof ACTING)[number];

export type Keys = Readonly<Record<Acting, Ed25519TestKey>>;

export const makeKeys = (): Keys => ({
  hanako: ed25519TestKey(),
  yuki: ed25519TestKey(),
  kenji: ed25519TestKey(),
});

export interface LoadedStack {
  readonly name: string;
  readonly account: 'staging' | 'production';
}

export const STACKS: readonly LoadedStack[] = [
  ...['one', 'two', 'three', 'four'].map((name) => ({
    name: `staging-${name}`,
    account: 'staging' as const,
  })),
  ...['one', 'two'].map((name) => ({ name: `production-${name}`, account: 'production' as const })),
];

const written = z.looseObject({
  stacks: z.array(z.looseObject({ name: z.string() })),
  people: z.array(z.looseObject({ name: z.string() })),
});

/** The demo's world with more stacks in its accounts, and with keys that sign without starting a process. */
export function widened(world: World, keys: Keys): World {
  return {
    ...world,
    sekishoYaml: (server) => {
      const yaml = written.parse(parse(world.sekishoYaml(server)));
      const stacks = STACKS.map(({ name, account }) => ({
        ...yaml.stacks.find((stack) => stack.name === `shop-${account}`),
        name,
        path: `stacks/${name}`,
      }));
      const people = yaml.people.map((person) => {
        const acting = ACTING.find((name) => name === person.name);
        return acting === undefined ? person : { ...person, keys: [keys[acting].line] };
      });
      return stringify({ ...yaml, stacks, people }, { lineWidth: 0 });
    },
  };
}
