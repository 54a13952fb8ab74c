import { getRouteApi, Link } from '@tanstack/react-router';
import { useMe } from '../../api/me.ts';
import { useText } from '../../app/text.ts';
import { buttonClass } from '../../parts/button.tsx';
import { Facts, Section } from '../../parts/section.tsx';
import { Answered, State } from '../../parts/states.tsx';
import { SettingsFrame } from '../frame.tsx';
import { messages as common } from '../messages.ts';
import { Passkeys } from '../passkeys/passkeys.tsx';
import { usePasskeys } from '../passkeys/use-passkeys.ts';
import { Sessions } from '../sessions/sessions.tsx';
import { useSettings } from '../use-settings.ts';
import { MakeLink } from './make-link.tsx';
import { messages } from './messages.ts';
import styles from './people.module.css';
import { type PersonInFile, Roles } from './people-page.tsx';

const route = getRouteApi('/shell/settings/people/$name');

/** Somebody of sekisho.yaml; administrators let them in here, and put them out. */
export function PersonPage() {
  const say = useText();
  const { name } = route.useParams();
  const settings = useSettings();
  return (
    <SettingsFrame title={name}>
      <Answered query={settings}>
        {({ people, about }) => {
          const person = people.find((one) => one.name === name);
          return person === undefined ? (
            <State
              icon="person"
              title={say(messages.unknown)}
              next={
                <Link to="/settings/people" className={buttonClass()}>
                  {say(messages.all)}
                </Link>
              }
            >
              <p>{say(messages.unknownWhy, { name })}</p>
            </State>
          ) : (
            <Known person={person} server={about.publicUrl} />
          );
        }}
      </Answered>
    </SettingsFrame>
  );
}

function Known({ person, server }: { readonly person: PersonInFile; readonly server: string }) {
  const say = useText();
  const me = useMe();
  const isOwn = me.data?.person === person.name;
  const mayAct = me.data?.administrator === true && !isOwn;
  return (
    <>
      <Section title={say(messages.inFile)} aside={mayAct && <LetIn person={person.name} server={server} />}>
        <Facts
          facts={[
            [say(messages.teams), person.teams.join(', ') || say(common.none)],
            [say(messages.roles), <Roles key="roles" person={person} />],
            [say(messages.accounts), <Accounts key="accounts" person={person} />],
            [say(messages.keys), <Keys key="keys" person={person} />],
          ]}
        />
      </Section>
      {isOwn ? (
        <p>
          <Link to="/settings">{say(messages.toMine)}</Link>
        </p>
      ) : (
        <Passkeys person={person.name} isOwn={false} mayRemove={mayAct} />
      )}
      {mayAct && <Sessions person={person.name} isOwn={false} />}
    </>
  );
}

/** An invitation for who has no passkey that works, a recovery for who has. */
function LetIn({ person, server }: { readonly person: string; readonly server: string }) {
  const passkeys = usePasskeys(person);
  if (!passkeys.isSuccess) return null;
  const has = passkeys.data.passkeys.some(({ state }) => state === 'active');
  return <MakeLink person={person} server={server} purpose={has ? 'recovery' : 'invite'} />;
}

function Accounts({ person: { identities } }: { readonly person: PersonInFile }) {
  const say = useText();
  if (identities.length === 0) return say(common.none);
  return (
    <ul className={styles.keys}>
      {identities.map(({ issuer, id, login }) => (
        <li key={`${issuer} ${id}`}>
          {issuer}: {login ?? id} {login !== undefined && <code>{id}</code>}
        </li>
      ))}
    </ul>
  );
}

function Keys({ person: { keys } }: { readonly person: PersonInFile }) {
  const say = useText();
  if (keys.length === 0) return say(messages.noKeys);
  return (
    <ul className={styles.keys}>
      {keys.map(({ kind, type, fingerprint }) => (
        <li key={fingerprint}>
          {type ?? kind} <code>{fingerprint}</code>
        </li>
      ))}
    </ul>
  );
}
