import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Environment, Me, Read } from '../api/answers.ts';
import { answerOf, api } from '../api/client.ts';
import { asQuery, type GrantsFilter } from './filter.ts';

export type Grant = Read<'/v1/grants'>['grants'][number];
export type GrantDetail = Read<'/v1/grants/{id}'>;
export type GrantCalls = Read<'/v1/grants/{id}/calls'>;
export type Accounts = Read<'/v1/accounts'>['accounts'];

export const useGrants = (filter: GrantsFilter) =>
  useInfiniteQuery({
    queryKey: ['grants', filter],
    queryFn: ({ pageParam, signal }) =>
      answerOf(
        api.GET('/v1/grants', {
          params: { query: { ...asQuery(filter), ...(pageParam === '' ? {} : { before: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });

export const useGrant = (id: string) =>
  useQuery({
    queryKey: ['grant', id],
    queryFn: ({ signal }) => answerOf(api.GET('/v1/grants/{id}', { params: { path: { id } }, signal })),
  });

/** Asked only for those who may read them: a refusal is recorded. */
export const useCalls = (id: string, mayRead: boolean) =>
  useInfiniteQuery({
    queryKey: ['grant', id, 'calls'],
    queryFn: ({ pageParam, signal }) =>
      answerOf(
        api.GET('/v1/grants/{id}/calls', {
          params: { path: { id }, query: pageParam === 0 ? {} : { cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next,
    enabled: mayRead,
  });

export const useAccounts = () =>
  useQuery({
    queryKey: ['accounts'],
    queryFn: ({ signal }) => answerOf(api.GET('/v1/accounts', { signal })),
  });

/** What sekisho.yaml says now of the place that a grant is for; grants outlive accounts and stacks there. */
export interface PlaceOfGrant {
  readonly environment?: Environment;
  readonly accountName?: string;
  /** That owns the stack. */
  readonly team?: string;
  readonly revocable?: boolean;
}

export function placeOf(
  accounts: Accounts,
  { account, stack }: Pick<Grant, 'account' | 'stack'>,
): PlaceOfGrant {
  const found = accounts.find(({ id }) => id === account);
  const team = accounts.flatMap(({ stacks }) => stacks).find(({ name }) => name === stack)?.team;
  return {
    ...(found === undefined
      ? {}
      : { environment: found.environment, accountName: found.name, revocable: found.revocable }),
    ...(team === undefined ? {} : { team }),
  };
}

/** As the server will decide: the team that owns the stack, and administrators. */
export const mayTakeBack = (
  { team }: PlaceOfGrant,
  { teams, administrator }: Pick<Me, 'teams' | 'administrator'>,
) => administrator || (team !== undefined && teams.includes(team));

export const isLive = ({ status }: Pick<Grant, 'status'>): boolean =>
  status === 'issuing' || status === 'issued';
