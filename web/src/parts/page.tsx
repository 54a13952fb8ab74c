import type { ReactNode } from 'react';
import styles from './page.module.css';

/** A page with its heading, which is the document's title too. */
export function Page({
  title,
  aside,
  children,
}: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <div className={styles.page}>
      <title>{`${title} · Sekisho`}</title>
      <header className={styles.header}>
        <h1>{title}</h1>
        {aside}
      </header>
      {children}
    </div>
  );
}
