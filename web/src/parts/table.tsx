import type { ReactNode } from 'react';
import styles from './table.module.css';

export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /**
   * Where it stands on a card, which a row becomes on a narrow screen: `title` first, `corner` to its right, `line` on a line of its own, `small`
   * beside others at the end; otherwise on a line of its own, after its header.
   */
  readonly place?: 'title' | 'corner' | 'line' | 'small';
}

interface TableProps<Row> {
  /** What the table lists, for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** What touches production has its hatched edge. */
  readonly isProduction?: (row: Row) => boolean;
}

/**
 * A table that becomes cards where it is narrow. The roles stand in the markup, because a browser forgets what a table is as soon as its
 * rows are laid out as anything else.
 */
export function Table<Row>({ label, columns, rows, keyOf, isProduction }: TableProps<Row>) {
  return (
    // biome-ignore-start lint/a11y/noRedundantRoles: see above.
    // biome-ignore-start lint/a11y/useSemanticElements: see above.
    <div className={styles.frame}>
      <table role="table" aria-label={label} className={styles.table}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ id, header }) => (
              <th key={id} role="columnheader" scope="col">
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr
              key={keyOf(row)}
              role="row"
              className={isProduction?.(row) === true ? styles.production : undefined}
            >
              {columns.map(({ id, header, cell, place = 'labelled' }) => (
                <td key={id} role="cell" className={styles[place]} data-header={header}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
    // biome-ignore-end lint/a11y/useSemanticElements: see above.
    // biome-ignore-end lint/a11y/noRedundantRoles: see above.
  );
}
