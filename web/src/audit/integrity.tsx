import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { answerOf, api } from '../api/client.ts';
import { useText } from '../app/text.ts';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icon.tsx';
import { Answered } from '../parts/states.tsx';
import { Time } from '../parts/time.tsx';
import styles from './integrity.module.css';
import { messages } from './messages.ts';
import { type LogState, stateQuery } from './queries.ts';

/** Whether the log fits together, as far as the server knows; and to have every entry looked at. */
export function Integrity() {
  const say = useText();
  const state = useQuery(stateQuery);
  const queries = useQueryClient();
  const verify = useMutation({
    mutationFn: () => answerOf(api.POST('/v1/audit/verify')),
    onSuccess: () => queries.invalidateQueries({ queryKey: stateQuery.queryKey }),
  });
  return (
    <section className={styles.box} aria-label={say(messages.integrity)}>
      <Answered query={state}>
        {(known) => (
          <>
            <ul className={styles.facts} aria-live="polite">
              <li>
                <strong>{say(messages.size, { count: known.size })}</strong>
              </li>
              <Checkpoint state={known} />
              <Verdict verified={known.verified} />
            </ul>
            <Button disabled={verify.isPending} onClick={() => verify.mutate()}>
              {say(verify.isPending ? messages.verifying : messages.verify)}
            </Button>
            {verify.isError && <p role="alert">{say(messages.verifyFailed)}</p>}
            <p className={styles.soft}>{say(messages.serversWord)}</p>
          </>
        )}
      </Answered>
    </section>
  );
}

function Checkpoint({ state: { checkpoint, continues } }: { readonly state: LogState }) {
  const say = useText();
  if (checkpoint === undefined) return <li className={styles.soft}>{say(messages.noCheckpoint)}</li>;
  return (
    <li className={continues ? styles.good : styles.bad}>
      <Icon name={continues ? 'check' : 'warning'} />
      <span>
        {say(continues ? messages.continues : messages.broken)}{' '}
        <span className={styles.soft}>
          (<Time at={checkpoint.at} zoned />, {say(messages.checkpointOf, { count: checkpoint.size })})
        </span>
      </span>
    </li>
  );
}

function Verdict({ verified }: { readonly verified: LogState['verified'] | undefined }) {
  const say = useText();
  if (verified === undefined) return <li className={styles.soft}>{say(messages.notVerified)}</li>;
  const { at, kind, size, tampering = '', position } = verified;
  if (kind === 'intact') {
    return (
      <li className={styles.good}>
        <Icon name="check" />
        <span>
          {say(messages.intact)}{' '}
          <span className={styles.soft}>
            (<Time at={at} zoned />, {say(messages.size, { count: size })})
          </span>
        </span>
      </li>
    );
  }
  return (
    <li className={styles.bad}>
      <Icon name="warning" />
      <span role="alert">
        {say(messages.tampered, { tampering })}{' '}
        {position !== undefined && (
          <Link to="/audit/$entry" params={{ entry: String(position) }}>
            {say(messages.tamperedAt, { position: String(position) })}
          </Link>
        )}{' '}
        {say(messages.tamperedNext)}
      </span>
    </li>
  );
}
