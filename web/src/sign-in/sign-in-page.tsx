import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { answerOf, api, queryClient } from '../api/client.ts';
import { useMe } from '../api/me.ts';
import { assertionFor, hasPasskeys, NoPasskey } from '../api/passkey.ts';
import { type Message, useText } from '../app/text.ts';
import { Button, buttonClass } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { Loading } from '../parts/states.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { Card } from './card.tsx';
import { messages } from './messages.ts';
import { safeReturnTo } from './return-to.ts';
import styles from './sign-in-page.module.css';

const route = getRouteApi('/sign-in');

/** By passkey, or by a provider of sekisho.yaml; afterwards on to where the person wanted to be. */
export function SignInPage() {
  const say = useText();
  const { returnTo, refused } = route.useSearch();
  const goal = safeReturnTo(returnTo);
  const me = useMe();
  if (me.isPending && me.fetchStatus === 'fetching') {
    return (
      <Card icon="key" title={say(messages.title)}>
        <Loading rows={2} />
      </Card>
    );
  }
  if (me.isSuccess && me.data.session?.mayOnlyEnrol !== true) {
    return (
      <Card icon="person" title={say(messages.signedIn, { person: me.data.person })}>
        {refused !== undefined && <Refused rule={refused} />}
        <a className={buttonClass('primary')} href={goal}>
          {say(messages.goOn)}
        </a>
      </Card>
    );
  }
  return (
    <Card icon="key" title={say(messages.title)}>
      <p className={styles.soft}>{say(messages.lead)}</p>
      {refused !== undefined && <Refused rule={refused} />}
      <Ways goal={goal} />
      <Help />
    </Card>
  );
}

function Ways({ goal }: { readonly goal: string }) {
  const say = useText();
  const byPasskey = usePasskeySignIn(goal);
  const byProvider = useProviderSignIn(goal);
  const providers = useQuery({
    queryKey: ['providers'],
    queryFn: ({ signal }) => answerOf(api.GET('/v1/sign-in/providers', { signal })),
  });
  const isBusy = byPasskey.isPending || byProvider.isPending;
  const labels = providers.data?.providers ?? [];
  const unsupported = hasPasskeys() ? null : new NoPasskey('unsupported');
  return (
    <div className={styles.ways}>
      <Button
        look="primary"
        disabled={isBusy || unsupported !== null}
        onClick={() => {
          byProvider.reset();
          byPasskey.mutate();
        }}
      >
        <Icon name="key" /> {say(byPasskey.isPending ? messages.waiting : messages.byPasskey)}
      </Button>
      {labels.length > 0 && <div className={styles.or}>{say(messages.or)}</div>}
      {labels.map(({ name, label }) => (
        <Button
          key={name}
          disabled={isBusy}
          onClick={() => {
            byPasskey.reset();
            byProvider.mutate(name);
          }}
        >
          {say(messages.byProvider, { label })}
        </Button>
      ))}
      <Trouble error={byPasskey.error ?? byProvider.error ?? providers.error ?? unsupported} />
    </div>
  );
}

function usePasskeySignIn(goal: string) {
  const router = useRouter();
  return useMutation({
    mutationFn: async () => {
      const request = await answerOf(api.POST('/v1/sign-in/passkey/options'));
      const assertion = await assertionFor(request);
      await answerOf(api.POST('/v1/sign-in/passkey', { body: { assertion } }));
    },
    onSuccess: () => {
      // What another person saw at this browser is gone before this one sees anything.
      queryClient.clear();
      router.history.replace(goal);
    },
  });
}

const useProviderSignIn = (returnTo: string) =>
  useMutation({
    mutationFn: async (name: string) => {
      const asked = { params: { path: { name } }, body: { returnTo } };
      const { url } = await answerOf(api.POST('/v1/sign-in/providers/{name}', asked));
      location.assign(url);
    },
  });

const RULES = new Map<string, Message>([
  ['sign-in.refused-by-provider', messages.refusedThere],
  ['sign-in.account-unknown', messages.refusedUnknown],
  ['sign-in.not-begun-here', messages.refusedNotBegun],
  ['sign-in.provider-failed', messages.refusedUnreachable],
]);

/** The rule comes in the address, so it is looked up, and shown only as text. */
function Refused({ rule }: { readonly rule: string }) {
  const say = useText();
  const known = RULES.get(rule);
  const short = rule.slice(0, 80);
  return (
    <p role="alert" className={styles.refused}>
      <Icon name="refused" /> {known === undefined ? say(messages.refusedOther, { rule: short }) : say(known)}
    </p>
  );
}

/** What there is to do for whoever has no way in. */
function Help() {
  const say = useText();
  return (
    <details className={styles.help}>
      <summary>{say(messages.help)}</summary>
      <ul>
        <li>{say(messages.helpInvited)}</li>
        <li>{say(messages.helpLost)}</li>
        <li>
          {say(messages.helpKey)} <code>sekisho people link NAME</code>
        </li>
        <li>{say(messages.helpFirst)}</li>
      </ul>
    </details>
  );
}
