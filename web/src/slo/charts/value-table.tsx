import { useState } from 'react';
import styles from './value-table.module.css';

interface ValueTableProps {
  readonly title: string;
  readonly headers: readonly string[];
  /** Made only when somebody wants to see them. */
  readonly rows: () => readonly (readonly string[])[];
}

/** What a chart shows, exactly and in words. */
export function ValueTable({ title, headers, rows }: ValueTableProps) {
  const [open, setOpen] = useState(false);
  return (
    <details className={styles.values} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {open && (
        // It scrolls, so keys must get to it.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: see above.
        <section className={styles.frame} tabIndex={0} aria-label={title}>
          <table>
            <thead>
              <tr>
                {headers.map((header) => (
                  <th key={header} scope="col">
                    {header}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows().map(([first, ...others]) => (
                <tr key={first}>
                  <th scope="row">{first}</th>
                  {others.map((words, index) => (
                    <td key={headers[index + 1]}>{words}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </details>
  );
}
