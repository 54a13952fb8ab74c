import { Dialog as Base } from '@base-ui/react/dialog';
import type { ReactElement, ReactNode } from 'react';
import { buttonClass } from './button.tsx';
import styles from './dialog.module.css';
import { Icon } from './icon.tsx';

interface DialogProps {
  readonly title: string;
  readonly closeLabel: string;
  /** `middle` asks something; `side` slides in from the left, its title for screen readers only. */
  readonly place?: 'middle' | 'side';
  /** The button that opens it; left out where several do. */
  readonly opener?: ReactElement<Record<string, unknown>>;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly children: ReactNode;
}

/** Over the page; focus stays in it, Escape closes it, and focus goes back to its button. */
export function Dialog({
  title,
  closeLabel,
  place = 'middle',
  opener,
  open,
  onOpenChange,
  children,
}: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={onOpenChange}>
      {opener !== undefined && <Base.Trigger render={opener} />}
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Popup className={`${styles.popup} ${styles[place]}`}>
          <Base.Title className={place === 'side' ? 'for-readers-only' : styles.title}>{title}</Base.Title>
          <Base.Close className={`${buttonClass('quiet')} ${styles.close}`} aria-label={closeLabel}>
            <Icon name="close" />
          </Base.Close>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
