import { queryOptions } from '@tanstack/react-query';
import type { Environment, Read } from '../api/answers.ts';
import { answerOf, api } from '../api/client.ts';
import { useStacks } from '../api/stacks.ts';
import type { paths } from '../api/types.gen.ts';
import { useSettings } from '../settings/use-settings.ts';
import type { Question } from './question.ts';

export type Policies = Read<'/v1/policy'>;
export type Policy = Policies['policies'][number];
type Said<P extends '/v1/policy/explain' | '/v1/policy/test'> =
  paths[P]['post']['responses'][200]['content']['application/json'];
export type Explained = Said<'/v1/policy/explain'>;
export type Decision = Explained['decision'];
export type Cases = Said<'/v1/policy/test'>;

export const policiesQuery = queryOptions({
  queryKey: ['policy'],
  queryFn: ({ signal }) => answerOf(api.GET('/v1/policy', { signal })),
});

/** Asking changes nothing, so it may be asked again whenever something changed. */
export const explainQuery = (question: Question) =>
  queryOptions({
    queryKey: ['policy-question', question],
    queryFn: ({ signal }) => answerOf(api.POST('/v1/policy/explain', { body: question, signal })),
  });

export interface Known {
  /** Whether the names of people could not be read. */
  readonly isMissing: boolean;
  readonly people: readonly string[];
  readonly freezes: readonly string[];
  readonly stacks: readonly { readonly name: string; readonly environment: Environment }[];
  readonly accounts: readonly { readonly name: string; readonly environment: Environment }[];
}

/** What can be asked about: names of the configuration. */
export function useKnown(): Known {
  const settings = useSettings();
  const stacks = useStacks();
  const accounts = new Map(stacks.map(({ account }) => [account.name, account.environment]));
  return {
    isMissing: settings.isError,
    people: settings.data?.people.map(({ name }) => name).toSorted() ?? [],
    freezes: settings.data?.freezes.map(({ name }) => name) ?? [],
    stacks: stacks.map(({ name, account: { environment } }) => ({ name, environment })),
    accounts: [...accounts].map(([name, environment]) => ({ name, environment })),
  };
}
