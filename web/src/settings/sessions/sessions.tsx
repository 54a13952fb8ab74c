import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api, queryClient } from '../../api/client.ts';
import type { components } from '../../api/types.gen.ts';
import { type Say, useText } from '../../app/text.ts';
import act from '../../parts/act.module.css';
import { Act } from '../../parts/act.tsx';
import { Section } from '../../parts/section.tsx';
import { Answered, Nothing } from '../../parts/states.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Time, useTimeZoneName } from '../../parts/time.tsx';
import { deviceOf } from '../device.ts';
import { messages as common } from '../messages.ts';
import { messages } from './messages.ts';
import styles from './sessions.module.css';

type Session = components['schemas']['Session'];

/** Where a person is signed in; of others, for administrators. */
export function Sessions({ person, isOwn }: { readonly person: string; readonly isOwn: boolean }) {
  const say = useText();
  const sessions = useQuery({
    queryKey: ['sessions', person],
    queryFn: ({ signal }) => answerOf(api.GET('/v1/sessions', { params: { query: { person } }, signal })),
  });
  const others = sessions.data?.sessions.filter(({ current }) => !current) ?? [];
  return (
    <Section title={say(messages.title)} aside={isOwn && others.length > 0 && <EndOthers others={others} />}>
      {isOwn && <p className={styles.soft}>{say(messages.why)}</p>}
      <Answered query={sessions}>
        {({ sessions: all }) =>
          all.length === 0 ? (
            <Nothing>{say(messages.emptyWhy, { person })}</Nothing>
          ) : (
            <SessionTable sessions={all} isOwn={isOwn} />
          )
        }
      </Answered>
    </Section>
  );
}

function SessionTable({
  sessions,
  isOwn,
}: {
  readonly sessions: readonly Session[];
  readonly isOwn: boolean;
}) {
  const say = useText();
  const zone = useTimeZoneName();
  const columns: readonly Column<Session>[] = [
    { id: 'where', header: say(messages.device), place: 'title', cell: (one) => <Where session={one} /> },
    { id: 'by', header: say(messages.by), cell: (one) => <By session={one} /> },
    { id: 'opened', header: say(messages.opened, { zone }), cell: ({ openedAt }) => <Time at={openedAt} /> },
    {
      id: 'used',
      header: say(messages.used, { zone }),
      cell: ({ lastUsedAt }) => (lastUsedAt === undefined ? say(common.none) : <Time at={lastUsedAt} />),
    },
    { id: 'ends', header: say(messages.ends, { zone }), cell: ({ endsAt }) => <Time at={endsAt} /> },
    {
      id: 'acts',
      header: say(common.acts),
      place: 'line',
      cell: (session) => <EndOne session={session} isOwn={isOwn} />,
    },
  ];
  return <Table label={say(messages.title)} columns={columns} rows={sessions} keyOf={({ id }) => id} />;
}

/** What a browser says of itself may be anything: it is a help to tell one's devices apart, and no proof. */
function whereOf(session: Session, say: Say): string {
  if (session.kind === 'command-line') return say(messages.commandLine);
  const { browser, system } = deviceOf(session.device ?? '');
  if (browser !== undefined && system !== undefined) return say(messages.on, { browser, system });
  return browser ?? system ?? say(messages.unknown);
}

function Where({ session }: { readonly session: Session }) {
  const say = useText();
  return (
    <div className={styles.where} title={session.device}>
      <strong>{whereOf(session, say)}</strong>
      {session.current && <span className={styles.current}>{say(messages.current)}</span>}
    </div>
  );
}

const WAYS = {
  link: messages.byLink,
  passkey: messages.byPasskey,
  provider: messages.byProvider,
  'ssh-key': messages.bySshKey,
} as const;

function By({ session: { signedInBy, provider } }: { readonly session: Session }) {
  const say = useText();
  const way = say(WAYS[signedInBy]);
  return provider === undefined ? way : `${way} (${provider})`;
}

const end = (id: string) => answerOf(api.DELETE('/v1/sessions/{id}', { params: { path: { id } } }));

async function readAgain(): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: ['sessions'] });
  await queryClient.invalidateQueries({ queryKey: ['me'] });
}

function EndOne({ session, isOwn }: { readonly session: Session; readonly isOwn: boolean }) {
  const say = useText();
  const [open, setOpen] = useState(false);
  const where = whereOf(session, say);
  const ending = useMutation({
    mutationFn: () => end(session.id),
    onSuccess: async () => {
      setOpen(false);
      await readAgain();
    },
  });
  const whom = isOwn ? say(messages.endOwn) : say(messages.endOf, { person: session.person });
  return (
    <Act
      title={say(messages.endTitle, { where })}
      opener={say(messages.end)}
      about={where}
      act={say(messages.end)}
      pending={say(messages.ending)}
      open={open}
      onOpenChange={setOpen}
      running={{ ...ending, mutate: () => ending.mutate() }}
    >
      <p>{session.current ? say(messages.endThis) : whom}</p>
      <p className={act.soft}>{say(messages.endUndo)}</p>
    </Act>
  );
}

function EndOthers({ others }: { readonly others: readonly Session[] }) {
  const say = useText();
  const [open, setOpen] = useState(false);
  const ending = useMutation({
    mutationFn: async () => {
      for (const { id } of others) await end(id);
    },
    onSuccess: () => setOpen(false),
    // Some may have ended before one failed.
    onSettled: readAgain,
  });
  return (
    <Act
      title={say(messages.endOthersTitle)}
      opener={say(messages.endOthers)}
      act={say(messages.endOthers)}
      pending={say(messages.ending)}
      open={open}
      onOpenChange={setOpen}
      running={{ ...ending, mutate: () => ending.mutate() }}
    >
      <p>{say(messages.endOthersWhy, { count: others.length })}</p>
      <p className={act.soft}>{say(messages.endUndo)}</p>
    </Act>
  );
}
