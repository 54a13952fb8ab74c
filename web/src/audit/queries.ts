import { keepPreviousData, queryOptions, useInfiniteQuery } from '@tanstack/react-query';
import type { Read } from '../api/answers.ts';
import { answerOf, api } from '../api/client.ts';
import { type AuditFilter, queryOf } from './filter.ts';

export type Entry = Read<'/v1/audit/{id}'>['record'];
export type LogState = Read<'/v1/audit/state'>;

export const useLog = (filter: AuditFilter) =>
  useInfiniteQuery({
    queryKey: ['audit', 'entries', filter],
    queryFn: ({ pageParam, signal }) =>
      answerOf(
        api.GET('/v1/audit', {
          params: { query: { ...queryOf(filter), ...(pageParam === null ? {} : { before: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: null as number | null,
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });

export const stateQuery = queryOptions({
  queryKey: ['audit', 'state'],
  queryFn: ({ signal }) => answerOf(api.GET('/v1/audit/state', { signal })),
});

/** An entry never changes. */
export const entryQuery = (id: string) =>
  queryOptions({
    queryKey: ['entry', id],
    queryFn: ({ signal }) => answerOf(api.GET('/v1/audit/{id}', { params: { path: { id } }, signal })),
  });
