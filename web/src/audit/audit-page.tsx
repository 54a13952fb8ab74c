import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { environmentOf, useStacks } from '../api/stacks.ts';
import { useText } from '../app/text.ts';
import { Button, buttonClass } from '../parts/button.tsx';
import { useTouches } from '../parts/environment.tsx';
import { ListEnd, MoreButton } from '../parts/list-end.tsx';
import { Page } from '../parts/page.tsx';
import { Answered, State } from '../parts/states.tsx';
import { EntryTable } from './entry-table.tsx';
import { type AuditFilter, auditFilter } from './filter.ts';
import { Filters } from './filters.tsx';
import { Integrity } from './integrity.tsx';
import { messages } from './messages.ts';
import { useLog } from './queries.ts';

const route = getRouteApi('/shell/audit');

/** Everything that happened, newest first, filtered by what stands in the address. */
export function AuditPage() {
  const say = useText();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const log = useLog(filter);
  const stacks = useStacks();
  useTouches(environmentOf(stacks, filter.stack));
  const clear = (): void => void navigate({ search: {}, replace: true });
  const set = (name: keyof AuditFilter, value: string): void =>
    void navigate({ search: (before) => auditFilter({ ...before, [name]: value }), replace: true });
  const goOn = log.hasNextPage ? <MoreButton query={log} label={say(messages.goOn)} /> : undefined;
  return (
    <Page
      title={say(messages.title)}
      aside={
        <a className={buttonClass()} href="/v1/audit/export" download>
          {say(messages.export)}
        </a>
      }
    >
      <Integrity />
      <Filters filter={filter} stacks={stacks.map(({ name }) => name)} onSet={set} onClear={clear} />
      <Answered query={log}>
        {({ pages }) => {
          const entries = pages.flatMap((page) => page.entries);
          if (entries.length === 0) return <NoEntries filter={filter} goOn={goOn} onClear={clear} />;
          return (
            <>
              <EntryTable entries={entries} environmentOf={(stack) => environmentOf(stacks, stack)} />
              <ListEnd
                shown={say(messages.shown, { count: entries.length })}
                query={log}
                label={say(messages.more)}
              />
            </>
          );
        }}
      </Answered>
    </Page>
  );
}

interface NoEntriesProps {
  readonly filter: AuditFilter;
  /** There where not the whole log was searched. */
  readonly goOn: ReactNode;
  readonly onClear: () => void;
}

function NoEntries({ filter, goOn, onClear }: NoEntriesProps) {
  const say = useText();
  if (goOn !== undefined) {
    return (
      <State icon="empty" title={say(messages.notYet)} next={goOn}>
        <p>{say(messages.notYetWhy)}</p>
      </State>
    );
  }
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
