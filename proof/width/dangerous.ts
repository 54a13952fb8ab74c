import escalations from '../../src/credentials/core/fit/escalations.json' with { type: 'json' };
import forbidden from '../../src/credentials/core/fit/forbidden.json' with { type: 'json' };
import data from '../../src/credentials/core/session-policy/data-actions.json' with { type: 'json' };
import { patternTest } from '../../src/iam/core/index.ts';

const anyOf = (patterns: readonly string[]): ((name: string) => boolean) => {
  const tests = patterns.map((pattern) => patternTest(pattern.toLowerCase()));
  return (name) => tests.some((isOf) => isOf(name));
};

const serviceOf = (action: string): string => action.slice(0, action.indexOf(':'));

const lists: readonly { readonly actions: readonly string[]; readonly except: readonly string[] }[] = [
  { actions: data.rows.flatMap(({ actions }) => actions), except: [] },
  { actions: escalations.actions.flatMap(({ actions }) => actions), except: [] },
  ...forbidden.kinds,
];

/** No pattern of the lists reaches over services: those of others are not asked. */
const byService = Map.groupBy(lists.flatMap(patternsByService), ({ service }) => service);

function patternsByService({ actions, except }: (typeof lists)[number]) {
  const services = new Set(actions.map(serviceOf));
  return [...services].map((service) => ({
    service,
    has: anyOf(actions.filter((action) => serviceOf(action) === service)),
    exempts: anyOf(except.filter((action) => serviceOf(action) === service)),
  }));
}

/**
 * Whether the action destroys data, reads contents, opens resources to others, gains permissions, or changes keys, audit trails or the
 * organization: the product's own lists, which say why of each.
 */
export function isDangerous(action: string): boolean {
  const name = action.toLowerCase();
  return (byService.get(serviceOf(name)) ?? []).some(({ has, exempts }) => has(name) && !exempts(name));
}
