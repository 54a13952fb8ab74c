import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useText } from '../../app/text.ts';
import { Button } from '../../parts/button.tsx';
import { Icon } from '../../parts/icon.tsx';
import { messages } from '../messages.ts';
import { Plain } from '../plain.tsx';
import { changeQuery } from '../queries.ts';
import { ActionMark } from './marks.tsx';
import { OpenedChange } from './opened-change.tsx';
import styles from './pinned.module.css';

interface PinnedProps {
  readonly id: string;
  readonly of: 'changes' | 'drift';
  readonly n: number;
  readonly beside: boolean;
  readonly onClose: () => void;
}

/** The change that a link leads to: above the list, which may be long and be filtered otherwise. */
export function Pinned({ id, of, n, beside, onClose }: PinnedProps) {
  const say = useText();
  const { data } = useQuery(changeQuery(id, of, n));
  const card = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another change is gone to as well.
  useEffect(() => {
    card.current?.scrollIntoView({ block: 'start' });
    card.current?.focus({ preventScroll: true });
  }, [n, of]);
  return (
    <article ref={card} tabIndex={-1} className={styles.card} aria-label={say(messages.openedChange)}>
      <div className={styles.head}>
        {data !== undefined && (
          <>
            <ActionMark action={data.row.action} />
            <code>
              <Plain words={data.row.address} />
            </code>
          </>
        )}
        <Button
          look="quiet"
          aria-label={say(messages.close)}
          className={styles.close ?? ''}
          onClick={onClose}
        >
          <Icon name="close" />
        </Button>
      </div>
      <OpenedChange id={id} of={of} n={n} beside={beside} />
    </article>
  );
}
