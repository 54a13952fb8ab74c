import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { queryClient } from '../../api/client.ts';
import { type Assertion, assertionFor, type PasskeyCreation } from '../../api/passkey.ts';
import { useText } from '../../app/text.ts';
import act from '../../parts/act.module.css';
import { Act } from '../../parts/act.tsx';
import { Input } from '../../parts/field.tsx';
import { beginEnrolment, enrol } from '../enrol.ts';
import { messages as common } from '../messages.ts';
import { messages } from './messages.ts';
import { passkeysKey } from './use-passkeys.ts';

/** Confirmed, with what the authenticator is asked for next. */
interface Begun {
  readonly creation: PasskeyCreation;
  readonly confirmation: Assertion | undefined;
}

/** In two presses: phones show one request of a page per press. */
export function AddPasskey({
  person,
  mustConfirm,
}: {
  readonly person: string;
  readonly mustConfirm: boolean;
}) {
  const say = useText();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState('');
  const [begun, setBegun] = useState<Begun>();
  const close = (): void => {
    setOpen(false);
    setBegun(undefined);
    setName('');
  };
  const step = useMutation({
    mutationFn: async () => {
      if (begun === undefined) {
        const options = await beginEnrolment();
        const asked = options.confirmation;
        const next = {
          creation: options.creation,
          confirmation: asked === undefined ? undefined : await assertionFor(asked),
        };
        if (mustConfirm) return setBegun(next);
        await enrol({ ...next, name: name.trim() });
      } else await enrol({ ...begun, name: name.trim() });
      await queryClient.invalidateQueries({ queryKey: passkeysKey(person) });
      close();
    },
    // What was confirmed is good once.
    onError: () => setBegun(undefined),
  });
  const isConfirming = mustConfirm && begun === undefined;
  return (
    <Act
      title={say(messages.add)}
      opener={say(messages.add)}
      act={say(isConfirming ? messages.confirm : messages.create)}
      pending={say(common.waiting)}
      isReady={isConfirming || name.trim() !== ''}
      open={open}
      onOpenChange={(next) => (next ? setOpen(true) : close())}
      running={{ ...step, mutate: () => step.mutate() }}
    >
      {mustConfirm && (
        <ol className={act.steps}>
          <li aria-current={isConfirming ? 'step' : undefined}>{say(messages.stepConfirm)}</li>
          <li aria-current={isConfirming ? undefined : 'step'}>{say(messages.stepCreate)}</li>
        </ol>
      )}
      {!isConfirming && (
        <Input
          label={say(messages.nameLabel)}
          value={name}
          required
          maxLength={64}
          onChange={(event) => setName(event.target.value)}
        />
      )}
      <p className={act.soft}>{say(messages.addUndo)}</p>
    </Act>
  );
}
