import type { ComponentProps } from 'react';
import styles from './button.module.css';

export type ButtonLook = 'primary' | 'plain' | 'quiet' | 'danger';

interface Look {
  /** `danger` only for what cannot be undone, or acts on production. */
  readonly look?: ButtonLook;
}

/** For links that look like buttons: `<a className={buttonClass()}>`. */
export const buttonClass = (look: ButtonLook = 'plain'): string => `${styles.button} ${styles[look]}`;

export function Button({
  look,
  className = '',
  type = 'button',
  ...others
}: ComponentProps<'button'> & Look) {
  return <button type={type} className={`${buttonClass(look)} ${className}`} {...others} />;
}
