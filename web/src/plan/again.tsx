import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../api/client.ts';
import { useText } from '../app/text.ts';
import { originOf, shortCommit } from '../changes/origin.ts';
import { Act } from '../parts/act.tsx';
import { Icon } from '../parts/icon.tsx';
import { Time } from '../parts/time.tsx';
import styles from './again.module.css';
import { messages } from './messages.ts';
import { Plain } from './plain.tsx';
import type { PlanSummary } from './queries.ts';

/** Where nothing comes of the plan any more: how its change is planned, and after the merge applied, again. */
export function Again({ plan }: { readonly plan: PlanSummary }) {
  const say = useText();
  const again = plan.mine?.again;
  if (again === undefined) return null;
  const { how, asked } = again;
  return (
    <section aria-label={say(messages.again)} className={styles.again}>
      {asked === undefined ? (
        <p>
          {say(messages.spent)} {how === 'by-hand' && say(messages.byHand)}
        </p>
      ) : (
        <p role="status">
          <Icon name="check" /> {say(messages.askedAgain, { whom: asked.byWhom })} (<Time at={asked.at} />)
        </p>
      )}
      {how === 'run' && asked === undefined && <AskAgain plan={plan} />}
    </section>
  );
}

function AskAgain({ plan }: { readonly plan: PlanSummary }) {
  const say = useText();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const run = useMutation({
    mutationFn: () => answerOf(api.POST('/v1/plans/{id}/again', { params: { path: { id: plan.id } } })),
    onSuccess: () => setOpen(false),
    onSettled: () => client.invalidateQueries({ queryKey: ['plan', plan.id] }),
  });
  const isProduction = plan.environment === 'production';
  return (
    <Act
      title={say(messages.againTitle, { stack: plan.stack })}
      opener={say(messages.againAsk)}
      openerLook="primary"
      act={say(messages.againNow)}
      pending={say(messages.againStarting)}
      look={isProduction ? 'danger' : 'primary'}
      open={open}
      onOpenChange={setOpen}
      running={{ ...run, mutate: () => run.mutate() }}
    >
      <p>
        {say(messages.againDoes)} <Plain words={originOf(plan)} /> <code>{shortCommit(plan.commit)}</code>
      </p>
      <ul className={styles.list}>
        <li>{say(messages.againOpen)}</li>
        <li>{say(messages.againMerged)}</li>
        <li>{say(messages.againApprovals)}</li>
      </ul>
      <p className={styles.soft}>{say(messages.againUndo)}</p>
    </Act>
  );
}
