import { Link } from '@tanstack/react-router';
import { useMe } from '../../api/me.ts';
import { useText } from '../../app/text.ts';
import { Icon } from '../../parts/icon.tsx';
import { Section } from '../../parts/section.tsx';
import { Answered, Nothing } from '../../parts/states.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Time, useTimeZoneName } from '../../parts/time.tsx';
import { SettingsFrame } from '../frame.tsx';
import { messages as common } from '../messages.ts';
import { type Settings, useSettings } from '../use-settings.ts';
import { messages } from './messages.ts';
import styles from './people.module.css';

export function PeoplePage() {
  const settings = useSettings();
  return (
    <SettingsFrame>
      <Answered query={settings}>
        {({ people, teams }) => (
          <>
            <People people={people} />
            <Teams teams={teams} />
          </>
        )}
      </Answered>
    </SettingsFrame>
  );
}

export type PersonInFile = Settings['people'][number];

function People({ people }: { readonly people: readonly PersonInFile[] }) {
  const say = useText();
  const zone = useTimeZoneName();
  const me = useMe();
  const columns: readonly Column<PersonInFile>[] = [
    {
      id: 'person',
      header: say(messages.person),
      place: 'title',
      cell: ({ name }) => (
        <span className={styles.who}>
          <Link to="/settings/people/$name" params={{ name }}>
            {name}
          </Link>
          {name === me.data?.person && <span className={styles.you}>{say(messages.you)}</span>}
        </span>
      ),
    },
    { id: 'teams', header: say(messages.teams), cell: ({ teams }) => teams.join(', ') || say(common.none) },
    { id: 'roles', header: say(messages.roles), cell: (person) => <Roles person={person} /> },
    {
      id: 'passkeys',
      header: say(messages.passkeysHere),
      cell: (person) => <PasskeysInShort person={person} />,
    },
    {
      id: 'used',
      header: say(messages.passkeyUsed, { zone }),
      cell: ({ passkeys: { lastUsedAt } }) =>
        lastUsedAt === undefined ? say(messages.never) : <Time at={lastUsedAt} />,
    },
    { id: 'keys', header: say(messages.keys), cell: ({ keys }) => <KeysInShort keys={keys} /> },
  ];
  return (
    <Section title={say(messages.people)}>
      <p className={styles.soft}>{say(messages.peopleWhy)}</p>
      <Table label={say(messages.people)} columns={columns} rows={people} keyOf={({ name }) => name} />
    </Section>
  );
}

/** How many there are at this server, which of them were taken out of use, and on whose word they are. */
function PasskeysInShort({ person: { passkeys } }: { readonly person: PersonInFile }) {
  const say = useText();
  const { active, suspended, standsOn } = passkeys;
  if (active + suspended === 0) return say(common.none);
  return (
    <div className={styles.team}>
      <span>{say(messages.passkeys, { count: active })}</span>
      {suspended > 0 && (
        <span className={styles.suspended}>
          <Icon name="warning" /> {say(messages.suspended, { count: suspended })}
        </span>
      )}
      {standsOn.length > 0 && (
        <span className={styles.soft}>{say(messages.byLinkOf, { who: standsOn.join(', ') })}</span>
      )}
    </div>
  );
}

/** How many keys of each kind sekisho.yaml has of a person. */
function KeysInShort({ keys }: Pick<PersonInFile, 'keys'>) {
  const say = useText();
  const ssh = keys.filter(({ kind }) => kind === 'ssh').length;
  const passkeys = keys.length - ssh;
  const kinds = [
    ...(ssh > 0 ? [say(messages.sshKeys, { count: ssh })] : []),
    ...(passkeys > 0 ? [say(messages.passkeys, { count: passkeys })] : []),
  ];
  return kinds.join(', ') || say(common.none);
}

export function Roles({ person }: { readonly person: PersonInFile }) {
  const say = useText();
  const roles = [
    ...(person.administrator ? [say(messages.administrator)] : []),
    ...(person.mayBreakGlass ? [say(messages.breakGlass)] : []),
  ];
  return roles.join(', ') || say(common.none);
}

type Team = Settings['teams'][number];

function Teams({ teams }: { readonly teams: readonly Team[] }) {
  const say = useText();
  const columns: readonly Column<Team>[] = [
    {
      id: 'team',
      header: say(messages.team),
      place: 'title',
      cell: ({ name, github }) => (
        <div className={styles.team}>
          <strong>{name}</strong>
          {github !== undefined && (
            <span className={styles.soft}>{say(messages.onGitHub, { team: github })}</span>
          )}
        </div>
      ),
    },
    {
      id: 'people',
      header: say(messages.people),
      cell: ({ people }) => people.join(', ') || say(common.none),
    },
    {
      id: 'stacks',
      header: say(messages.stacks),
      cell: ({ stacks }) => stacks.join(', ') || say(common.none),
    },
  ];
  return (
    <Section title={say(messages.teams)}>
      {teams.length === 0 ? (
        <Nothing>{say(messages.noTeamsWhy)}</Nothing>
      ) : (
        <Table label={say(messages.teams)} columns={columns} rows={teams} keyOf={({ name }) => name} />
      )}
    </Section>
  );
}
