import { usePreferences } from '../../app/preferences.ts';
import { type Say, useText } from '../../app/text.ts';
import { Facts, Section } from '../../parts/section.tsx';
import { Answered } from '../../parts/states.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Time, useTimeZoneName } from '../../parts/time.tsx';
import { SettingsFrame } from '../frame.tsx';
import { messages as common } from '../messages.ts';
import { type Settings, useSettings } from '../use-settings.ts';
import { Destinations } from './destinations.tsx';
import { messages } from './messages.ts';
import styles from './system.module.css';

/** How the server is set up, what it is connected with, and how old its key is. */
export function SystemPage() {
  const settings = useSettings();
  return (
    <SettingsFrame>
      <Answered query={settings}>
        {(set) => (
          <>
            <Connections settings={set} />
            <Destinations />
            <Keys keys={set.encryption.keys} />
            <About settings={set} />
          </>
        )}
      </Answered>
    </SettingsFrame>
  );
}

function Connections({ settings: { connections, issuers } }: { readonly settings: Settings }) {
  const say = useText();
  const { github, signIn, trail, aws } = connections;
  const lines = (words: readonly string[]) =>
    words.length === 0 ? say(common.none) : words.map((one) => <div key={one}>{one}</div>);
  return (
    <Section title={say(messages.connections)}>
      <Facts
        facts={[
          [say(messages.github), <GitHub key="github" apps={github} />],
          [say(messages.issuers), lines(issuers.map(({ name, url }) => `${name}: ${url}`))],
          [say(messages.signIn), lines(signIn.map(({ label }) => label))],
          [say(messages.trail), say(trail ? messages.trailOn : messages.trailOff)],
          [say(messages.aws), say(aws === 'ambient' ? messages.awsAmbient : messages.awsWebIdentity)],
        ]}
      />
    </Section>
  );
}

function GitHub({ apps }: { readonly apps: Settings['connections']['github'] }) {
  const say = useText();
  const { language } = usePreferences();
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'medium' });
  if (apps.length === 0) return say(messages.noGitHub);
  return apps.map(({ host, slug, connectedAt, connectedBy }) => (
    <div key={`${host} ${slug}`}>
      <strong>{slug}</strong> ({host}){' '}
      <span className={styles.soft}>
        {say(messages.connected, { at: day.format(new Date(connectedAt)), who: connectedBy })}
      </span>
    </div>
  ));
}

type Key = Settings['encryption']['keys'][number];
const DAY_MS = 24 * 3_600_000;

const ageOf = (say: Say, { firstUsedAt }: Key): string =>
  firstUsedAt === undefined
    ? say(common.none)
    : say(messages.days, { count: Math.max(0, Math.floor((Date.now() - Date.parse(firstUsedAt)) / DAY_MS)) });

function Keys({ keys }: { readonly keys: readonly Key[] }) {
  const say = useText();
  const zone = useTimeZoneName();
  const columns: readonly Column<Key>[] = [
    { id: 'key', header: say(messages.key), place: 'title', cell: ({ id }) => <code>{id}</code> },
    {
      id: 'newest',
      header: say(messages.health),
      place: 'corner',
      cell: ({ newest }) => say(newest ? messages.newest : messages.older),
    },
    { id: 'age', header: say(messages.age), cell: (key) => ageOf(say, key) },
    {
      id: 'used',
      header: say(messages.firstUsed, { zone }),
      cell: ({ firstUsedAt }) =>
        firstUsedAt === undefined ? say(messages.never) : <Time at={firstUsedAt} />,
    },
    {
      id: 'place',
      header: say(messages.place),
      cell: ({ place }) => (place === undefined ? say(messages.hidden) : <code>{place}</code>),
    },
  ];
  return (
    <Section title={say(messages.keys)}>
      <p className={styles.soft}>{say(messages.keysWhy)}</p>
      <Table label={say(messages.keys)} columns={columns} rows={keys} keyOf={({ id }) => id} />
    </Section>
  );
}

function About({ settings: { about, organization, freezes } }: { readonly settings: Settings }) {
  const say = useText();
  const { language } = usePreferences();
  const when = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  const time = (at: string): string => when.format(new Date(at));
  const freezeWords = freezes.map(({ name, from, to }) =>
    say(messages.freeze, { name, from: time(from), to: time(to) }),
  );
  return (
    <Section title={say(messages.about)}>
      <Facts
        facts={[
          [say(messages.version), `Sekisho ${about.version} (Node ${about.node})`],
          [say(messages.organization), organization.name],
          [say(messages.address), about.publicUrl],
          [say(messages.timeZone), about.timeZone],
          [say(messages.started), <Time key="started" at={about.startedAt} />],
          [
            say(messages.database),
            say(about.database === 'embedded' ? messages.embedded : messages.ownDatabase),
          ],
          [say(messages.freezes), freezeWords.join(', ') || say(common.none)],
        ]}
      />
    </Section>
  );
}
