import styles from './grant-page.module.css';

export function Words({ words }: { readonly words: readonly string[] }) {
  return (
    <ul className={styles.words}>
      {words.map((one) => (
        <li key={one}>
          <bdi>{one}</bdi>
        </li>
      ))}
    </ul>
  );
}

/** Behind its title; nothing where there are none. */
export function More({ title, children }: { readonly title: string; readonly children: readonly string[] }) {
  if (children.length === 0) return null;
  return (
    <details className={styles.more}>
      <summary>{title}</summary>
      <Words words={children} />
    </details>
  );
}
