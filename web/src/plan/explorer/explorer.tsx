import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useText } from '../../app/text.ts';
import { Button } from '../../parts/button.tsx';
import { Choice } from '../../parts/field.tsx';
import { Section } from '../../parts/section.tsx';
import { Answered, State } from '../../parts/states.tsx';
import { messages } from '../messages.ts';
import { type PlanSummary, rowsQuery } from '../queries.ts';
import { askedBy, isFiltered, type PlanSearch, SIDES } from '../search.ts';
import styles from './explorer.module.css';
import { ExplorerFilters } from './explorer-filters.tsx';
import { Pinned } from './pinned.tsx';
import { Rows } from './rows.tsx';

const route = getRouteApi('/shell/changes/$plan');

/** Everything that the plan does, however much: by filters that live in the address, row by row. */
export function Explorer({ plan: { id, summary } }: { readonly plan: PlanSummary }) {
  const say = useText();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const asked = askedBy(search);
  const first = useQuery({ ...rowsQuery(id, asked, 0), placeholderData: keepPreviousData });
  const look = (changed: PlanSearch): void =>
    void navigate({ search: changed, replace: true, resetScroll: false });
  const clear = (): void => {
    const { of, order, sides } = search;
    look({ ...(of && { of }), ...(order && { order }), ...(sides && { sides }) });
  };
  return (
    <Section
      id="changes"
      title={say(messages.changes)}
      aside={
        <Choice
          label={say(messages.sides)}
          value={search.sides ?? 'inline'}
          choices={SIDES.map((value) => ({ value, label: say(messages[value]) }))}
          onChoose={(sides) => look({ ...search, sides })}
        />
      }
    >
      {(summary.drift ?? 0) > 0 && (
        <Choice
          label={say(messages.whichList)}
          value={search.of ?? 'changes'}
          choices={[
            { value: 'changes', label: say(messages.planned) },
            { value: 'drift', label: say(messages.drift, { count: summary.drift ?? 0 }) },
          ]}
          onChoose={(of) => look(of === 'drift' ? { of } : {})}
        />
      )}
      <ExplorerFilters search={search} groups={first.data?.groups} onChange={look} onClear={clear} />
      {search.show !== undefined && (
        <Pinned
          {...{ id, n: search.show, of: search.of ?? 'changes', beside: search.sides === 'beside' }}
          onClose={() => {
            const { show: _, ...kept } = search;
            look(kept);
          }}
        />
      )}
      <Answered query={first}>
        {({ total }) =>
          total === 0 ? (
            <State
              icon="empty"
              title={say(isFiltered(search) ? messages.noMatch : messages.noChanges)}
              next={isFiltered(search) && <Button onClick={clear}>{say(messages.clear)}</Button>}
            />
          ) : (
            <>
              <div className={styles.count}>
                <span role="status">{say(messages.shown, { count: total })}</span>
                <span className={styles.keys}>{say(messages.keys)}</span>
              </div>
              <Rows
                key={JSON.stringify(asked)}
                {...{ id, asked, total }}
                beside={search.sides === 'beside'}
              />
            </>
          )
        }
      </Answered>
    </Section>
  );
}
