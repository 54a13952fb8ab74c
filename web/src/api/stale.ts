import type { paths } from './types.gen.ts';

/** That something happened, and about what: never what it was. */
export type LiveEvent = paths['/v1/events']['get']['responses'][200]['content']['text/event-stream'];

type IsStale = (event: LiveEvent, id: unknown) => boolean;

/** Status is computed each minute, of which no event tells; acts of people and incidents are events. */
const ofSlos: IsStale = ({ kind }) => kind.startsWith('slo.');

const ofStacks: IsStale = ({ stack, plan }) => stack !== undefined || plan !== undefined;

/**
 * What makes an answer stale, by the first words of its query's key: `['plans', filter]` lists plans, `['plan', id, …]` is about one. What is not
 * here never changes, like what a plan does.
 */
const STALE_BY: Readonly<Record<string, IsStale>> = {
  overview: () => true,
  audit: () => true,
  plans: ofStacks,
  stacks: ofStacks,
  accounts: ofStacks,
  needs: ({ stack }, id) => stack === id,
  github: ({ kind }) => kind.startsWith('github.'),
  plan: ({ plan }, id) => plan === id,
  grants: ({ grant }) => grant !== undefined,
  grant: ({ grant }, id) => grant === id,
  slos: ofSlos,
  slo: ofSlos,
  'slo-screens': ofSlos,
  'slo-screen': ofSlos,
  'slo-incidents': ofSlos,
  'slo-corrections': ofSlos,
  sessions: ({ kind }) => kind.startsWith('session.'),
  me: ({ kind }) => kind.startsWith('session.'),
};

/** Whether the answer to a query may ever change. */
export const changes = ([about]: readonly unknown[]): boolean =>
  typeof about === 'string' && Object.hasOwn(STALE_BY, about);

/** Whether the answer to a query is stale after this; a new configuration may change any. */
export function isStale(key: readonly unknown[], event: LiveEvent): boolean {
  if (event.kind === 'config.reloaded') return true;
  return changes(key) && STALE_BY[String(key[0])]?.(event, key[1]) === true;
}
