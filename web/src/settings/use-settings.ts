import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../api/client.ts';
import type { paths } from '../api/types.gen.ts';

export type Settings = paths['/v1/settings']['get']['responses'][200]['content']['application/json'];

/** How Sekisho is set up: sekisho.yaml as it is in force, and what it is connected with. */
export const useSettings = () =>
  useQuery({
    queryKey: ['settings'],
    queryFn: ({ signal }) => answerOf(api.GET('/v1/settings', { signal })),
  });
