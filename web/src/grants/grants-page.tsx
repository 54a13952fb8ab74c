import { getRouteApi } from '@tanstack/react-router';
import { useText } from '../app/text.ts';
import { Button } from '../parts/button.tsx';
import { useTouches } from '../parts/environment.tsx';
import { Choice, Select } from '../parts/field.tsx';
import { ListEnd } from '../parts/list-end.tsx';
import { Page } from '../parts/page.tsx';
import { Answered, State } from '../parts/states.tsx';
import { type GrantsFilter, grantsFilter, PURPOSES } from './filter.ts';
import { GrantTable } from './grant-table.tsx';
import styles from './grants-page.module.css';
import { messages } from './messages.ts';
import { type Accounts, useAccounts, useGrants } from './queries.ts';

const route = getRouteApi('/shell/grants');

/** Every grant, newest first: who got credentials for what, and what became of them. */
export function GrantsPage() {
  const say = useText();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const accounts = useAccounts();
  const all = accounts.data?.accounts ?? [];
  useTouches(all.find(({ stacks }) => stacks.some(({ name }) => name === filter.stack))?.environment);
  const filterBy = (search: GrantsFilter): void => void navigate({ search, replace: true });
  const names = all.flatMap(({ stacks }) => stacks.map(({ name }) => name));
  return (
    <Page title={say(messages.title)} aside={<LiveOrPast filter={filter} onChange={filterBy} />}>
      <Filters filter={filter} stacks={names} onChange={filterBy} />
      {/* No grant is shown without what it reaches. */}
      <Answered query={accounts}>
        {(map) => <Grants filter={filter} accounts={map.accounts} onClear={() => filterBy({})} />}
      </Answered>
    </Page>
  );
}

interface GrantsProps extends NoGrantsProps {
  readonly accounts: Accounts;
}

function Grants({ filter, accounts, onClear }: GrantsProps) {
  const say = useText();
  const grants = useGrants(filter);
  return (
    <Answered query={grants}>
      {({ pages }) => {
        const all = pages.flatMap((page) => page.grants);
        if (all.length === 0) return <NoGrants filter={filter} onClear={onClear} />;
        return (
          <>
            <GrantTable label={say(messages.title)} grants={all} accounts={accounts} />
            <ListEnd
              shown={say(messages.shown, { count: all.length })}
              query={grants}
              label={say(messages.more)}
            />
          </>
        );
      }}
    </Answered>
  );
}

interface FilterProps {
  readonly filter: GrantsFilter;
  readonly onChange: (filter: GrantsFilter) => void;
}

function LiveOrPast({ filter, onChange }: FilterProps) {
  const say = useText();
  return (
    <Choice
      label={say(messages.which)}
      value={filter.show ?? 'all'}
      choices={[
        { value: 'all', label: say(messages.all) },
        { value: 'live', label: say(messages.live) },
        { value: 'past', label: say(messages.past) },
      ]}
      onChoose={(show) => onChange(grantsFilter({ ...filter, show }))}
    />
  );
}

function Filters({ filter, stacks, onChange }: FilterProps & { readonly stacks: readonly string[] }) {
  const say = useText();
  const names = new Set([...stacks, ...(filter.stack === undefined ? [] : [filter.stack])]);
  return (
    <search className={styles.filters} aria-label={say(messages.filters)}>
      <Select
        label={say(messages.stack)}
        value={filter.stack ?? ''}
        onChoose={(stack) => onChange(grantsFilter({ ...filter, stack }))}
      >
        <option value="">{say(messages.anyStack)}</option>
        {[...names].toSorted().map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </Select>
      <Select
        label={say(messages.purpose)}
        value={filter.purpose ?? ''}
        onChoose={(purpose) => onChange(grantsFilter({ ...filter, purpose }))}
      >
        <option value="">{say(messages.anyPurpose)}</option>
        {PURPOSES.map((purpose) => (
          <option key={purpose} value={purpose}>
            {say(messages[purpose])}
          </option>
        ))}
      </Select>
      {Object.keys(filter).length > 0 && (
        <Button look="quiet" onClick={() => onChange({})}>
          {say(messages.clear)}
        </Button>
      )}
    </search>
  );
}

interface NoGrantsProps {
  readonly filter: GrantsFilter;
  readonly onClear: () => void;
}

function NoGrants({ filter, onClear }: NoGrantsProps) {
  const say = useText();
  if (Object.keys(filter).length === 0) {
    return (
      <State icon="key" title={say(messages.empty)}>
        <p>{say(messages.emptyWhy)}</p>
      </State>
    );
  }
  const onlyLive = filter.show === 'live';
  return (
    <State
      icon="key"
      title={say(onlyLive ? messages.noneLive : messages.noMatch)}
      next={<Button onClick={onClear}>{say(messages.clear)}</Button>}
    >
      {onlyLive && <p>{say(messages.noneLiveWhy)}</p>}
    </State>
  );
}
