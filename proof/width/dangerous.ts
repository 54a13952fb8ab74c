import escalations from '../../src/credentials/core/fit/escalations.json' with { type: 'json' };
import forbidden from '../../src/credentials/core/fit/forbidden.json' with { type: 'json' };
import data from '../../src/credentials/core/session-policy/data-actions.json' with { type: 'json' };
import { glob } from './glob.ts';

const anyOf = (patterns: readonly string[]): ((name: string) => boolean) => {
  const globs = patterns.map((pattern) => glob(pattern.toLowerCase()));
  return (name) => globs.some((one) => one.test(name));
};

const lists = [
  { actions: data.rows.flatMap(({ actions }) => actions), except: [] },
  { actions: escalations.actions.flatMap(({ actions }) => actions), except: [] },
  ...forbidden.kinds,
].map(({ actions, except }) => ({ has: anyOf(actions), exempts: anyOf(except) }));

const known = new Map<string, boolean>();

/**
 * Whether the action destroys data, reads contents, opens resources to others, gains permissions, or changes keys, audit trails or the
 * organization: the product's own lists, which say why of each.
 */
export function isDangerous(action: string): boolean {
  const name = action.toLowerCase();
  const found = known.get(name) ?? lists.some(({ has, exempts }) => has(name) && !exempts(name));
  known.set(name, found);
  return found;
}
