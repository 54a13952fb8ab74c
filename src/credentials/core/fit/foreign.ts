import rules from '../session-policy/rules.json' with { type: 'json' };
import { covers } from './pattern.ts';

const known = new Map<string, boolean>();

/** Whether the action puts something into a bucket, queue or the like, which another account's own policy may let us do there. */
export function putsAnywhere(action: string): boolean {
  const name = action.toLowerCase();
  const found = known.get(name);
  if (found !== undefined) return found;
  const answer = rules.ownAccountOnly.some((write) => covers(write.toLowerCase(), name));
  known.set(name, answer);
  return answer;
}

/** Whether a pattern matches resources of other accounts. A bucket's name is unique in the world, and in its ARN there is no account. */
export function couldBeAbroad(resource: string): boolean {
  if (!resource.includes('*')) return false;
  const [, , service, , account = '*', ...rest] = resource.split(':');
  if (account.includes('*')) return true;
  if (account !== '') return false;
  return service !== 's3' || rest.join(':').split('/')[0]?.includes('*') === true;
}
