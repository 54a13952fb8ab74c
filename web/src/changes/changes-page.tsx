import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { Environment, Plan } from '../api/answers.ts';
import { answerOf, api } from '../api/client.ts';
import { useText } from '../app/text.ts';
import { Button } from '../parts/button.tsx';
import { EnvironmentMark, useTouches } from '../parts/environment.tsx';
import { Page } from '../parts/page.tsx';
import { Answered, State } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Time, useTimeZoneName } from '../parts/time.tsx';
import styles from './changes-page.module.css';
import type { ChangesFilter } from './filter.ts';
import { Filters } from './filters.tsx';
import { messages } from './messages.ts';
import { ChangeCounts, FindingCounts, StateMark } from './plan-marks.tsx';

const route = getRouteApi('/shell/changes');

/** Every plan that is kept, newest first, filtered by what stands in the address. */
export function ChangesPage() {
  const say = useText();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const plans = usePlans(filter);
  const stacks = useStacks();
  useTouches(environmentOf(stacks, filter.stack));
  const filterBy = (search: ChangesFilter): void => void navigate({ search, replace: true });
  return (
    <Page title={say(messages.title)}>
      <Filters filter={filter} stacks={stacks.map(({ name }) => name)} onChange={filterBy} />
      <Answered query={plans}>
        {({ pages }) => {
          const all = pages.flatMap((page) => page.plans);
          if (all.length === 0) return <NoPlans filter={filter} onClear={() => filterBy({})} />;
          return (
            <>
              <PlanTable plans={all} />
              <div className={styles.end}>
                <span role="status">{say(messages.shown, { count: all.length })}</span>
                {plans.hasNextPage && (
                  <Button disabled={plans.isFetchingNextPage} onClick={() => void plans.fetchNextPage()}>
                    {say(messages.more)}
                  </Button>
                )}
              </div>
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

interface StackInShort {
  readonly name: string;
  readonly account: { readonly environment: Environment };
}

function useStacks(): readonly StackInShort[] {
  const { data } = useQuery({
    queryKey: ['stacks'],
    queryFn: ({ signal }) => answerOf(api.GET('/v1/stacks', { signal })),
  });
  return data?.stacks ?? [];
}

const environmentOf = (stacks: readonly StackInShort[], stack: string | undefined): Environment | undefined =>
  stacks.find(({ name }) => name === stack)?.account.environment;

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

function PlanTable({ plans }: { readonly plans: readonly Plan[] }) {
  const say = useText();
  const zone = useTimeZoneName();
  const columns: readonly Column<Plan>[] = [
    {
      id: 'stack',
      header: say(messages.stack),
      place: 'title',
      cell: ({ stack, environment }) => (
        <div className={styles.stack}>
          <strong>{stack}</strong>
          <EnvironmentMark environment={environment} />
        </div>
      ),
    },
    {
      id: 'state',
      header: say(messages.state),
      place: 'corner',
      cell: ({ state }) => <StateMark state={state} />,
    },
    {
      id: 'changes',
      header: say(messages.whatChanges),
      place: 'line',
      cell: ({ changes }) => <ChangeCounts changes={changes} />,
    },
    {
      id: 'findings',
      header: say(messages.findings),
      cell: ({ findings }) => <FindingCounts findings={findings} />,
    },
    { id: 'from', header: say(messages.from), place: 'small', cell: (plan) => <Origin plan={plan} /> },
    {
      id: 'author',
      header: say(messages.author),
      place: 'small',
      cell: ({ author }) => author.person ?? author.name,
    },
    {
      id: 'uploaded',
      header: say(messages.uploaded, { zone }),
      place: 'small',
      cell: ({ uploadedAt }) => <Time at={uploadedAt} />,
    },
  ];
  return (
    <Table
      label={say(messages.title)}
      columns={columns}
      rows={plans}
      keyOf={({ id }) => id}
      isProduction={({ environment }) => environment === 'production'}
    />
  );
}

const SHORT_COMMIT = 8;

/** The pull request, or the branch, and the commit. */
function Origin({ plan: { repository, pullRequest, ref, commit } }: { readonly plan: Plan }) {
  const isOfPullRequest = /^refs\/pull\/(\d+)\//.exec(ref)?.[1];
  const number = pullRequest ?? isOfPullRequest;
  const branch = ref.replace(/^refs\/(?:heads|tags)\//, '');
  return (
    <div className={styles.origin}>
      <span>{number === undefined ? `${repository.name} ${branch}` : `${repository.name} #${number}`}</span>
      <code title={commit}>{commit.slice(0, SHORT_COMMIT)}</code>
    </div>
  );
}
