import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api, queryClient } from '../api/client.ts';
import { useText } from '../app/text.ts';
import { Act } from '../parts/act.tsx';
import { Input } from '../parts/field.tsx';
import { Time } from '../parts/time.tsx';
import styles from './grant-page.module.css';
import { messages } from './messages.ts';
import type { GrantDetail, PlaceOfGrant } from './queries.ts';

interface RevokeProps {
  readonly grant: GrantDetail;
  readonly place: PlaceOfGrant;
}

/** Takes the credentials back; says first what that hits, and that there is no way back. */
export function Revoke({ grant, place: { accountName = grant.account, revocable } }: RevokeProps) {
  const say = useText();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const revoke = useMutation({
    mutationFn: () =>
      answerOf(
        api.POST('/v1/grants/{id}/revoke', {
          params: { path: { id: grant.id } },
          body: reason.trim() === '' ? {} : { reason: reason.trim() },
        }),
      ),
    onSuccess: () => setOpen(false),
    onSettled: () =>
      Promise.all(
        ['grant', 'grants', 'overview'].map((about) => queryClient.invalidateQueries({ queryKey: [about] })),
      ),
  });
  return (
    <div className={styles.revoke}>
      <p>
        {grant.expiresAt === undefined ? (
          say(messages.beingIssued)
        ) : (
          <>
            {say(messages.credentialsOut)} <Time at={grant.expiresAt} />
          </>
        )}
      </p>
      <Act
        title={say(messages.revokeTitle)}
        opener={say(messages.revoke)}
        openerLook="danger"
        act={say(messages.revokeNow)}
        pending={say(messages.revoking)}
        look="danger"
        open={open}
        onOpenChange={setOpen}
        running={{ ...revoke, mutate: () => revoke.mutate() }}
      >
        <p>
          {say(messages.revokeHits, {
            stack: grant.stack,
            account: accountName,
            repository: grant.repository.name,
            run: grant.run.id,
          })}
        </p>
        {grant.purpose === 'apply' && <p>{say(messages.revokeStopsApply)}</p>}
        {revocable === false && <p className={styles.warning}>{say(messages.notDenied)}</p>}
        <p>{say(messages.noUndo)}</p>
        <Input
          label={say(messages.reason)}
          value={reason}
          maxLength={500}
          autoComplete="off"
          onChange={(event) => setReason(event.target.value)}
        />
      </Act>
    </div>
  );
}

/** How far the deny in AWS has come, for a grant that was taken back. */
export function Revocation({ grant: { status, revocation }, place: { revocable } }: RevokeProps) {
  const say = useText();
  if (status !== 'revoked') return null;
  if (revocation === undefined || revocation === 'pending') {
    return (
      <p role="status" className={styles.warning}>
        {say(revocable === false ? messages.neverDenied : messages.denyPending)}
      </p>
    );
  }
  return (
    <p role="status" className={styles.soft}>
      {say(revocation === 'in-force' ? messages.denyInForce : messages.denyLifted)}
    </p>
  );
}
