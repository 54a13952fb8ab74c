import { type HandClock, handClock } from '#platform';
import type { GitHubNetwork } from '../api/client.ts';

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
  /** What is to be done with a redirection; the real `fetch` follows unless told otherwise. */
  readonly redirect: RequestInit['redirect'];
}

/** What GitHub answers to a request; a `string` is a connection that breaks with these words. */
export type Answering = (asked: Asked) => Response | string | Promise<Response | string>;

export interface FakeNetwork extends GitHubNetwork {
  readonly clock: HandClock;
  readonly asked: Asked[];
  /** Pauses that were asked for; each moves the clock, and nobody waits. */
  readonly pauses: number[];
}

/** A network of functions: no sockets, no waiting. */
export function fakeNetwork(answering: Answering): FakeNetwork {
  const clock = handClock();
  const asked: Asked[] = [];
  const pauses: number[] = [];
  return {
    clock,
    asked,
    pauses,
    timeoutMs: 1000,
    pause: async (ms) => {
      pauses.push(ms);
      clock.advance(ms);
    },
    fetch: async (input, init) => {
      const one: Asked = {
        method: init?.method ?? 'GET',
        url: String(input),
        headers: new Headers(init?.headers),
        body: typeof init?.body === 'string' ? init.body : '',
        redirect: init?.redirect,
      };
      asked.push(one);
      const answer = await answering(one);
      if (typeof answer === 'string') throw new TypeError('fetch failed', { cause: new Error(answer) });
      return answer;
    },
  };
}

export const json = (body: unknown, init: ResponseInit = {}): Response =>
  new Response(JSON.stringify(body), {
    ...init,
    headers: { 'content-type': 'application/json', ...Object.fromEntries(new Headers(init.headers)) },
  });
