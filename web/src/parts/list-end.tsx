import type { UseInfiniteQueryResult } from '@tanstack/react-query';
import { useText } from '../app/text.ts';
import { Button } from './button.tsx';
import styles from './list-end.module.css';
import { messages } from './messages.ts';

type Paged = Pick<
  UseInfiniteQueryResult,
  'hasNextPage' | 'isFetchingNextPage' | 'isFetchNextPageError' | 'fetchNextPage'
>;

interface MoreButtonProps {
  readonly query: Paged;
  readonly label: string;
}

/** The next page of a list, where there is one; says so where it did not come. */
export function MoreButton({ query, label }: MoreButtonProps) {
  const say = useText();
  if (!query.hasNextPage) return null;
  return (
    <>
      {query.isFetchNextPageError && <span role="alert">{say(messages.noNextPage)}</span>}
      <Button disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        {label}
      </Button>
    </>
  );
}

/** Below a list that comes a page at a time: how much of it is shown, and the next page. */
export function ListEnd({ shown, query, label }: MoreButtonProps & { readonly shown: string }) {
  return (
    <div className={styles.end}>
      <span role="status">{shown}</span>
      <MoreButton query={query} label={label} />
    </div>
  );
}
