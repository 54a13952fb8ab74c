import { useMe } from '../api/me.ts';
import { PreferenceChoices } from '../app/navigation.tsx';
import { useText } from '../app/text.ts';
import { Section } from '../parts/section.tsx';
import { Answered } from '../parts/states.tsx';
import { useTimeZoneName } from '../parts/time.tsx';
import { SettingsFrame } from './frame.tsx';
import { messages } from './messages.ts';
import styles from './mine-page.module.css';
import { Passkeys } from './passkeys/passkeys.tsx';
import { Sessions } from './sessions/sessions.tsx';

/** What is one's own: passkeys, sessions, and how this browser shows things. */
export function MinePage() {
  const say = useText();
  const zone = useTimeZoneName();
  const me = useMe();
  return (
    <SettingsFrame>
      <Answered query={me}>
        {({ person }) => (
          <>
            <Passkeys person={person} isOwn mayRemove />
            <Sessions person={person} isOwn />
          </>
        )}
      </Answered>
      <Section title={say(messages.appearance)}>
        <p className={styles.soft}>{say(messages.appearanceWhy, { zone })}</p>
        <div className={styles.choices}>
          <PreferenceChoices />
        </div>
      </Section>
    </SettingsFrame>
  );
}
