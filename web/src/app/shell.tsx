import { Navigate, Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useLive } from '../api/live.ts';
import { useMe } from '../api/me.ts';
import { buttonClass } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Icon } from '../parts/icon.tsx';
import { Answered } from '../parts/states.tsx';
import { messages } from './messages.ts';
import { Brand, Navigation } from './navigation.tsx';
import { useOnline } from './online.ts';
import styles from './shell.module.css';
import { useText } from './text.ts';

/** What is around every page: a way past the navigation, the navigation, and whether the network is there. */
export function Shell() {
  const say = useText();
  const me = useMe();
  useLive(me.isSuccess);
  const online = useOnline();
  const main = useFocusOnArrival();
  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#content">
        {say(messages.skip)}
      </a>
      <aside className={styles.side}>
        <Brand />
        <Navigation me={me.data} />
      </aside>
      <header className={styles.top}>
        <SmallNavigation />
        <Brand />
      </header>
      <main id="content" ref={main} tabIndex={-1} className={styles.main}>
        {!online && (
          <p role="status" className={styles.offline}>
            <Icon name="offline" /> {say(messages.offline)}
          </p>
        )}
        <Answered query={me} heading="h1">
          {({ session }) =>
            // By a link one does nothing before a passkey is there.
            session?.mayOnlyEnrol === true ? <Navigate to="/welcome" replace /> : <Outlet />
          }
        </Answered>
      </main>
    </div>
  );
}

/** Closes itself when a page was chosen. */
function SmallNavigation() {
  const say = useText();
  const me = useMe();
  const [open, setOpen] = useState(false);
  const address = useRouterState({ select: ({ location }) => location.pathname });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address is what it waits for.
  useEffect(() => setOpen(false), [address]);
  return (
    <Dialog
      place="side"
      title={say(messages.navigation)}
      closeLabel={say(messages.closeNavigation)}
      open={open}
      onOpenChange={setOpen}
      opener={
        <button type="button" className={buttonClass('quiet')} aria-label={say(messages.openNavigation)}>
          <Icon name="menu" size={20} />
        </button>
      }
    >
      <div className={styles.panel}>
        <Brand />
        <Navigation me={me.data} />
      </div>
    </Dialog>
  );
}

/** Another page begins at its top, for keyboards and screen readers too; not the first one, nor a changed filter. */
function useFocusOnArrival() {
  const main = useRef<HTMLElement>(null);
  const address = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname });
  const last = useRef<string>(undefined);
  useEffect(() => {
    if (last.current !== undefined && last.current !== address) main.current?.focus({ preventScroll: true });
    last.current = address;
  }, [address]);
  return main;
}
