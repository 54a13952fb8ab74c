import { z } from 'zod';
import type { Ledger } from './ledger.ts';

/** A request may meet its server at any moment of its life; what did not arrive whole was not said. */
export type Answer<T> =
  | { readonly kind: 'acknowledged'; readonly value: T }
  | { readonly kind: 'refused'; readonly rules: readonly string[] }
  | { readonly kind: 'unanswered' };

/** Opens when the server is ready and closes when it is killed. */
export interface Gate {
  open(): void;
  close(): void;
  readonly passed: Promise<void>;
  /** Called for every answer that arrived whole. */
  answered(): void;
  /** Resolves after this many answers since the gate was opened. */
  answers(count: number): Promise<void>;
}

export function makeGate(): Gate {
  let latch = Promise.withResolvers<void>();
  let answered = 0;
  let wanted: { readonly count: number; readonly reached: () => void } | undefined;
  return {
    open: () => {
      answered = 0;
      latch.resolve();
    },
    close: () => {
      latch = Promise.withResolvers<void>();
    },
    get passed() {
      return latch.promise;
    },
    answered: () => {
      answered += 1;
      if (answered === wanted?.count) wanted.reached();
    },
    answers: (count) =>
      new Promise((resolve) => {
        wanted = { count, reached: resolve };
      }),
  };
}

export interface Request<T> {
  /** For the count of what was not answered: `upload`. */
  readonly what: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly bearer?: string;
  readonly body?: object | Uint8Array;
  readonly read: (response: Response) => Promise<T>;
}

export type Client = <T>(request: Request<T>) => Promise<Answer<T>>;

const ANSWER_TIMEOUT_MS = 30_000;

const problemDocument = z.object({
  reasons: z.array(z.object({ rule: z.string() })),
  auditEntry: z.string().optional(),
});

export function client(url: string, gate: Gate, ledger: Ledger): Client {
  return async ({ what, method, path, bearer, body, read }) => {
    await gate.passed;
    try {
      const response = await fetch(new URL(path, url), {
        method,
        headers: {
          'content-type': body instanceof Uint8Array ? 'application/octet-stream' : 'application/json',
          ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        },
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
        ...(body === undefined
          ? {}
          : { body: body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body) }),
      });
      const answer: Answer<Awaited<ReturnType<typeof read>>> = response.ok
        ? { kind: 'acknowledged', value: await read(response) }
        : await refusal(what, response, ledger);
      gate.answered();
      return answer;
    } catch (error) {
      if (error instanceof z.ZodError) throw error;
      if (error instanceof DOMException && error.name === 'TimeoutError')
        ledger.surprises.push(`${what}: no answer within ${ANSWER_TIMEOUT_MS} ms`);
      ledger.unanswered.set(what, (ledger.unanswered.get(what) ?? 0) + 1);
      return { kind: 'unanswered' };
    }
  };
}

async function refusal(what: string, response: Response, ledger: Ledger): Promise<Answer<never>> {
  const words = await response.text();
  const document = problemDocument.safeParse(jsonOf(words));
  if (!document.success || response.status >= 500) {
    ledger.surprises.push(`${what}: HTTP ${response.status} ${words.slice(0, 500)}`);
    return { kind: 'unanswered' };
  }
  const rules = document.data.reasons.map(({ rule }) => rule);
  ledger.refusals.push({ rules, auditEntry: document.data.auditEntry });
  return { kind: 'refused', rules };
}

function jsonOf(words: string): unknown {
  try {
    return JSON.parse(words);
  } catch {
    return undefined;
  }
}

/** Reads a JSON answer of this shape. */
export const json =
  <T>(schema: z.ZodType<T>) =>
  async (response: Response): Promise<T> =>
    schema.parse(await response.json());
