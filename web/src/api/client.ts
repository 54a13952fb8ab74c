import { QueryCache, QueryClient } from '@tanstack/react-query';
import createClient from 'openapi-fetch';
import { preferences, subscribe } from '../app/preferences.ts';
import { failureOf, NoAnswer } from './failure.ts';
import type { paths } from './types.gen.ts';

/** The API of our own server: `answerOf(api.GET('/v1/plans', { params: { query } }))`. */
export const api = createClient<paths>({ baseUrl: location.origin });

api.use({
  onRequest: ({ request }) => {
    request.headers.set('Accept-Language', preferences().language);
    return request;
  },
});

/** The answer, or a throw of `NoAnswer`. */
export async function answerOf<T>(
  asked: Promise<{ readonly data?: T; readonly error?: unknown; readonly response: Response }>,
): Promise<T> {
  const { data, error, response } = await asked.catch(() => {
    throw new NoAnswer({ kind: 'unreachable' });
  });
  if (!response.ok) throw new NoAnswer(failureOf(response.status, error));
  return data as T;
}

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: NoAnswer;
  }
}

const MOST_TRIES = 2;

/** Only what may be better the next time is asked again. */
const mayBeBetter = ({ failure }: NoAnswer): boolean =>
  failure.kind === 'unreachable' || (failure.kind === 'failed' && failure.problem === undefined);

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    // A session that ended while the page was open: who we are is asked again, and the shell shows what comes of it.
    onError: ({ failure }, { queryKey }) => {
      if (failure.kind === 'signed-out' && queryKey[0] !== 'me')
        void queryClient.invalidateQueries({ queryKey: ['me'] });
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (tries, error) => tries < MOST_TRIES && error instanceof NoAnswer && mayBeBetter(error),
    },
    // Without a network an act fails at once: it does not wait, to be done later when nobody expects it any more.
    mutations: { networkMode: 'always' },
  },
});

/** Reasons and remedies come in the language that was asked for, so another language asks again. */
let { language } = preferences();
subscribe(() => {
  if (preferences().language === language) return;
  language = preferences().language;
  void queryClient.invalidateQueries();
});
