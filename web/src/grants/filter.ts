import type { Grant } from './queries.ts';

export const PURPOSES = ['apply', 'plan', 'operate'] as const satisfies readonly Grant['purpose'][];

/** Which grants are listed; lives in the address. */
export interface GrantsFilter {
  readonly show?: 'live' | 'past';
  readonly purpose?: Grant['purpose'];
  readonly stack?: string;
}

/** Reads the address; what makes no sense there is left out. */
export function grantsFilter(search: Readonly<Record<string, unknown>>): GrantsFilter {
  const { show, stack } = search;
  const purpose = PURPOSES.find((known) => known === search.purpose);
  return {
    ...(show === 'live' || show === 'past' ? { show } : {}),
    ...(purpose === undefined ? {} : { purpose }),
    ...(typeof stack === 'string' && stack !== '' ? { stack } : {}),
  };
}

const STATUSES = { live: 'issuing,issued', past: 'failed,abandoned,finished,expired,revoked' } as const;

/** As the server is asked. */
export const asQuery = ({ show, ...others }: GrantsFilter) =>
  show === undefined ? others : { ...others, status: STATUSES[show] };
