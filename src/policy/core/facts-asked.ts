import { translate } from './engine.ts';
import { factsOf, showFactValue } from './facts.ts';
import type { PolicyRequest } from './request.ts';

/** Every fact of a request as policies read it, for people to see what was asked; none of one that is no question. */
export function factsAsked(request: PolicyRequest): { readonly name: string; readonly value: string }[] {
  const cedar = translate(request);
  return cedar.ok
    ? factsOf(cedar.value).map(({ name, value }) => ({ name, value: showFactValue(value) }))
    : [];
}
