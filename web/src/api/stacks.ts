import { useQuery } from '@tanstack/react-query';
import type { Environment, Read } from './answers.ts';
import { answerOf, api } from './client.ts';

type Stack = Read<'/v1/stacks'>['stacks'][number];

/** The stacks of sekisho.yaml, for what names one; none as long as they are not known. */
export function useStacks(): readonly Stack[] {
  const { data } = useQuery({
    queryKey: ['stacks'],
    queryFn: ({ signal }) => answerOf(api.GET('/v1/stacks', { signal })),
  });
  return data?.stacks ?? [];
}

export const environmentOf = (stacks: readonly Stack[], stack: string | undefined): Environment | undefined =>
  stacks.find(({ name }) => name === stack)?.account.environment;
