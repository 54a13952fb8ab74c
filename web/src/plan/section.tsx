import type { ReactNode } from 'react';
import { useId } from 'react';
import styles from './section.module.css';

interface SectionProps {
  readonly title: string;
  readonly id?: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A part of the page under its own heading. */
export function Section({ title, id, aside, children }: SectionProps) {
  const heading = useId();
  return (
    <section
      className={styles.section}
      aria-labelledby={heading}
      id={id}
      tabIndex={id === undefined ? undefined : -1}
    >
      <div className={styles.header}>
        <h2 id={heading}>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

/** What few people need, behind its words. */
export function More({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <details className={styles.more}>
      <summary>{title}</summary>
      <div>{children}</div>
    </details>
  );
}
