import type { FormEvent, ReactNode } from 'react';
import { useText } from '../app/text.ts';
import styles from './act.module.css';
import { Button, type ButtonLook } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { messages } from './messages.ts';
import { Trouble } from './trouble.tsx';

interface ActProps {
  readonly title: string;
  /** On the button that opens it. */
  readonly opener: string;
  /** What the opener is about, for screen readers, where rows have the same ones. */
  readonly about?: string;
  readonly openerLook?: ButtonLook;
  /** On the button that acts, and while it does. */
  readonly act: string;
  readonly pending: string;
  readonly look?: ButtonLook;
  readonly isReady?: boolean;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly running: {
    readonly isPending: boolean;
    readonly error: Error | null;
    mutate(): void;
    reset(): void;
  };
  /** What it hits, what comes of it and how to undo it; fields. */
  readonly children: ReactNode;
}

/** A button whose act asks first. */
export function Act({ running, isReady = true, onOpenChange, ...props }: ActProps) {
  const say = useText();
  const { title, opener, about, openerLook, act, pending, look = 'primary', open, children } = props;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    running.mutate();
  };
  const change = (next: boolean): void => {
    running.reset();
    onOpenChange(next);
  };
  const label = about === undefined ? opener : `${opener}: ${about}`;
  return (
    <Dialog
      title={title}
      closeLabel={say(messages.close)}
      open={open}
      onOpenChange={change}
      opener={
        <Button look={openerLook ?? 'plain'} aria-label={label}>
          {opener}
        </Button>
      }
    >
      <form className={styles.act} onSubmit={submit}>
        {children}
        <Trouble error={running.error} />
        <div className={styles.buttons}>
          <Button onClick={() => change(false)}>{say(messages.cancel)}</Button>
          <Button look={look} type="submit" disabled={!isReady || running.isPending}>
            {running.isPending ? pending : act}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
