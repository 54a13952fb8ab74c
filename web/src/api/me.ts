import { queryOptions, useQuery } from '@tanstack/react-query';
import { answerOf, api } from './client.ts';

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => answerOf(api.GET('/v1/me', { signal })),
  staleTime: 60_000,
});

/** Who is signed in; fails as `signed-out` when nobody is. */
export const useMe = () => useQuery(meQuery);
