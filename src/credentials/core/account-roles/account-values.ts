import type { AccountId } from '#core-values';
import type { StateStore } from '../session-policy/state-store.ts';
import { isLiteral } from '../session-policy/statement.ts';
import type { AccountValues } from './model.ts';

export interface AccountFacts {
  readonly account: AccountId;
  readonly partition: string;
  readonly stacks: readonly string[];
  /** Where the account's stacks have their states; whatever is not known is left out, and then any state may be read. */
  readonly states: readonly Pick<StateStore, 'bucket' | 'table'>[];
  /** Whether the states of all stacks are among them. */
  readonly areStatesKnown: boolean;
}

/** In no stack's grammar: an account that has none trusts no token, and no list is empty, which CloudFormation refuses in mappings. */
const NO_STACK = 'NONE';

/** A bucket for states holds nothing else; where it is not known, any object that is named as a state is one. */
export function accountValues(facts: AccountFacts): AccountValues {
  const { account, partition, stacks, states, areStatesKnown } = facts;
  const buckets = states.map(({ bucket }) => bucket).filter(isLiteral);
  const tables = states.flatMap(({ table }) => (table === undefined ? [] : [table])).filter(isLiteral);
  const isKnown = areStatesKnown && buckets.length === states.length;
  const table = (name: string): string => `arn:${partition}:dynamodb:*:*:table/${name}`;
  return {
    account,
    partition,
    lists: {
      stacks: stacks.length > 0 ? distinct(stacks) : [NO_STACK],
      stateObjects: [
        ...distinct(buckets).map((bucket) => `arn:${partition}:s3:::${bucket}/*`),
        ...(isKnown && buckets.length > 0 ? [] : [`arn:${partition}:s3:::*/*.tfstate`]),
      ],
      lockTables: [
        ...distinct(tables).map(table),
        ...(isKnown ? (tables.length > 0 ? [] : [table('none')]) : [table('*lock*')]),
      ],
    },
  };
}

const distinct = (names: readonly string[]): readonly string[] => [...new Set(names)].toSorted();
