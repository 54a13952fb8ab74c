import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answerOf, api } from '../../api/client.ts';
import { signedByPasskey } from '../../api/passkey.ts';
import type { paths } from '../../api/types.gen.ts';
import { usePreferences } from '../../app/preferences.ts';
import { useText } from '../../app/text.ts';
import act from '../../parts/act.module.css';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Input } from '../../parts/field.tsx';
import { messages as parts } from '../../parts/messages.ts';
import { Trouble } from '../../parts/trouble.tsx';
import { linkStatement, newNonce } from '../link-statement.ts';
import { messages as common } from '../messages.ts';
import { messages } from './messages.ts';
import styles from './people.module.css';

type MadeLink = paths['/v1/sign-in/links']['post']['responses'][201]['content']['application/json'];

interface MakeLinkProps {
  readonly person: string;
  /** `server.publicUrl`. */
  readonly server: string;
  readonly purpose: 'invite' | 'recovery';
}

/** A link that lets a person in, made with the signature of an administrator’s passkey: no session does it. */
export function MakeLink(props: MakeLinkProps) {
  const { person, purpose } = props;
  const say = useText();
  const [open, setOpen] = useState(false);
  const isRecovery = purpose === 'recovery';
  const title = say(isRecovery ? messages.recoverTitle : messages.inviteTitle, { person });
  return (
    <Dialog
      title={title}
      closeLabel={say(parts.close)}
      open={open}
      onOpenChange={setOpen}
      opener={
        <Button look={isRecovery ? 'plain' : 'primary'}>
          {say(isRecovery ? messages.recover : messages.invite)}
        </Button>
      }
    >
      <Making {...props} onClose={() => setOpen(false)} />
    </Dialog>
  );
}

function Making({ person, server, purpose, onClose }: MakeLinkProps & { readonly onClose: () => void }) {
  const say = useText();
  const [reason, setReason] = useState('');
  const isRecovery = purpose === 'recovery';
  const made = useMutation({
    mutationFn: async () => {
      const statement = linkStatement({
        ...{ server, person, purpose, at: new Date(), nonce: newNonce() },
        ...(isRecovery ? { reason: reason.trim() } : {}),
      });
      const assertion = await signedByPasskey(statement);
      if (assertion === undefined) return undefined;
      return answerOf(api.POST('/v1/sign-in/links', { body: { statement, assertion } }));
    },
  });
  if (made.data !== undefined) return <Made link={made.data} onClose={onClose} />;
  return (
    <form
      className={act.act}
      onSubmit={(event) => {
        event.preventDefault();
        made.mutate();
      }}
    >
      <p>{isRecovery ? say(messages.recoverWhy, { person }) : say(messages.inviteWhy)}</p>
      <p className={styles.warning}>{say(messages.handOver, { person })}</p>
      <p className={act.soft}>{say(messages.standsOn)}</p>
      <p className={act.soft}>{say(messages.undo)}</p>
      {isRecovery && (
        <Input
          label={say(common.reason)}
          value={reason}
          required
          maxLength={500}
          onChange={(event) => setReason(event.target.value)}
        />
      )}
      <Trouble error={made.error} />
      {made.isSuccess && (
        <p role="alert" className={styles.warning}>
          {say(messages.noPasskey)}
        </p>
      )}
      <div className={act.buttons}>
        <Button onClick={onClose}>{say(parts.cancel)}</Button>
        <Button
          look={isRecovery ? 'danger' : 'primary'}
          type="submit"
          disabled={made.isPending || (isRecovery && reason.trim() === '')}
        >
          {made.isPending ? say(common.waiting) : say(messages.make)}
        </Button>
      </div>
    </form>
  );
}

function Made({ link, onClose }: { readonly link: MadeLink; readonly onClose: () => void }) {
  const say = useText();
  const { language } = usePreferences();
  const [copied, setCopied] = useState(false);
  const { person, url, expiresAt } = link;
  const until = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeStyle: 'long' }).format(
    new Date(expiresAt),
  );
  // Where a browser forbids it, the link can be selected.
  const copy = (): void =>
    void navigator.clipboard.writeText(url).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <div className={styles.made}>
      <p role="status">{say(messages.madeWhy, { person, until })}</p>
      <code className={styles.link}>{url}</code>
      <p className={styles.warning}>{say(messages.handOver, { person })}</p>
      <div className={act.buttons}>
        <Button look="primary" onClick={copy}>
          {say(copied ? messages.copied : messages.copy)}
        </Button>
        <Button onClick={onClose}>{say(messages.done)}</Button>
      </div>
    </div>
  );
}
