import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { Read } from '../api/answers.ts';
import { answerOf, api } from '../api/client.ts';
import type { ChangesAsked, Severity } from './search.ts';

export type PlanSummary = Read<'/v1/plans/{id}/summary'>;
export type Finding = Read<'/v1/plans/{id}/findings'>['findings'][number];
export type ChangesPart = Read<'/v1/plans/{id}/changes'>;
export type ChangeRow = ChangesPart['rows'][number];
export type OpenedChange = Read<'/v1/plans/{id}/changes/{n}'>;
export type Difference = OpenedChange['differences'][number];

/** Rows that are fetched together: a few screens. */
export const ROWS_AT_ONCE = 200;
const FINDINGS_AT_ONCE = 20;

/** What became of the plan and what it waits for; changes. */
export const summaryQuery = (id: string) =>
  queryOptions({
    queryKey: ['plan', id],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/v1/plans/{id}/summary', { params: { path: { id } }, signal })),
  });

// What a plan does never changes, so nothing below is ever stale.

export const rowsQuery = (id: string, asked: ChangesAsked, part: number) =>
  queryOptions({
    queryKey: ['changes of', id, asked, part],
    queryFn: ({ signal }) => {
      const query = { ...asked, cursor: part * ROWS_AT_ONCE, limit: ROWS_AT_ONCE };
      return answerOf(api.GET('/v1/plans/{id}/changes', { params: { path: { id }, query }, signal }));
    },
    staleTime: Number.POSITIVE_INFINITY,
  });

export const changeQuery = (id: string, of: 'changes' | 'drift', n: number) =>
  queryOptions({
    queryKey: ['change of', id, of, n],
    queryFn: ({ signal }) =>
      answerOf(
        api.GET('/v1/plans/{id}/changes/{n}', {
          params: { path: { id, n }, query: { of } },
          signal,
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const findingsQuery = (id: string, severity: Severity | undefined) =>
  infiniteQueryOptions({
    queryKey: ['findings of', id, severity],
    queryFn: ({ pageParam, signal }) => {
      const query = {
        ...{ cursor: pageParam, limit: FINDINGS_AT_ONCE },
        ...(severity === undefined ? {} : { severity }),
      };
      return answerOf(api.GET('/v1/plans/{id}/findings', { params: { path: { id }, query }, signal }));
    },
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next,
    staleTime: Number.POSITIVE_INFINITY,
  });
