import { own } from '#core-values';
import type { TrailEvent } from './event.ts';
import actions from './event-actions.json' with { type: 'json' };

const prefixes: Readonly<Record<string, string>> = actions.prefixes;
const renamed: Readonly<Record<string, string>> = actions.actions;

/** Services whose IAM actions are methods of HTTP, by what the names of their calls begin with. */
const byMethod: Readonly<Record<string, readonly (readonly string[])[]>> = actions.byMethod;

/** The API version that Lambda and others write behind the name: `CreateFunction20150331`, `UpdateFunctionCode20150331v2`. */
const VERSION = /(?:\d{4}_?\d{2}_?\d{2})(?:v\d)?$/;

/** The IAM action of a recorded call: of the same name, but for the exceptions in event-actions.json. */
export function actionOf({ source, name }: Pick<TrailEvent, 'source' | 'name'>): string {
  const service = source.replace(/\.amazonaws\.com(?:\.cn)?$/, '').toLowerCase();
  const method = own(byMethod, service)?.find(([beginning = '']) => new RegExp(beginning).test(name))?.[1];
  const action = `${own(prefixes, service) ?? service}:${name.replace(VERSION, '')}`;
  return method ?? own(renamed, action) ?? action;
}
