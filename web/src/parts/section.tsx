import { type ReactNode, useId } from 'react';
import styles from './section.module.css';

interface SectionProps {
  readonly title: string;
  /** Where a link leads to it. */
  readonly id?: string;
  /** To the right of the heading: where there is more, or what can be done. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a page under a heading of its own, by which screen readers find it. */
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
export function More({ title, children }: Pick<SectionProps, 'title' | 'children'>) {
  return (
    <details className={styles.more}>
      <summary>{title}</summary>
      <div>{children}</div>
    </details>
  );
}

export type Fact = readonly [name: string, value: ReactNode];

/** Names with what belongs to them; those without anything are left out. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className={styles.facts}>
      {facts
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
