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

/** What the tab that holds the stream tells the others. */
type Heard =
  | { readonly kind: 'change'; readonly event: LiveEvent }
  /** The stream begins, or events were lost: anything may have changed. */
  | { readonly kind: 'anything' }
  /** The server gives no stream, maybe because the session is over. */
  | { readonly kind: 'refused' };

/** Of the lock and of the channel. */
const NAME = 'sekisho.events';

/** Follows the server's events while the page can be seen. Answers how to stop. */
function followEvents(): () => void {
  let stop: (() => void) | undefined;
  const seenOrNot = (): void => {
    stop?.();
    stop = document.visibilityState === 'visible' ? listen() : undefined;
  };
  seenOrNot();
  document.addEventListener('visibilitychange', seenOrNot);
  return () => {
    document.removeEventListener('visibilitychange', seenOrNot);
    stop?.();
  };
}

/**
 * Browsers open six connections to a server for all tabs together (HTTP/1.1), and a stream takes one for good. So of the tabs that are seen, the one with
 * the lock holds the stream and tells the others; when it is closed or hidden, the next one gets the lock.
 */
function listen(): () => void {
  const stopped = new AbortController();
  const channel = new BroadcastChannel(NAME);
  channel.addEventListener('message', ({ data }: MessageEvent<Heard>) => hear(data));
  const tell = (heard: Heard): void => {
    hear(heard);
    channel.postMessage(heard);
  };
  const lead = (): Promise<void> => holdStream(tell, stopped.signal);
  takeTurns(lead, stopped.signal).catch((error: unknown) => {
    if (!stopped.signal.aborted) throw error;
  });
  return () => {
    stopped.abort();
    channel.close();
  };
}

async function takeTurns(lead: () => Promise<void>, stopped: AbortSignal): Promise<void> {
  const wasFree = await navigator.locks.request(NAME, { ifAvailable: true }, async (lock) => {
    if (lock !== null) await lead();
    return lock !== null;
  });
  if (wasFree || stopped.aborted) return;
  // What happened before this tab listened to the one that leads.
  hear({ kind: 'anything' });
  await navigator.locks.request(NAME, { signal: stopped }, lead);
}

/** Until it is stopped. Once the stream is ready, everything is read again, because it may have changed between the answer and the stream. */
function holdStream(tell: (heard: Heard) => void, stopped: AbortSignal): Promise<void> {
  if (stopped.aborted) return Promise.resolve();
  let source: EventSource | undefined;
  let later: ReturnType<typeof setTimeout> | undefined;
  const open = (): void => {
    source = new EventSource('/v1/events');
    source.addEventListener('ready', () => tell({ kind: 'anything' }));
    source.addEventListener('gap', () => tell({ kind: 'anything' }));
    source.addEventListener('change', ({ data }) => tell({ kind: 'change', event: JSON.parse(data) }));
    source.addEventListener('error', () => {
      // Otherwise the browser comes back by itself, and says what it heard last.
      if (source?.readyState !== EventSource.CLOSED) return;
      later = setTimeout(open, COME_BACK_MS);
      tell({ kind: 'refused' });
    });
  };
  open();
  return new Promise((resolve) => {
    stopped.addEventListener('abort', () => {
      clearTimeout(later);
      source?.close();
      resolve();
    });
  });
}

function hear(heard: Heard): void {
  if (heard.kind === 'change') gather(heard.event);
  else if (heard.kind === 'anything') readAgain();
  else void queryClient.invalidateQueries({ queryKey: ['me'] });
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
