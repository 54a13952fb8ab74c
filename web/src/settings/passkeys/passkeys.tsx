import { useText } from '../../app/text.ts';
import { Section } from '../../parts/section.tsx';
import { Answered, Nothing } from '../../parts/states.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Time, useTimeZoneName } from '../../parts/time.tsx';
import type { Passkey } from '../enrol.ts';
import { messages as common } from '../messages.ts';
import { AddPasskey } from './add-passkey.tsx';
import { messages } from './messages.ts';
import styles from './passkeys.module.css';
import { RemovePasskey } from './remove-passkey.tsx';
import { RenamePasskey } from './rename-passkey.tsx';
import { usePasskeys } from './use-passkeys.ts';

interface PasskeysProps {
  readonly person: string;
  readonly isOwn: boolean;
  /** Administrators remove others’. */
  readonly mayRemove: boolean;
}

export function Passkeys({ person, isOwn, mayRemove }: PasskeysProps) {
  const say = useText();
  const passkeys = usePasskeys(person);
  const all = passkeys.data?.passkeys ?? [];
  const active = all.filter(({ state }) => state === 'active');
  return (
    <Section
      title={say(messages.title)}
      aside={isOwn && passkeys.isSuccess && <AddPasskey person={person} mustConfirm={active.length > 0} />}
    >
      {isOwn && <p className={styles.soft}>{say(active.length === 1 ? messages.onlyOne : messages.why)}</p>}
      <Answered query={passkeys}>
        {() =>
          all.length === 0 ? (
            <Nothing>{isOwn ? say(messages.emptyOwn) : say(messages.emptyOther, { person })}</Nothing>
          ) : (
            <PasskeyTable passkeys={all} isOwn={isOwn} mayRemove={mayRemove} working={active.length} />
          )
        }
      </Answered>
      {all.some(({ standsOn }) => standsOn.length > 0) && (
        <p className={styles.soft}>{say(messages.standsOnWhy)}</p>
      )}
    </Section>
  );
}

interface TableProps {
  readonly passkeys: readonly Passkey[];
  readonly isOwn: boolean;
  readonly mayRemove: boolean;
  /** How many are not suspended. */
  readonly working: number;
}

function PasskeyTable({ passkeys, isOwn, mayRemove, working }: TableProps) {
  const say = useText();
  const zone = useTimeZoneName();
  const columns: readonly Column<Passkey>[] = [
    { id: 'name', header: say(messages.passkey), place: 'title', cell: (one) => <Name passkey={one} /> },
    { id: 'state', header: say(messages.state), place: 'corner', cell: (one) => <StateOf passkey={one} /> },
    { id: 'added', header: say(messages.added, { zone }), cell: (one) => <Added passkey={one} /> },
    {
      id: 'used',
      header: say(messages.used, { zone }),
      cell: ({ lastUsedAt }) => (lastUsedAt === undefined ? say(messages.never) : <Time at={lastUsedAt} />),
    },
    { id: 'word', header: say(messages.word), cell: (one) => <Word passkey={one} /> },
    {
      id: 'acts',
      header: say(common.acts),
      place: 'line',
      cell: (passkey) => (
        <div className={styles.acts}>
          {isOwn && <RenamePasskey passkey={passkey} />}
          {(isOwn || mayRemove) && (
            <RemovePasskey
              passkey={passkey}
              isOwn={isOwn}
              isLast={isOwn && working === 1 && passkey.state === 'active'}
            />
          )}
        </div>
      ),
    },
  ];
  const shown = isOwn || mayRemove ? columns : columns.filter(({ id }) => id !== 'acts');
  return <Table label={say(messages.title)} columns={shown} rows={passkeys} keyOf={({ id }) => id} />;
}

function Name({ passkey: { name, fingerprint } }: { readonly passkey: Passkey }) {
  return (
    <div className={styles.name}>
      <strong>{name}</strong>
      <code>{fingerprint}</code>
    </div>
  );
}

function StateOf({ passkey: { state } }: { readonly passkey: Passkey }) {
  const say = useText();
  if (state === 'active') return <span className={styles.works}>{say(messages.active)}</span>;
  return (
    <div className={styles.suspended}>
      <strong>{say(messages.suspended)}</strong>
      <p>{say(messages.suspendedWhy)}</p>
    </div>
  );
}

const WAYS = {
  terminal: messages.byTerminal,
  link: messages.byLink,
  provider: messages.byProvider,
  passkey: messages.byPasskey,
} as const;

function Added({ passkey: { addedAt, addedBy } }: { readonly passkey: Passkey }) {
  const say = useText();
  return (
    <div className={styles.name}>
      <Time at={addedAt} />
      <span className={styles.soft}>{say(WAYS[addedBy])}</span>
    </div>
  );
}

/** Whose approval it gives. */
function Word({ passkey: { standsOn, listed } }: { readonly passkey: Passkey }) {
  const say = useText();
  if (standsOn.length > 0)
    return <span className={styles.word}>{say(messages.standsOn, { who: standsOn.join(', ') })}</span>;
  return say(listed ? messages.listed : messages.own);
}
