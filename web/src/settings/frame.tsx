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

interface PartProps {
  readonly title: string;
  /** What can be done, to the right of the title. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a page, under a heading of its own. */
export function Part({ title, aside, children }: PartProps) {
  return (
    <section className={styles.part}>
      <header>
        <h2>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

/** In the place of a list that is empty, beside others that are not: what is missing, and what to do. */
export function Nothing({ children }: { readonly children: ReactNode }) {
  return <p className={styles.nothing}>{children}</p>;
}

/** Names with what belongs to them. */
export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
