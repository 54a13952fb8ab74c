import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Environment } from '../api/answers.ts';
import { answerOf, api, queryClient } from '../api/client.ts';
import { useText } from '../app/text.ts';
import { Act } from '../parts/act.tsx';
import { Input } from '../parts/field.tsx';
import { Time } from '../parts/time.tsx';
import { messages } from './messages.ts';
import styles from './stack-page.module.css';
import type { Stack } from './standing.tsx';

interface UnlockProps {
  readonly stack: string;
  readonly environment: Environment;
  readonly lock: NonNullable<Stack['lock']>;
}

/** Who holds the stack, and the way to take it away from them; whether somebody may, the policy decides when it is asked for. */
export function Unlock({ stack, environment, lock }: UnlockProps) {
  const { repository, pullRequest, since, byWhom, grant } = lock;
  const say = useText();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const holder = `${repository.name} #${pullRequest}`;
  const unlock = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/v1/stacks/{stack}/unlock', {
          params: { path: { stack } },
          body: { reason: reason.trim() },
        }),
      ),
    onSuccess: () => setOpen(false),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['accounts'] }),
  });
  return (
    <div className={styles.lock}>
      <p>
        {say(messages.holds, { pullRequest: holder, whom: byWhom })} <Time at={since} />{' '}
        <Link to="/grants/$grant" params={{ grant }}>
          {say(messages.byGrant)}
        </Link>
      </p>
      <Act
        title={say(messages.unlockTitle, { stack })}
        opener={say(messages.unlock)}
        act={say(messages.unlockNow)}
        pending={say(messages.unlocking)}
        look={environment === 'production' ? 'danger' : 'primary'}
        isReady={reason.trim() !== ''}
        open={open}
        onOpenChange={setOpen}
        running={{ ...unlock, mutate: () => unlock.mutate() }}
      >
        <p>{say(messages.unlockHits, { pullRequest: holder })}</p>
        <p>{say(messages.unlockUndo)}</p>
        <Input
          label={say(messages.reason)}
          value={reason}
          maxLength={500}
          required
          autoComplete="off"
          onChange={(event) => setReason(event.target.value)}
        />
      </Act>
    </div>
  );
}
