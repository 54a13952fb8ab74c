import type { ReactNode } from 'react';
import { Bare } from '../app/bare.tsx';
import { Icon, type IconName } from '../parts/icon.tsx';
import styles from './card.module.css';

/** One matter in the middle of a page that stands alone. */
export function Card({
  icon,
  title,
  children,
}: {
  readonly icon: IconName;
  readonly title: string;
  readonly children: ReactNode;
}) {
  return (
    <Bare>
      <title>{`${title} · Sekisho`}</title>
      <div className={styles.card}>
        <span className={styles.icon}>
          <Icon name={icon} size={26} />
        </span>
        <h1>{title}</h1>
        {children}
      </div>
    </Bare>
  );
}
