import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Read } from '../../api/answers.ts';
import { answerOf, api, queryClient } from '../../api/client.ts';
import { useText } from '../../app/text.ts';
import act from '../../parts/act.module.css';
import { Act } from '../../parts/act.tsx';
import { Button, buttonClass } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Input } from '../../parts/field.tsx';
import { messages as parts } from '../../parts/messages.ts';
import { Section } from '../../parts/section.tsx';
import { Answered, Nothing } from '../../parts/states.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Time, useTimeZoneName } from '../../parts/time.tsx';
import { Trouble } from '../../parts/trouble.tsx';
import { messages as common } from '../messages.ts';
import type { Settings } from '../use-settings.ts';
import { messages } from './messages.ts';
import styles from './system.module.css';

interface GitHubProps {
  /** As everybody may see them. */
  readonly apps: Settings['connections']['github'];
  readonly isAdministrator: boolean;
}

/** Whether pull requests get comments and checks, and by which App. */
export function GitHub({ apps, isAdministrator }: GitHubProps) {
  const say = useText();
  if (isAdministrator) return <OfAdministrators />;
  return (
    <Section title={say(messages.github)}>
      {apps.length === 0 ? (
        <Nothing>
          {say(messages.noGitHub)} {say(messages.askAdministrator)}
        </Nothing>
      ) : (
        <AppTable apps={apps.map((app) => ({ ...app, id: `${app.host} ${app.slug}` }))} />
      )}
    </Section>
  );
}

/** Asked only for those who may: a refusal is recorded. */
function OfAdministrators() {
  const say = useText();
  const apps = useQuery({
    queryKey: ['github'],
    queryFn: ({ signal }) => answerOf(api.GET('/v1/github/apps', { signal })),
  });
  return (
    <Section title={say(messages.github)} aside={<Connect />}>
      <Answered query={apps}>
        {({ apps: all }) =>
          all.length === 0 ? <Nothing>{say(messages.noGitHub)}</Nothing> : <AppTable apps={all} mayAct />
        }
      </Answered>
      <p className={styles.soft}>{say(messages.gitHubByCommand)}</p>
    </Section>
  );
}

type App = Pick<
  Read<'/v1/github/apps'>['apps'][number],
  'id' | 'host' | 'slug' | 'connectedAt' | 'connectedBy'
> &
  Partial<Read<'/v1/github/apps'>['apps'][number]>;

function AppTable({ apps, mayAct = false }: { readonly apps: readonly App[]; readonly mayAct?: boolean }) {
  const say = useText();
  const zone = useTimeZoneName();
  const columns: readonly Column<App>[] = [
    {
      id: 'app',
      header: say(messages.app),
      place: 'title',
      cell: ({ slug, host }) => (
        <div className={styles.lines}>
          <strong>{slug}</strong>
          <span className={styles.soft}>{host}</span>
        </div>
      ),
    },
    {
      id: 'connected',
      header: say(messages.connectedIn, { zone }),
      cell: ({ connectedAt, connectedBy }) => (
        <>
          <Time at={connectedAt} /> · {connectedBy}
        </>
      ),
    },
  ];
  const ofAdministrators: readonly Column<App>[] = [
    {
      id: 'delivery',
      header: say(messages.lastDelivery, { zone }),
      cell: ({ lastDeliveryAt }) =>
        lastDeliveryAt === undefined ? say(messages.never) : <Time at={lastDeliveryAt} />,
    },
    { id: 'acts', header: say(common.acts), place: 'line', cell: (app) => <Disconnect app={app} /> },
  ];
  return (
    <Table
      label={say(messages.github)}
      columns={mayAct ? [...columns, ...ofAdministrators] : columns}
      rows={apps}
      keyOf={({ id }) => id}
    />
  );
}

const readAgain = () =>
  Promise.all(['github', 'settings'].map((about) => queryClient.invalidateQueries({ queryKey: [about] })));

function Disconnect({ app: { id, slug, host } }: { readonly app: App }) {
  const say = useText();
  const [open, setOpen] = useState(false);
  const disconnect = useMutation({
    mutationFn: () => answerOf(api.POST('/v1/github/apps/{id}/disconnect', { params: { path: { id } } })),
    onSuccess: () => setOpen(false),
    onSettled: readAgain,
  });
  return (
    <Act
      title={say(messages.disconnectTitle, { slug, host })}
      opener={say(messages.disconnect)}
      about={slug}
      act={say(messages.disconnectNow)}
      pending={say(messages.disconnecting)}
      look="danger"
      open={open}
      onOpenChange={setOpen}
      running={{ ...disconnect, mutate: () => disconnect.mutate() }}
    >
      <p>{say(messages.disconnectHits)}</p>
      <p>{say(messages.disconnectUndo, { slug })}</p>
    </Act>
  );
}

/** In two steps: the server makes a link that opens once, and GitHub is asked in the browser of who pressed. */
function Connect() {
  const say = useText();
  const [open, setOpen] = useState(false);
  const [host, setHost] = useState('github.com');
  const [organization, setOrganization] = useState('');
  const begin = useMutation({
    mutationFn: () => {
      const owner = organization.trim() === '' ? {} : { organization: organization.trim() };
      return answerOf(api.POST('/v1/github/connects', { body: { host: host.trim(), ...owner } }));
    },
  });
  const change = (next: boolean): void => {
    begin.reset();
    setOpen(next);
  };
  return (
    <Dialog
      title={say(messages.connectTitle)}
      closeLabel={say(parts.close)}
      open={open}
      onOpenChange={change}
      opener={<Button>{say(messages.connect)}</Button>}
    >
      {begin.isSuccess ? (
        <div className={act.act}>
          <p>{say(messages.connectGoOn)}</p>
          <div className={act.buttons}>
            <Button onClick={() => change(false)}>{say(parts.cancel)}</Button>
            <a className={buttonClass('primary')} href={begin.data.url}>
              {say(messages.connectOpen)}
            </a>
          </div>
        </div>
      ) : (
        <form
          className={act.act}
          onSubmit={(event) => {
            event.preventDefault();
            begin.mutate();
          }}
        >
          <p>{say(messages.connectWhy)}</p>
          <Input
            label={say(messages.host)}
            value={host}
            required
            maxLength={260}
            onChange={(event) => setHost(event.target.value)}
          />
          <Input
            label={say(messages.owner)}
            value={organization}
            maxLength={100}
            autoComplete="off"
            onChange={(event) => setOrganization(event.target.value)}
          />
          <p className={act.soft}>{say(messages.connectUndo)}</p>
          <Trouble error={begin.error} />
          <div className={act.buttons}>
            <Button onClick={() => change(false)}>{say(parts.cancel)}</Button>
            <Button look="primary" type="submit" disabled={begin.isPending || host.trim() === ''}>
              {say(begin.isPending ? messages.preparing : messages.connectNext)}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
