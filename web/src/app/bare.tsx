import type { ReactNode } from 'react';
import styles from './bare.module.css';
import { Brand, PreferenceChoices } from './navigation.tsx';

/** Around pages without navigation: signing in, being welcomed, an address that is none. */
export function Bare({ children }: { readonly children: ReactNode }) {
  return (
    <div className={styles.bare}>
      <header>
        <Brand />
      </header>
      <main id="content">{children}</main>
      <footer>
        <PreferenceChoices />
      </footer>
    </div>
  );
}
