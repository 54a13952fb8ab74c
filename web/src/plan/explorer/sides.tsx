import { useText } from '../../app/text.ts';
import { messages } from '../messages.ts';
import { LongPlain, Plain } from '../plain.tsx';
import { partsOf, standInOf } from './difference.ts';
import styles from './sides.module.css';

interface SidesProps {
  readonly before?: string;
  readonly after?: string;
  readonly beside?: boolean;
  /** Lines of a text, which may hold the words of a stand-in themselves. */
  readonly verbatim?: boolean;
}

/** What a value was and becomes; signs and words say which is which, not colour alone. */
export function Sides({ before, after, beside = false, verbatim = false }: SidesProps) {
  const say = useText();
  return (
    <div className={beside ? styles.beside : styles.inline}>
      {before !== undefined && (
        <del>
          <span aria-hidden="true" className={styles.sign}>
            −
          </span>
          <span className="for-readers-only">{say(messages.was)}</span>
          <Value words={before} other={after} verbatim={verbatim} />
        </del>
      )}
      {after !== undefined && (
        <ins>
          <span aria-hidden="true" className={styles.sign}>
            +
          </span>
          <span className="for-readers-only">{say(messages.becomes)}</span>
          <Value words={after} other={before} verbatim={verbatim} />
        </ins>
      )}
    </div>
  );
}

const LONG = 1_200;

interface ValueProps {
  readonly words: string;
  readonly other: string | undefined;
  readonly verbatim: boolean;
}

function Value({ words, other, verbatim }: ValueProps) {
  const say = useText();
  const standIn = verbatim ? undefined : standInOf(words);
  if (standIn !== undefined) return <span className={styles.standIn}>{say(messages[standIn])}</span>;
  if (words.length > LONG) {
    return (
      <span className={styles.value}>
        <LongPlain words={words} />
      </span>
    );
  }
  return (
    <span className={styles.value}>
      {partsOf(words, other).map(({ kind, words: part }, index) =>
        kind === 'same' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts of one value, which change together.
          <Plain key={index} words={part} />
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above.
          <mark key={index}>
            <Plain words={part} />
          </mark>
        ),
      )}
    </span>
  );
}
