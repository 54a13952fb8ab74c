import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { answerOf, api } from '../api/client.ts';
import { environmentOf, useStacks } from '../api/stacks.ts';
import { useText } from '../app/text.ts';
import { Button } from '../parts/button.tsx';
import { useTouches } from '../parts/environment.tsx';
import { ListEnd } from '../parts/list-end.tsx';
import { Page } from '../parts/page.tsx';
import { Answered, State } from '../parts/states.tsx';
import type { ChangesFilter } from './filter.ts';
import { Filters, WhoseChoice } from './filters.tsx';
import { messages } from './messages.ts';
import { PlanTable } from './plan-table.tsx';

const route = getRouteApi('/shell/changes');

/** Every plan that is kept, newest first, filtered by what stands in the address. */
export function ChangesPage() {
  const say = useText();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const plans = usePlans(filter);
  const stacks = useStacks();
  useTouches(filter.environment ?? environmentOf(stacks, filter.stack));
  const filterBy = (search: ChangesFilter): void => void navigate({ search, replace: true });
  return (
    <Page title={say(messages.title)} aside={<WhoseChoice filter={filter} onChange={filterBy} />}>
      <Filters filter={filter} stacks={stacks.map(({ name }) => name)} onChange={filterBy} />
      <Answered query={plans}>
        {({ pages }) => {
          const all = pages.flatMap((page) => page.plans);
          if (all.length === 0) return <NoPlans filter={filter} onClear={() => filterBy({})} />;
          return (
            <>
              <PlanTable label={say(messages.title)} plans={all} />
              <ListEnd
                shown={say(messages.shown, { count: all.length })}
                query={plans}
                label={say(messages.more)}
              />
            </>
          );
        }}
      </Answered>
    </Page>
  );
}

const usePlans = (filter: ChangesFilter) =>
  useInfiniteQuery({
    queryKey: ['plans', filter],
    queryFn: ({ pageParam, signal }) =>
      answerOf(
        api.GET('/v1/plans', {
          params: { query: { ...filter, ...(pageParam === '' ? {} : { before: pageParam }) } },
          signal,
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });

interface NoPlansProps {
  readonly filter: ChangesFilter;
  readonly onClear: () => void;
}

function NoPlans({ filter, onClear }: NoPlansProps) {
  const say = useText();
  if (Object.keys(filter).length === 0) {
    return (
      <State icon="empty" title={say(messages.empty)}>
        <p>{say(messages.emptyWhy)}</p>
      </State>
    );
  }
  return (
    <State
      icon="empty"
      title={say(messages.noMatch)}
      next={<Button onClick={onClear}>{say(messages.clear)}</Button>}
    >
      <p>{say(messages.noMatchWhy)}</p>
    </State>
  );
}
