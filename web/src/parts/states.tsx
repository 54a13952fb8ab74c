import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { type Failure, NoAnswer } from '../api/failure.ts';
import { useText } from '../app/text.ts';
import { Button, buttonClass } from './button.tsx';
import { Icon, type IconName } from './icon.tsx';
import { messages } from './messages.ts';
import { Quoted } from './quoted.tsx';
import styles from './states.module.css';

interface StateProps {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ReactNode;
  /** What to do next: a button or a link. */
  readonly next?: ReactNode;
  /** `h1` where it is the whole page. */
  readonly heading?: 'h1' | 'h2' | undefined;
}

/** What stands in the place of content: empty, refused, failed. Says what to do next. */
export function State({ icon, title, children, next, heading: Heading = 'h2' }: StateProps) {
  return (
    <div className={styles.state}>
      <span className={styles.icon}>
        <Icon name={icon} size={26} />
      </span>
      <Heading>{title}</Heading>
      {children !== undefined && <div className={styles.words}>{children}</div>}
      {next}
    </div>
  );
}

/** In the place of a list that is empty, beside others that are not: what is missing, and what to do. */
export function Nothing({ children }: { readonly children: ReactNode }) {
  return <p className={styles.nothing}>{children}</p>;
}

/** Grey lines in the place of rows that are on their way; said to screen readers once. */
export function Loading({ rows = 6, heading }: Pick<StateProps, 'heading'> & { readonly rows?: number }) {
  const say = useText();
  const Words = heading ?? 'span';
  return (
    <div role="status" className={styles.loading}>
      <Words className="for-readers-only">{say(messages.loading)}</Words>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows that are all alike and never move.
        <div key={row} className={styles.line} />
      ))}
    </div>
  );
}

/** Nobody is signed in, or not any more; comes back to this page. */
function SignedOut({ heading }: Pick<StateProps, 'heading'>) {
  const say = useText();
  const here = encodeURIComponent(location.pathname + location.search);
  return (
    <State
      icon="key"
      heading={heading}
      title={say(messages.signedOut)}
      next={
        <a className={buttonClass('primary')} href={`/sign-in?returnTo=${here}`}>
          {say(messages.signIn)}
        </a>
      }
    >
      <p>{say(messages.signedOutWhy)}</p>
    </State>
  );
}

export function NotFound({ heading }: Pick<StateProps, 'heading'>) {
  const say = useText();
  return (
    <State
      icon="gate"
      heading={heading}
      title={say(messages.notFound)}
      next={
        <a className={buttonClass()} href="/changes">
          {say(messages.toChanges)}
        </a>
      }
    >
      <p>{say(messages.notFoundWhy)}</p>
    </State>
  );
}

interface FailureProps extends Pick<StateProps, 'heading'> {
  readonly failure: Failure;
  readonly again?: () => void;
}

/** What the server said instead of an answer, in its own words and with its own remedy. */
export function FailureState({ failure, again, heading }: FailureProps) {
  const say = useText();
  const next = again && <Button onClick={again}>{say(messages.tryAgain)}</Button>;
  switch (failure.kind) {
    case 'signed-out':
      return <SignedOut heading={heading} />;
    case 'unreachable':
      return (
        <State icon="offline" heading={heading} title={say(messages.unreachable)} next={next}>
          <p>{say(messages.unreachableWhy)}</p>
        </State>
      );
    case 'not-found':
      return failure.problem === undefined ? (
        <NotFound heading={heading} />
      ) : (
        <ProblemState failure={failure} icon="gate" heading={heading} />
      );
    case 'denied':
      return <ProblemState failure={failure} icon="refused" heading={heading} />;
    case 'failed':
      return <ProblemState failure={failure} icon="warning" heading={heading} next={next} />;
  }
}

const TITLES = { denied: messages.denied, 'not-found': messages.notFound, failed: messages.failed } as const;

function ProblemState({
  failure: { kind, problem },
  ...place
}: {
  readonly failure: Extract<Failure, { kind: keyof typeof TITLES }>;
} & Pick<StateProps, 'icon' | 'next' | 'heading'>) {
  const say = useText();
  return (
    <State title={say(TITLES[kind])} {...place}>
      {problem === undefined && <p>{say(messages.failedWhy)}</p>}
      {problem?.reasons.map(({ rule, message, remedy }) => (
        <p key={rule}>
          <Quoted words={message} /> <Quoted words={remedy} />
        </p>
      ))}
      {problem !== undefined && kind === 'failed' && (
        <p className={styles.small}>{say(messages.requestId, { id: problem.requestId })}</p>
      )}
    </State>
  );
}

/** An exception while a page was drawn, or a part of it that could not be loaded. */
export function Broken({ error }: { readonly error: unknown }) {
  const say = useText();
  if (error instanceof NoAnswer) return <FailureState failure={error.failure} heading="h1" />;
  return (
    <State
      icon="warning"
      heading="h1"
      title={say(messages.broken)}
      next={<Button onClick={() => location.reload()}>{say(messages.reload)}</Button>}
    >
      <p>{say(messages.brokenWhy)}</p>
    </State>
  );
}

/** The states of a query, until there is data: loading, offline, failed. Data that is there stays while it is read again, but goes with the session. */
export function Answered<T>({
  query,
  heading,
  children,
}: Pick<StateProps, 'heading'> & {
  readonly query: Pick<UseQueryResult<T, NoAnswer>, 'data' | 'error' | 'fetchStatus' | 'refetch'>;
  readonly children: (data: T) => ReactNode;
}) {
  const say = useText();
  const isOver = query.error?.failure.kind === 'signed-out';
  if (query.data !== undefined && !isOver) return children(query.data);
  if (query.error !== null) {
    return (
      <FailureState failure={query.error.failure} heading={heading} again={() => void query.refetch()} />
    );
  }
  if (query.fetchStatus !== 'paused') return <Loading heading={heading} />;
  return (
    <State icon="offline" heading={heading} title={say(messages.offline)}>
      <p>{say(messages.offlineWhy)}</p>
    </State>
  );
}
