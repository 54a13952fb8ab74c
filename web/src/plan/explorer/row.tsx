import { memo } from 'react';
import { useText } from '../../app/text.ts';
import { messages } from '../messages.ts';
import { Plain } from '../plain.tsx';
import type { ChangeRow } from '../queries.ts';
import { SeverityMark } from '../severity.tsx';
import { ActionMark, RowMarks } from './marks.tsx';
import styles from './rows.module.css';

interface RowProps {
  readonly row: ChangeRow;
  readonly index: number;
  readonly open: boolean;
  readonly inTabOrder: boolean;
  readonly onToggle: (n: number) => void;
  readonly onFocus: (index: number) => void;
}

/** One change in a line; what it does in detail opens below it. */
export const Row = memo(function Row({ row, index, open, inTabOrder, onToggle, onFocus }: RowProps) {
  const say = useText();
  const { n, action, address, attributes, moreAttributes, severity } = row;
  return (
    <button
      type="button"
      data-row={n}
      className={styles.row}
      aria-expanded={open}
      tabIndex={inTabOrder ? 0 : -1}
      onClick={() => onToggle(n)}
      onFocus={() => onFocus(index)}
    >
      <ActionMark action={action} />
      <span className={styles.address}>
        <Plain words={address} />
      </span>
      <span className={styles.marks}>
        <RowMarks row={row} />
        {severity !== undefined && <SeverityMark severity={severity} />}
      </span>
      {attributes.length > 0 && (
        <span className={styles.attributes}>
          <Plain words={attributes.join(', ')} />
          {moreAttributes > 0 && ` ${say(messages.moreAttributes, { count: moreAttributes })}`}
        </span>
      )}
    </button>
  );
});
