import { useEffect } from 'react';
import { queryClient } from './client.ts';
import { changes, isStale, type LiveEvent } from './stale.ts';

/** What happens at once is read again at once: an apply begins with several entries. */
const GATHER_MS = 200;
/** After the server refused the stream: too many, or it is stopping. */
const COME_BACK_MS = 30_000;

/** While somebody is signed in, reads again what is shown as soon as it is stale, without anybody loading the page again. */
export function useLive(signedIn: boolean): void {
  useEffect(() => (signedIn ? followEvents() : undefined), [signedIn]);
}

/**
 * Follows the server's events while the page can be seen: browsers open six connections to a server for all tabs together, and a stream takes one.
 * Once the stream is ready, everything that changes is read again, because it may have between the answer and the stream. Answers how to stop.
 */
function followEvents(): () => void {
  let source: EventSource | undefined;
  let later: ReturnType<typeof setTimeout> | undefined;
  const close = (): void => {
    clearTimeout(later);
    source?.close();
    source = undefined;
  };
  const open = (): void => {
    close();
    source = new EventSource('/v1/events');
    source.addEventListener('ready', readAgain);
    source.addEventListener('gap', readAgain);
    source.addEventListener('change', ({ data }) => gather(JSON.parse(data)));
    source.addEventListener('error', () => {
      // Otherwise the browser comes back by itself, and says what it heard last.
      if (source?.readyState !== EventSource.CLOSED) return;
      later = setTimeout(open, COME_BACK_MS);
      // Refused, maybe because the session is over.
      void queryClient.invalidateQueries({ queryKey: ['me'] });
    });
  };
  const seenOrNot = (): void => {
    if (document.visibilityState === 'visible') open();
    else close();
  };
  seenOrNot();
  document.addEventListener('visibilitychange', seenOrNot);
  return () => {
    document.removeEventListener('visibilitychange', seenOrNot);
    close();
  };
}

const readAgain = (): void =>
  void queryClient.invalidateQueries({ predicate: ({ queryKey }) => changes(queryKey) });

let gathered: LiveEvent[] = [];

function gather(event: LiveEvent): void {
  gathered.push(event);
  if (gathered.length === 1) setTimeout(readStale, GATHER_MS);
}

function readStale(): void {
  const events = gathered;
  gathered = [];
  void queryClient.invalidateQueries({
    predicate: ({ queryKey }) => events.some((event) => isStale(queryKey, event)),
  });
}
