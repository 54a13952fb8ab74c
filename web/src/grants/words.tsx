import { More } from '../parts/section.tsx';
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

/** Behind their title; nothing where there are none. */
export function MoreWords({ title, words }: { readonly title: string; readonly words: readonly string[] }) {
  if (words.length === 0) return null;
  return (
    <More title={title}>
      <Words words={words} />
    </More>
  );
}
