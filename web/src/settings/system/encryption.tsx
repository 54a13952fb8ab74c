import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api, queryClient } from '../../api/client.ts';
import { type Say, useText } from '../../app/text.ts';
import { Act } from '../../parts/act.tsx';
import { Section } from '../../parts/section.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Time, useTimeZoneName } from '../../parts/time.tsx';
import type { Settings } from '../use-settings.ts';
import { messages } from './messages.ts';
import styles from './system.module.css';

type Key = Settings['encryption']['keys'][number];
const DAY_MS = 24 * 3_600_000;

const ageOf = (say: Say, { firstUsedAt }: Key): string =>
  firstUsedAt === undefined
    ? say(messages.notUsed)
    : say(messages.days, { count: Math.max(0, Math.floor((Date.now() - Date.parse(firstUsedAt)) / DAY_MS)) });

interface KeysProps {
  readonly keys: readonly Key[];
  readonly isAdministrator: boolean;
}

/** How old the key is, and bringing everything under the newest. Which keys there are, sekisho.yaml says. */
export function Keys({ keys, isAdministrator }: KeysProps) {
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
  const [, ...older] = keys;
  const [rotated, setRotated] = useState<Rotated>();
  return (
    <Section
      title={say(messages.keys)}
      aside={isAdministrator && older.length > 0 && <Rotate onDone={setRotated} />}
    >
      <p className={styles.soft}>{say(messages.keysWhy)}</p>
      {rotated !== undefined && <Outcome rotated={rotated} />}
      <Table label={say(messages.keys)} columns={columns} rows={keys} keyOf={({ id }) => id} />
      <details className={styles.soft}>
        <summary>{say(messages.howToRotate)}</summary>
        <ol className={styles.steps}>
          <li>{say(messages.rotateAdd)}</li>
          <li>{say(messages.rotateRestart)}</li>
          <li>
            {say(messages.rotateRun)} <code>sekisho encryption rotate</code>
          </li>
          <li>{say(messages.rotateRemove)}</li>
        </ol>
      </details>
    </Section>
  );
}

interface Rotated {
  readonly done: number;
  /** Those that are left do not open. */
  readonly left: number;
  readonly unopened: readonly string[];
  readonly removable: readonly { readonly id: string; readonly place: string }[];
}

/** The server answers after some seconds, and is asked again until nothing is left, or nothing goes on. */
async function rotateAll(tell: (done: number, left: number) => void): Promise<Rotated> {
  let done = 0;
  while (true) {
    const { reencrypted, left, unopened, removable } = await answerOf(api.POST('/v1/encryption/rotate'));
    done += reencrypted;
    if (left === 0 || reencrypted === 0) return { done, left, unopened, removable };
    tell(done, left);
  }
}

function Rotate({ onDone }: { readonly onDone: (rotated: Rotated) => void }) {
  const say = useText();
  const [open, setOpen] = useState(false);
  const [progress, setProgress] = useState<string>();
  const rotate = useMutation({
    mutationFn: () => rotateAll((done, left) => setProgress(say(messages.rotateProgress, { done, left }))),
    onSuccess: (rotated) => {
      setOpen(false);
      onDone(rotated);
    },
    onSettled: () => {
      setProgress(undefined);
      return queryClient.invalidateQueries({ queryKey: ['settings'] });
    },
  });
  return (
    <Act
      title={say(messages.rotateTitle)}
      opener={say(messages.rotate)}
      act={say(messages.rotateNow)}
      pending={progress ?? say(messages.rotating)}
      open={open}
      onOpenChange={setOpen}
      running={{ ...rotate, mutate: () => rotate.mutate() }}
    >
      <p>{say(messages.rotateHits)}</p>
      <p>{say(messages.rotateUndo)}</p>
    </Act>
  );
}

function Outcome({ rotated: { done, left, unopened, removable } }: { readonly rotated: Rotated }) {
  const say = useText();
  if (left > 0) {
    return (
      <p role="status" className={styles.problem}>
        {say(messages.rotateStuck, { count: left, which: unopened.slice(0, 5).join(', ') || '–' })}
      </p>
    );
  }
  return (
    <p role="status">
      {say(messages.rotated, { count: done })}{' '}
      {removable.length > 0 &&
        say(messages.removable, { keys: removable.map(({ place }) => place).join(', ') })}
    </p>
  );
}
