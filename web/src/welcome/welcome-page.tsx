import { useMutation } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import { answerOf, api, queryClient } from '../api/client.ts';
import { useMe } from '../api/me.ts';
import type { paths } from '../api/types.gen.ts';
import { useText } from '../app/text.ts';
import { Button, buttonClass } from '../parts/button.tsx';
import { Loading } from '../parts/states.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { Card } from '../sign-in/card.tsx';
import { safeReturnTo } from '../sign-in/return-to.ts';
import { EnrolByLink } from './enrol-by-link.tsx';
import { messages } from './messages.ts';
import { takeToken } from './token.ts';
import styles from './welcome-page.module.css';

const route = getRouteApi('/welcome');

/** Who is let in by a link, why, and by whom. */
export type Opened = paths['/v1/sign-in/link']['post']['responses'][200]['content']['application/json'];

/**
 * A link is opened by a press and not by the page itself: mail filters that visit links would spend it, and whoever is signed in here would be
 * signed out unasked.
 */
export function WelcomePage() {
  const [token] = useState(takeToken);
  const [opened, setOpened] = useState<Opened>();
  const me = useMe();
  if (opened !== undefined) return <EnrolByLink person={opened.person} opened={opened} />;
  if (me.isPending && me.fetchStatus === 'fetching') return <Waiting />;
  // After the page was loaded again, the session by the link is there, and who made it is not known any more.
  const byLink = me.data?.session?.mayOnlyEnrol === true ? me.data.person : undefined;
  const signedInAs = byLink === undefined ? me.data?.person : undefined;
  if (token !== undefined) return <Open token={token} signedInAs={signedInAs} onOpened={setOpened} />;
  return byLink === undefined ? <NoToken person={signedInAs} /> : <EnrolByLink person={byLink} />;
}

function Waiting() {
  const say = useText();
  return (
    <Card icon="gate" title={say(messages.title)}>
      <Loading rows={2} />
    </Card>
  );
}

interface OpenProps {
  readonly token: string;
  readonly signedInAs: string | undefined;
  readonly onOpened: (opened: Opened) => void;
}

function Open({ token, signedInAs, onOpened }: OpenProps) {
  const say = useText();
  const search = route.useSearch();
  const open = useMutation({
    mutationFn: () => answerOf(api.POST('/v1/sign-in/link', { body: { token } })),
    onSuccess: (opened) => {
      queryClient.clear();
      onOpened(opened);
    },
  });
  if (open.isError) {
    return (
      <Card icon="refused" title={say(messages.spent)}>
        <Trouble error={open.error} />
        {open.error.failure.kind === 'unreachable' ? (
          <Button onClick={() => open.mutate()}>{say(messages.open)}</Button>
        ) : (
          <Link to="/sign-in" search={search} className={buttonClass()}>
            {say(messages.toSignIn)}
          </Link>
        )}
      </Card>
    );
  }
  return (
    <Card icon="gate" title={say(messages.title)}>
      <p>{say(messages.openWhy)}</p>
      {signedInAs !== undefined && (
        <p className={styles.note}>{say(messages.openAs, { person: signedInAs })}</p>
      )}
      <Button look="primary" disabled={open.isPending} onClick={() => open.mutate()}>
        {say(open.isPending ? messages.opening : messages.open)}
      </Button>
    </Card>
  );
}

function NoToken({ person }: { readonly person: string | undefined }) {
  const say = useText();
  const { returnTo } = route.useSearch();
  if (person !== undefined) {
    return (
      <Card icon="person" title={say(messages.already, { person })}>
        <a className={buttonClass('primary')} href={safeReturnTo(returnTo)}>
          {say(messages.goOn)}
        </a>
      </Card>
    );
  }
  return (
    <Card icon="refused" title={say(messages.noToken)}>
      <p>{say(messages.noTokenWhy)}</p>
      <a className={buttonClass()} href="/sign-in">
        {say(messages.toSignIn)}
      </a>
    </Card>
  );
}
