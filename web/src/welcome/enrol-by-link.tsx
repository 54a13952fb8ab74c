import { useMutation } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { queryClient } from '../api/client.ts';
import { useText } from '../app/text.ts';
import { Button, buttonClass } from '../parts/button.tsx';
import { Input } from '../parts/field.tsx';
import { Icon } from '../parts/icon.tsx';
import { Trouble } from '../parts/trouble.tsx';
import { deviceOf } from '../settings/device.ts';
import { beginEnrolment, enrol, type Passkey } from '../settings/enrol.ts';
import { Card } from '../sign-in/card.tsx';
import { safeReturnTo } from '../sign-in/return-to.ts';
import { messages } from './messages.ts';
import styles from './welcome-page.module.css';
import type { Opened } from './welcome-page.tsx';

const route = getRouteApi('/welcome');

interface EnrolProps {
  readonly person: string;
  /** What the link said; absent after the page was loaded again. */
  readonly opened?: Opened;
}

export function EnrolByLink({ person, opened }: EnrolProps) {
  const say = useText();
  const [name, setName] = useState(() => deviceOf(navigator.userAgent).system ?? '');
  const enrolled = useMutation({
    mutationFn: async () => {
      const { creation } = await beginEnrolment();
      return enrol({ name: name.trim(), creation, confirmation: undefined });
    },
    onSuccess: () => queryClient.clear(),
  });
  if (enrolled.isSuccess) return <Done passkey={enrolled.data} />;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    enrolled.mutate();
  };
  return (
    <Card icon="person" title={say(messages.hello, { person })}>
      {opened !== undefined && <Why {...opened} />}
      <p>{say(messages.enrolWhy)}</p>
      <form className={styles.form} onSubmit={submit}>
        <Input
          label={say(messages.name)}
          value={name}
          required
          maxLength={64}
          onChange={(event) => setName(event.target.value)}
        />
        <p className={styles.soft}>{say(messages.nameHint)}</p>
        <Button look="primary" type="submit" disabled={enrolled.isPending || name.trim() === ''}>
          <Icon name="key" /> {say(enrolled.isPending ? messages.waiting : messages.enrol)}
        </Button>
      </form>
      <Trouble error={enrolled.error} />
      <p className={styles.soft}>{say(messages.notYou, { person })}</p>
    </Card>
  );
}

/** Who lets the person in, and what comes of it. */
function Why({ person, purpose, vouchedBy }: Opened) {
  const say = useText();
  if (vouchedBy === null) return <p>{say(messages.byTerminal)}</p>;
  if (purpose === 'recovery') return <p>{say(messages.recovery, { who: vouchedBy })}</p>;
  return (
    <p>{vouchedBy === person ? say(messages.byYourself) : say(messages.byPerson, { who: vouchedBy })}</p>
  );
}

function Done({ passkey }: { readonly passkey: Passkey }) {
  const say = useText();
  const { returnTo } = route.useSearch();
  const who = passkey.standsOn.join(', ');
  return (
    <Card icon="check" title={say(messages.done)}>
      <p>{say(messages.doneWhy)}</p>
      {who !== '' && (
        <div className={styles.note}>
          {say(messages.standsOn, { who })}
          <code className={styles.fingerprint}>{passkey.fingerprint}</code>
        </div>
      )}
      <div className={styles.acts}>
        <a className={buttonClass('primary')} href={safeReturnTo(returnTo)}>
          {say(messages.goOn)}
        </a>
        <a className={buttonClass()} href="/settings">
          {say(messages.second)}
        </a>
      </div>
    </Card>
  );
}
