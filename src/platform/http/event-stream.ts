import type { HttpContext } from './app.ts';

/** What a stream of events says next, in the words of `text/event-stream`; `undefined` when there is nothing more to say. */
export type NextEvents = (signal: AbortSignal) => Promise<string | undefined>;

export interface EventStreamOptions {
  readonly next: NextEvents;
  /** Once, when the stream ends on whichever side. */
  readonly onEnd: () => void;
}

/**
 * Answers with server-sent events (WHATWG HTML, section 9.2). `next` is asked only when what it said before has been written, so a client
 * that reads slowly makes nothing pile up here: it gets later what there is by then. When it goes away, `signal` is aborted.
 */
export function eventStream(c: HttpContext, { next, onEnd }: EventStreamOptions) {
  const gone = new AbortController();
  const encoder = new TextEncoder();
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    gone.abort();
    onEnd();
  };
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        try {
          const words = await next(gone.signal);
          if (isOver) return;
          if (words !== undefined) return controller.enqueue(encoder.encode(words));
        } catch (error) {
          // A stream that breaks off looks like one that ended: the browser comes back and is told more then.
          c.var.log.error('A stream of events broke off', { error });
        }
        if (isOver) return;
        end();
        controller.close();
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
  return c.body(stream, 200, {
    'Content-Type': 'text/event-stream',
    // For proxies that would keep back what is small (nginx).
    'X-Accel-Buffering': 'no',
  });
}

/** One event; `data` is one line of JSON. */
export const eventText = (event: string, data: unknown, id?: number): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** Says nothing; whoever is gone is noticed by it. */
export const HEARTBEAT = ':\n\n';
