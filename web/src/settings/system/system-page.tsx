import { useMe } from '../../api/me.ts';
import { type Message, useText } from '../../app/text.ts';
import { EnvironmentMark } from '../../parts/environment.tsx';
import { Facts, Section } from '../../parts/section.tsx';
import { Answered, Nothing } from '../../parts/states.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Time, useTimeZoneName } from '../../parts/time.tsx';
import { SettingsFrame } from '../frame.tsx';
import { messages as common } from '../messages.ts';
import { type Settings, useSettings } from '../use-settings.ts';
import { Destinations } from './destinations.tsx';
import { Keys } from './encryption.tsx';
import { GitHub } from './github.tsx';
import { messages } from './messages.ts';
import styles from './system.module.css';

/** How the server is set up, what it is connected with, and how old its key is. */
export function SystemPage() {
  const settings = useSettings();
  const isAdministrator = useMe().data?.administrator === true;
  return (
    <SettingsFrame>
      <Answered query={settings}>
        {(set) => (
          <>
            <GitHub apps={set.connections.github} isAdministrator={isAdministrator} />
            <Destinations />
            <Connections settings={set} />
            <Keys keys={set.encryption.keys} isAdministrator={isAdministrator} />
            <Freezes freezes={set.freezes} />
            <About settings={set} />
          </>
        )}
      </Answered>
    </SettingsFrame>
  );
}

function Connections({ settings: { connections, issuers } }: { readonly settings: Settings }) {
  const say = useText();
  const { signIn, trail, aws } = connections;
  const lines = (words: readonly string[]) =>
    words.length === 0 ? say(common.none) : words.map((one) => <div key={one}>{one}</div>);
  return (
    <Section title={say(messages.connections)}>
      <Facts
        facts={[
          [say(messages.issuers), lines(issuers.map(({ name, url }) => `${name}: ${url}`))],
          [say(messages.signIn), lines(signIn.map(({ label }) => label))],
          [say(messages.trail), say(trail ? messages.trailOn : messages.trailOff)],
          [say(messages.aws), say(aws === 'ambient' ? messages.awsAmbient : messages.awsWebIdentity)],
        ]}
      />
    </Section>
  );
}

type Freeze = Settings['freezes'][number];

/** When nothing is applied, now or later. */
function Freezes({ freezes }: Pick<Settings, 'freezes'>) {
  const say = useText();
  const zone = useTimeZoneName();
  const columns: readonly Column<Freeze>[] = [
    { id: 'name', header: say(messages.freeze), place: 'title', cell: ({ name }) => <strong>{name}</strong> },
    { id: 'state', header: say(messages.health), place: 'corner', cell: (freeze) => say(whenOf(freeze)) },
    {
      id: 'environments',
      header: say(messages.environments),
      cell: ({ environments }) => (
        <span className={styles.marks}>
          {environments.map((one) => (
            <EnvironmentMark key={one} environment={one} />
          ))}
        </span>
      ),
    },
    { id: 'from', header: say(messages.from, { zone }), cell: ({ from }) => <Time at={from} /> },
    { id: 'to', header: say(messages.to, { zone }), cell: ({ to }) => <Time at={to} /> },
    { id: 'reason', header: say(messages.reason), place: 'line', cell: ({ reason }) => <bdi>{reason}</bdi> },
  ];
  return (
    <Section title={say(messages.freezes)}>
      {freezes.length === 0 ? (
        <Nothing>{say(messages.noFreezes)}</Nothing>
      ) : (
        <Table label={say(messages.freezes)} columns={columns} rows={freezes} keyOf={({ name }) => name} />
      )}
    </Section>
  );
}

function whenOf({ from, to }: Freeze): Message {
  const now = Date.now();
  if (now < Date.parse(from)) return messages.willBe;
  return now < Date.parse(to) ? messages.isNow : messages.wasBefore;
}

function About({ settings: { about, organization } }: { readonly settings: Settings }) {
  const say = useText();
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
        ]}
      />
    </Section>
  );
}
