import type { components } from './types.gen.ts';

export type ProblemDocument = components['schemas']['Problem'];

/** Why there is no answer. */
export type Failure =
  | { readonly kind: 'unreachable' }
  | Said<'signed-out'>
  | Said<'denied'>
  | Said<'not-found'>
  | Said<'failed'>;

interface Said<Kind extends string> {
  readonly kind: Kind;
  readonly problem?: ProblemDocument;
}

/** What the server, or the way to it, said instead of an answer; thrown, because that is how queries fail. */
export class NoAnswer extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.kind);
    this.failure = failure;
  }
}

export function failureOf(status: number, body: unknown): Failure {
  const problem = isProblem(body) ? { problem: body } : {};
  if (status === 401) return { kind: 'signed-out', ...problem };
  if (status === 403) return { kind: 'denied', ...problem };
  if (status === 404) return { kind: 'not-found', ...problem };
  return { kind: 'failed', ...problem };
}

/** Proxies in between answer in words of their own. */
const isProblem = (body: unknown): body is ProblemDocument =>
  typeof body === 'object' && body !== null && 'code' in body && 'reasons' in body;
