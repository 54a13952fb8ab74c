import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client.ts';

/** A person’s passkeys: not among what events make stale, because they name no person. */
export const passkeysKey = (person: string) => ['passkeys', person] as const;

export const usePasskeys = (person: string) =>
  useQuery({
    queryKey: passkeysKey(person),
    queryFn: ({ signal }) => answerOf(api.GET('/v1/passkeys', { params: { query: { person } }, signal })),
  });
