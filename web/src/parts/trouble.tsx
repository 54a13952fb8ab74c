import { NoAnswer } from '../api/failure.ts';
import { NoPasskey, type PasskeyTrouble } from '../api/passkey.ts';
import { useText } from '../app/text.ts';
import { Icon } from './icon.tsx';
import { messages } from './messages.ts';
import styles from './trouble.module.css';

/** Why an act came to nothing, and what to do: the server's words, or what the browser tells of a passkey. Nothing without an error. */
export function Trouble({ error }: { readonly error: Error | null }) {
  const words = useTrouble(error);
  if (words.length === 0) return null;
  return (
    <div role="alert" className={styles.trouble}>
      <Icon name="warning" />
      <div>
        {words.map((one) => (
          <p key={one}>{one}</p>
        ))}
      </div>
    </div>
  );
}

const TROUBLES = {
  cancelled: messages.cancelled,
  'known-already': messages.knownAlready,
  unsupported: messages.unsupported,
} as const satisfies Record<Exclude<PasskeyTrouble, 'other-address'>, unknown>;

function useTrouble(error: Error | null): readonly string[] {
  const say = useText();
  if (error === null) return [];
  if (error instanceof NoPasskey) {
    return error.trouble === 'other-address'
      ? [say(messages.otherAddress, { host: location.host })]
      : [say(TROUBLES[error.trouble])];
  }
  if (!(error instanceof NoAnswer)) return [say(messages.failed), say(messages.failedWhy)];
  const { failure } = error;
  if (failure.kind === 'unreachable') return [say(messages.unreachable), say(messages.unreachableWhy)];
  return (
    failure.problem?.reasons.map(({ message, remedy }) => `${message} ${remedy}`) ?? [
      say(messages.failed),
      say(messages.failedWhy),
    ]
  );
}
