import { useMutation } from '@tanstack/react-query';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { Me } from '../api/answers.ts';
import { answerOf, api, queryClient } from '../api/client.ts';
import { Button } from '../parts/button.tsx';
import { Choice } from '../parts/field.tsx';
import { Icon, type IconName } from '../parts/icon.tsx';
import { messages } from './messages.ts';
import styles from './navigation.module.css';
import { setPreferences, THEMES, usePreferences } from './preferences.ts';
import { type Message, useText } from './text.ts';

interface Place {
  readonly to: NonNullable<LinkProps['to']>;
  readonly icon: IconName;
  readonly label: Message;
}

/** The main pages, in the order of how often they are needed. */
const PLACES: readonly Place[] = [
  { to: '/', icon: 'overview', label: messages.overview },
  { to: '/changes', icon: 'changes', label: messages.changes },
  { to: '/accounts', icon: 'accounts', label: messages.accounts },
  { to: '/slos', icon: 'gauge', label: messages.slos },
  { to: '/grants', icon: 'key', label: messages.grants },
  { to: '/policy', icon: 'policy', label: messages.policy },
  { to: '/audit', icon: 'audit', label: messages.audit },
  { to: '/settings', icon: 'settings', label: messages.settings },
];

export function Brand() {
  return (
    <Link to="/" className={styles.brand}>
      <Icon name="gate" size={24} />
      Sekisho
    </Link>
  );
}

/** Where to go, who one is, and how it looks. `me` is absent while nobody is known to be signed in. */
export function Navigation({ me }: { readonly me: Me | undefined }) {
  const say = useText();
  return (
    <>
      <nav aria-label={say(messages.navigation)}>
        {me !== undefined && (
          <ul className={styles.places}>
            {PLACES.map(({ to, icon, label }) => (
              <li key={to}>
                <Link
                  to={to}
                  className={styles.place}
                  activeOptions={{ exact: to === '/', includeSearch: false }}
                >
                  <Icon name={icon} />
                  {say(label)}
                </Link>
              </li>
            ))}
          </ul>
        )}
      </nav>
      <div className={styles.foot}>
        <PreferenceChoices />
        {me !== undefined && <SignedIn me={me} />}
      </div>
    </>
  );
}

/** Language and colours of this browser. */
export function PreferenceChoices() {
  const say = useText();
  const { language, theme } = usePreferences();
  return (
    <>
      <Choice
        label={say(messages.language)}
        value={language}
        choices={[
          { value: 'en', label: 'English', lang: 'en' },
          { value: 'ja', label: '日本語', lang: 'ja' },
        ]}
        onChoose={(chosen) => setPreferences({ language: chosen })}
      />
      <Choice
        label={say(messages.theme)}
        value={theme}
        choices={THEMES.map((value) => ({ value, label: say(messages[value]) }))}
        onChoose={(chosen) => setPreferences({ theme: chosen })}
      />
    </>
  );
}

function SignedIn({ me }: { readonly me: Me }) {
  const say = useText();
  const signOut = useMutation({
    mutationFn: () => answerOf(api.DELETE('/v1/sessions/current')),
    // Nothing of what this person saw stays for the next one at this browser.
    onSuccess: () => queryClient.resetQueries(),
  });
  return (
    <div className={styles.person}>
      <Icon name="person" size={20} />
      <div className={styles.name}>
        <strong>{me.person}</strong>
        {me.administrator && <span>{say(messages.administrator)}</span>}
        <span>{me.teams.join(', ')}</span>
      </div>
      <Button look="quiet" disabled={signOut.isPending} onClick={() => signOut.mutate()}>
        {say(messages.signOut)}
      </Button>
      {signOut.isError && <p role="alert">{say(messages.signOutFailed)}</p>}
    </div>
  );
}
