import { useState } from 'react';
import { useText } from '../app/text.ts';
import { messages } from './messages.ts';
import styles from './plain.module.css';
import { stretchesOf } from './visible.ts';

/** Words that somebody else wrote, as they are: text only, in their own direction, with what is invisible written out. */
export function Plain({ words }: { readonly words: string }) {
  return (
    <bdi className={styles.plain}>
      {stretchesOf(words).map((stretch, index) =>
        stretch.kind === 'words' ? (
          stretch.words
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text, which change together.
          <span key={index} className={styles.invisible}>
            {stretch.words}
          </span>
        ),
      )}
    </bdi>
  );
}

const LONG = 1_200;

/** As `Plain`; of very long words the beginning, until more is asked for. */
export function LongPlain({ words }: { readonly words: string }) {
  const say = useText();
  const [whole, setWhole] = useState(false);
  if (whole || words.length <= LONG) return <Plain words={words} />;
  return (
    <>
      <Plain words={words.slice(0, LONG)} />…{' '}
      <button type="button" className={styles.more} onClick={() => setWhole(true)}>
        {say(messages.showWhole, { count: words.length })}
      </button>
    </>
  );
}
