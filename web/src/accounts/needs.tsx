import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Environment, Read } from '../api/answers.ts';
import { answerOf, api, queryClient } from '../api/client.ts';
import { useText } from '../app/text.ts';
import { Act } from '../parts/act.tsx';
import { Section } from '../parts/section.tsx';
import { Answered, Nothing } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { Time, useTimeZoneName } from '../parts/time.tsx';
import { messages } from './messages.ts';
import styles from './needs.module.css';

type Need = Read<'/v1/stacks/{stack}/needs'>['needs'][number];

interface NeedsProps {
  readonly stack: string;
  readonly environment: Environment;
}

/** What people added to what every plan of the stack may do: a plan that carries it says so to who approves it. */
export function Needs({ stack, environment }: NeedsProps) {
  const say = useText();
  const needs = useQuery({
    queryKey: ['needs', stack],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/v1/stacks/{stack}/needs', { params: { path: { stack } }, signal })),
  });
  return (
    <Section title={say(messages.needs)}>
      <Answered query={needs}>
        {({ needs: all }) =>
          all.length === 0 ? (
            <Nothing>{say(messages.noNeeds)}</Nothing>
          ) : (
            <NeedTable needs={all} stack={stack} environment={environment} />
          )
        }
      </Answered>
    </Section>
  );
}

function NeedTable({ needs, ...of }: NeedsProps & { readonly needs: readonly Need[] }) {
  const say = useText();
  const zone = useTimeZoneName();
  const columns: readonly Column<Need>[] = [
    {
      id: 'need',
      header: say(messages.permission),
      place: 'title',
      cell: ({ action, resource }) => (
        <div className={styles.need}>
          <code>{action}</code>
          <code className={styles.soft}>{resource}</code>
        </div>
      ),
    },
    { id: 'why', header: say(messages.why), place: 'line', cell: ({ reason }) => <bdi>{reason}</bdi> },
    {
      id: 'added',
      header: say(messages.addedIn, { zone }),
      cell: ({ addedAt, addedBy, plan }) => (
        <div className={styles.need}>
          <span>
            {addedBy} · <Time at={addedAt} />
          </span>
          {plan !== undefined && <PlanLink plan={plan} words={say(messages.refusedPlan)} />}
        </div>
      ),
    },
    {
      id: 'used',
      header: say(messages.lastGrantedTo),
      cell: ({ lastUsedBy }) =>
        lastUsedBy === undefined ? (
          <span className={styles.soft}>{say(messages.notGrantedYet)}</span>
        ) : (
          <PlanLink plan={lastUsedBy} words={say(messages.thePlan)} />
        ),
    },
    {
      id: 'acts',
      header: say(messages.acts),
      place: 'line',
      cell: (need) => <RemoveNeed need={need} {...of} />,
    },
  ];
  return <Table label={say(messages.needs)} columns={columns} rows={needs} keyOf={({ id }) => id} />;
}

function PlanLink({ plan, words }: { readonly plan: string; readonly words: string }) {
  return (
    <Link to="/changes/$plan" params={{ plan }}>
      {words}
    </Link>
  );
}

/** Whether somebody may, the policy decides when it is asked for. */
function RemoveNeed({ need, stack, environment }: NeedsProps & { readonly need: Need }) {
  const { id, action, resource, reason } = need;
  const say = useText();
  const [open, setOpen] = useState(false);
  const remove = useMutation({
    mutationFn: () =>
      answerOf(api.POST('/v1/stacks/{stack}/needs/{id}/remove', { params: { path: { stack, id } } })),
    onSuccess: () => setOpen(false),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['needs'] }),
  });
  return (
    <Act
      title={say(messages.removeTitle, { action })}
      opener={say(messages.remove)}
      about={action}
      act={say(messages.removeNow)}
      pending={say(messages.removing)}
      look={environment === 'production' ? 'danger' : 'primary'}
      open={open}
      onOpenChange={setOpen}
      running={{ ...remove, mutate: () => remove.mutate() }}
    >
      <p>{say(messages.removeHits, { stack, resource })}</p>
      <p>{say(messages.removeUndo)}</p>
      <code className={styles.command}>{commandToAdd({ stack, action, resource, reason })}</code>
    </Act>
  );
}

const quoted = (words: string): string => `'${words.replaceAll("'", `'\\''`)}'`;

const commandToAdd = ({
  stack,
  action,
  resource,
  reason,
}: Pick<Need, 'action' | 'resource' | 'reason'> & { readonly stack: string }): string =>
  `sekisho needs add --stack ${stack} --action ${action} --resource ${quoted(resource)} --reason ${quoted(reason)}`;
