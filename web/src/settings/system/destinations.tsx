import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api, queryClient } from '../../api/client.ts';
import type { paths } from '../../api/types.gen.ts';
import { useText } from '../../app/text.ts';
import { Act } from '../../parts/act.tsx';
import { Section } from '../../parts/section.tsx';
import { Answered, Nothing } from '../../parts/states.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Time, useTimeZoneName } from '../../parts/time.tsx';
import { messages as common } from '../messages.ts';
import { messages } from './messages.ts';
import styles from './system.module.css';

type Destination =
  paths['/v1/messages']['get']['responses'][200]['content']['application/json']['destinations'][number];

/** Whom Sekisho tells what happens, and how that goes. */
export function Destinations() {
  const say = useText();
  const destinations = useQuery({
    queryKey: ['destinations'],
    queryFn: ({ signal }) => answerOf(api.GET('/v1/messages', { signal })),
  });
  return (
    <Section title={say(messages.destinations)}>
      <Answered query={destinations}>
        {({ destinations: all }) =>
          all.length === 0 ? (
            <Nothing>{say(messages.noDestinationsWhy)}</Nothing>
          ) : (
            <DestinationTable destinations={all} />
          )
        }
      </Answered>
    </Section>
  );
}

const WAYS = {
  'slack-webhook': messages.slackWebhook,
  'slack-app': messages.slackApp,
  email: messages.email,
  webhook: messages.webhook,
  pagerduty: messages.pagerduty,
} as const;

function DestinationTable({ destinations }: { readonly destinations: readonly Destination[] }) {
  const say = useText();
  const zone = useTimeZoneName();
  const columns: readonly Column<Destination>[] = [
    {
      id: 'name',
      header: say(messages.destination),
      place: 'title',
      cell: ({ name }) => <strong>{name}</strong>,
    },
    { id: 'way', header: say(messages.way), cell: ({ way }) => say(WAYS[way]) },
    { id: 'health', header: say(messages.health), cell: (one) => <Health destination={one} /> },
    {
      id: 'sent',
      header: say(messages.lastSent, { zone }),
      cell: ({ lastSentAt }) => (lastSentAt === undefined ? say(messages.never) : <Time at={lastSentAt} />),
    },
    {
      id: 'acts',
      header: say(common.acts),
      place: 'line',
      cell: ({ name }) => <SendTest name={name} />,
    },
  ];
  return (
    <Table
      label={say(messages.destinations)}
      columns={columns}
      rows={destinations}
      keyOf={({ name }) => name}
    />
  );
}

function Health({ destination: { open, problem } }: { readonly destination: Destination }) {
  const say = useText();
  return (
    <>
      <div>{open === 0 ? say(messages.well) : say(messages.waits, { count: open })}</div>
      {problem !== undefined && <p className={styles.problem}>{problem}</p>}
    </>
  );
}

function SendTest({ name }: { readonly name: string }) {
  const say = useText();
  const [open, setOpen] = useState(false);
  const test = useMutation({
    mutationFn: () => answerOf(api.POST('/v1/messages/{name}/test', { params: { path: { name } } })),
    onSuccess: () => setOpen(false),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['destinations'] }),
  });
  return (
    <Act
      title={say(messages.testTitle, { name })}
      opener={say(messages.test)}
      about={name}
      act={say(messages.test)}
      pending={say(messages.sending)}
      open={open}
      onOpenChange={setOpen}
      running={{ ...test, mutate: () => test.mutate() }}
    >
      <p>{say(messages.testWhy, { name })}</p>
    </Act>
  );
}
