import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api, queryClient } from '../../api/client.ts';
import { useText } from '../../app/text.ts';
import { Act } from '../../parts/act.tsx';
import { Input } from '../../parts/field.tsx';
import type { Passkey } from '../enrol.ts';
import { messages as common } from '../messages.ts';
import { messages } from './messages.ts';
import { passkeysKey } from './use-passkeys.ts';

export function RenamePasskey({ passkey }: { readonly passkey: Passkey }) {
  const say = useText();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState(passkey.name);
  const rename = useMutation({
    mutationFn: () => {
      const params = { path: { id: passkey.id } };
      return answerOf(api.POST('/v1/passkeys/{id}/rename', { params, body: { name: name.trim() } }));
    },
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: passkeysKey(passkey.person) });
      setOpen(false);
    },
  });
  return (
    <Act
      title={say(messages.renameTitle, { name: passkey.name })}
      opener={say(messages.rename)}
      about={passkey.name}
      act={say(messages.save)}
      pending={say(messages.saving)}
      isReady={name.trim() !== ''}
      open={open}
      onOpenChange={(next) => {
        setName(passkey.name);
        setOpen(next);
      }}
      running={{ ...rename, mutate: () => rename.mutate() }}
    >
      <Input
        label={say(common.name)}
        value={name}
        required
        maxLength={64}
        onChange={(event) => setName(event.target.value)}
      />
    </Act>
  );
}
