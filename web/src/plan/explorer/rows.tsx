import { useQueries } from '@tanstack/react-query';
import { useWindowVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { useText } from '../../app/text.ts';
import { messages } from '../messages.ts';
import { type ChangeRow, ROWS_AT_ONCE, rowsQuery } from '../queries.ts';
import type { ChangesAsked } from '../search.ts';
import { OpenedChange } from './opened-change.tsx';
import { Row } from './row.tsx';
import styles from './rows.module.css';

interface RowsProps {
  readonly id: string;
  readonly asked: ChangesAsked;
  readonly total: number;
  readonly beside: boolean;
}

const ROW_HEIGHT = 46;
const BEYOND = 8;

/** Only the rows that are seen are in the page, and only the parts of the list that were come near to are fetched. */
export function Rows({ id, asked, total, beside }: RowsProps) {
  const say = useText();
  const list = useRef<HTMLUListElement>(null);
  const margin = useDistanceFromTop(list);
  const rows = useWindowVirtualizer({
    count: total,
    estimateSize: () => ROW_HEIGHT,
    overscan: BEYOND,
    scrollMargin: margin,
    // Scrolling waits for no drawing.
    useFlushSync: false,
    // What stands over the page: production's band, and what may be decided.
    scrollPaddingStart: 40,
    scrollPaddingEnd: 140,
  });
  const seen = rows.getVirtualItems();
  const rowAt = useRowsAt(id, asked, [...new Set(seen.map(({ index }) => Math.floor(index / ROWS_AT_ONCE)))]);
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const toggle = useCallback((n: number) => {
    setOpened((before) => new Set(before.has(n) ? [...before].filter((one) => one !== n) : [...before, n]));
  }, []);
  const { focused, onKeyDown, onFocus } = useArrows(list, rows, total);
  return (
    <ul
      ref={list}
      aria-label={say(messages.changes)}
      className={styles.rows}
      style={{ blockSize: rows.getTotalSize() }}
      onKeyDown={onKeyDown}
    >
      {seen.map(({ index, start }) => {
        const row = rowAt(index);
        return (
          <li
            key={index}
            ref={rows.measureElement}
            data-index={index}
            aria-setsize={total}
            aria-posinset={index + 1}
            className={styles.place}
            style={{ transform: `translateY(${start - margin}px)` }}
          >
            {row === undefined ? (
              <div className={styles.later} />
            ) : (
              <>
                <Row
                  row={row}
                  index={index}
                  open={opened.has(row.n)}
                  inTabOrder={index === focused}
                  onToggle={toggle}
                  onFocus={onFocus}
                />
                {opened.has(row.n) && (
                  <OpenedChange id={id} of={asked.of ?? 'changes'} n={row.n} beside={beside} />
                )}
              </>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** The rows of the parts that are near; undefined while they are on their way. */
function useRowsAt(
  id: string,
  asked: ChangesAsked,
  parts: readonly number[],
): (index: number) => ChangeRow | undefined {
  const answers = useQueries({ queries: parts.map((part) => rowsQuery(id, asked, part)) });
  const known = new Map(parts.map((part, place) => [part, answers[place]?.data?.rows]));
  return (index) => known.get(Math.floor(index / ROWS_AT_ONCE))?.[index % ROWS_AT_ONCE];
}

/** How far below the top of the document the list begins; what is above it may grow. */
function useDistanceFromTop(list: RefObject<HTMLElement | null>): number {
  const [distance, setDistance] = useState(0);
  useLayoutEffect(() => {
    const measure = (): void => {
      if (list.current !== null) setDistance(Math.round(list.current.getBoundingClientRect().top + scrollY));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [list]);
  return distance;
}

/** One row is in the tab order; arrows, Home and End go to others, wherever they are. */
function useArrows(list: RefObject<HTMLElement | null>, rows: Virtualizer<Window, Element>, total: number) {
  const [focused, setFocused] = useState(0);
  const wanted = useRef<number>(undefined);
  // After every drawing: a row that was far away appears only when it was scrolled to and fetched.
  useEffect(() => {
    if (wanted.current === undefined) return;
    const button = list.current?.querySelector<HTMLElement>(`[data-index="${wanted.current}"] button`);
    if (button === null || button === undefined) return;
    wanted.current = undefined;
    button.focus({ preventScroll: true });
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!(event.target instanceof HTMLElement) || event.target.dataset.row === undefined) return;
    const to = placeBy(event.key, focused, total);
    if (to === undefined) return;
    event.preventDefault();
    wanted.current = to;
    setFocused(to);
    rows.scrollToIndex(to, { align: 'auto' });
  };
  return { focused: Math.min(focused, total - 1), onKeyDown, onFocus: setFocused };
}

function placeBy(key: string, from: number, total: number): number | undefined {
  if (key === 'ArrowDown') return Math.min(from + 1, total - 1);
  if (key === 'ArrowUp') return Math.max(from - 1, 0);
  if (key === 'Home') return 0;
  return key === 'End' ? total - 1 : undefined;
}
