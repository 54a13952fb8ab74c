import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api, queryClient } from '../../api/client.ts';
import { confirmation } from '../../api/passkey.ts';
import { useText } from '../../app/text.ts';
import act from '../../parts/act.module.css';
import { Act } from '../../parts/act.tsx';
import { Input } from '../../parts/field.tsx';
import type { Passkey } from '../enrol.ts';
import { messages as common } from '../messages.ts';
import { messages } from './messages.ts';
import { passkeysKey } from './use-passkeys.ts';

interface RemoveProps {
  readonly passkey: Passkey;
  readonly isOwn: boolean;
  /** Of its owner’s, among those that work. */
  readonly isLast: boolean;
}

/** The last one only when that is said in so many words; another’s only with a reason. */
export function RemovePasskey({ passkey, isOwn, isLast }: RemoveProps) {
  const say = useText();
  const [open, setOpen] = useState(false);
  const [evenTheLast, setEvenTheLast] = useState(false);
  const [reason, setReason] = useState('');
  const { id, name, person } = passkey;
  const remove = useMutation({
    mutationFn: async () => {
      const confirmed = await confirmation();
      const body = {
        evenTheLast: isLast && evenTheLast,
        ...(confirmed === undefined ? {} : { confirmation: confirmed }),
        ...(isOwn ? {} : { reason: reason.trim() }),
      };
      await answerOf(api.POST('/v1/passkeys/{id}/remove', { params: { path: { id } }, body }));
    },
    onSuccess: async () => {
      setOpen(false);
      await queryClient.invalidateQueries({ queryKey: passkeysKey(person) });
      // It may have opened this very session.
      await queryClient.invalidateQueries({ queryKey: ['me'] });
    },
  });
  return (
    <Act
      title={say(messages.removeTitle, { name })}
      opener={say(messages.remove)}
      about={name}
      act={say(messages.remove)}
      pending={say(common.waiting)}
      look="danger"
      isReady={(isOwn || reason.trim() !== '') && (!isLast || evenTheLast)}
      open={open}
      onOpenChange={(next) => {
        setEvenTheLast(false);
        setOpen(next);
      }}
      running={{ ...remove, mutate: () => remove.mutate() }}
    >
      {!isOwn && <p>{say(messages.removeOf, { person })}</p>}
      <p>{say(messages.removeWhy)}</p>
      <p className={act.soft}>{say(messages.removeUndo)}</p>
      {!isOwn && (
        <Input
          label={say(common.reason)}
          value={reason}
          required
          maxLength={500}
          onChange={(event) => setReason(event.target.value)}
        />
      )}
      {isLast && (
        <label className={act.check}>
          <input
            type="checkbox"
            checked={evenTheLast}
            onChange={(event) => setEvenTheLast(event.target.checked)}
          />
          {say(messages.evenLast)}
        </label>
      )}
    </Act>
  );
}
