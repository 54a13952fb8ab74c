import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type Message, useText } from '../app/text.ts';
import { Page } from '../parts/page.tsx';
import styles from './frame.module.css';
import { messages } from './messages.ts';

const SECTIONS: readonly { readonly to: NonNullable<LinkProps['to']>; readonly label: Message }[] = [
  { to: '/settings', label: messages.mine },
  { to: '/settings/people', label: messages.people },
  { to: '/settings/system', label: messages.system },
];

/** A page of the settings: its title, and the way to the others. */
export function SettingsFrame({
  title,
  children,
}: {
  readonly title?: string;
  readonly children: ReactNode;
}) {
  const say = useText();
  return (
    <Page title={title ?? say(messages.settings)}>
      <nav aria-label={say(messages.sections)} className={styles.sections}>
        {SECTIONS.map(({ to, label }) => (
          <Link key={to} to={to} activeOptions={{ exact: to === '/settings' }} className={styles.section}>
            {say(label)}
          </Link>
        ))}
      </nav>
      {children}
    </Page>
  );
}
