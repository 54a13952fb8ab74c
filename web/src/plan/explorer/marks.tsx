import { type Message, useText } from '../../app/text.ts';
import { messages } from '../messages.ts';
import type { ChangeRow } from '../queries.ts';
import type { Action } from '../search.ts';
import styles from './marks.module.css';

export const ACTION_WORDS: Readonly<Record<Action, Message>> = {
  create: messages.create,
  update: messages.update,
  replace: messages.replace,
  delete: messages.delete,
  forget: messages.forget,
  'create-then-forget': messages.createThenForget,
  read: messages.read,
  'no-op': messages.unchanged,
};

const SIGNS: Readonly<Record<Action, string>> = {
  create: '+',
  update: '~',
  replace: '±',
  delete: '−',
  forget: '·',
  'create-then-forget': '+',
  read: '↓',
  'no-op': '=',
};

const LOOKS: Readonly<Record<Action, string | undefined>> = {
  create: styles.create,
  update: styles.update,
  replace: styles.replace,
  delete: styles.delete,
  forget: styles.replace,
  'create-then-forget': styles.replace,
  read: styles.still,
  'no-op': styles.still,
};

/** Sign and word of what is done to a resource. */
export function ActionMark({ action }: Pick<ChangeRow, 'action'>) {
  const say = useText();
  return (
    <span className={`${styles.action} ${LOOKS[action]}`}>
      <span aria-hidden="true" className={styles.sign}>
        {SIGNS[action]}
      </span>
      {say(ACTION_WORDS[action])}
    </span>
  );
}

/** What else is to be known about a change before it is opened. */
export function RowMarks({ row }: { readonly row: ChangeRow }) {
  const say = useText();
  const marks = [
    ...(row.previousAddress === undefined ? [] : [messages.moved]),
    ...(row.importing ? [messages.imported] : []),
    ...(row.deposed === undefined ? [] : [messages.deposed]),
    ...(row.hidden ? [messages.someHidden] : []),
    ...(row.unknown ? [messages.someUnknown] : []),
  ];
  return marks.map((mark) => (
    <span key={mark.en} className={styles.mark}>
      {say(mark)}
    </span>
  ));
}
