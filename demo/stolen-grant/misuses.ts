import { z } from 'zod';
import { type Text, text } from '../../src/core-values/index.ts';
import type { Need } from '../../src/credentials/core/index.ts';
import { Call } from './call.ts';
import kinds from './kinds.json' with { type: 'json' };
import { fill, fillText, type Names, namesIn, unknownNames } from './names.ts';

/** Every kind of misuse there is. */
export const KINDS = z
  .array(
    z.object({
      kind: z.string(),
      title: z.object({ en: z.string(), ja: z.string() }),
      misuses: z.array(
        z.object({ of: z.string().optional(), asks: z.array(z.string()).nonempty(), request: Call }),
      ),
    }),
  )
  .parse(kinds.kinds);

/** What AWS asks whether it is allowed. */
export interface Ask {
  readonly action: string;
  readonly resource: string;
}

/** One thing that a thief tries with the credentials of an apply grant. */
export interface Misuse {
  /** `delete-table/dynamodb:DeleteTable/arn:…` */
  readonly name: string;
  readonly kind: string;
  readonly title: Text;
  readonly call: Call;
  readonly asks: readonly [Ask, ...Ask[]];
  /** Why it is no misuse of this stack's grant; it is not tried then. */
  readonly notApplicable?: Text;
}

/** What a battery is built for: one stack, and one plan of it. */
export interface StackFacts {
  /** As `prepareTargets` answers. */
  readonly targets: Names;
  readonly needs: readonly Need[];
  /** Of the role that the grant's session is of. */
  readonly roleArn: string;
}

/**
 * Everything to try with the grant of a plan, in an order in which one does not stand in another's way. What the plan itself needs is
 * told with `notApplicable`, not left out.
 */
export function misusesFor({ targets, needs, roleArn }: StackFacts): readonly Misuse[] {
  const names: Names = {
    ...targets,
    ...stateNames(needs),
    grantRole: roleArn,
    grantRoleName: lastSegment(roleArn),
  };
  const own = ownResources(needs);
  return KINDS.flatMap(({ kind, title, misuses }) => {
    const filled = misuses.flatMap(({ of, asks, request }) =>
      namesFor(of, own, names).map((one) => ({
        asks: asks.map((words) => askOf(fillText(words, one))),
        request,
        names: one,
      })),
    );
    return distinct(
      filled.flatMap(({ asks, request, names: known }) => {
        const [first, ...more] = asks;
        if (first === undefined) return [];
        const about = {
          name: `${kind}/${first.action}/${first.resource}`,
          kind,
          title,
          asks: [first, ...more] as const,
        };
        const missing = unknownNames([request, ...asks.map(({ resource }) => resource)], known);
        if (missing.length > 0) return [{ ...about, call: request, notApplicable: noSuchThing(missing) }];
        const call = Call.parse(fill(request, known));
        const region = call.region ?? known.region ?? '';
        const covering = asks.map((ask) => needs.find((need) => isJust(need, ask, region)));
        const isNeeded = covering.every((need) => need !== undefined);
        return [{ ...about, call, ...(isNeeded && { notApplicable: neededBy(covering) }) }];
      }),
    );
  });
}

/** The names for each of the stack's own resources of a form; without a form, those that are known anyway. */
function namesFor(form: string | undefined, own: readonly string[], names: Names): readonly Names[] {
  if (form === undefined) return [names];
  return own.flatMap((arn) => {
    const found = namesIn(arn, form, names);
    if (found === undefined) return [];
    return [{ ...names, ...found, ...(found.role !== undefined && { roleName: lastSegment(found.role) }) }];
  });
}

const lastSegment = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

const askOf = (words: string): Ask => {
  const [action = '', resource = ''] = words.split(' ');
  return { action, resource };
};

/** Those that the plan names in full; what AWS names during the apply is not known by name. */
const ownResources = (needs: readonly Need[]): readonly string[] => [
  ...new Set(
    needs.flatMap(({ resources }) => resources).filter((arn) => !/[*?]/.test(arn.replace(/:\*$/, ''))),
  ),
];

/** Where the state is, by what Terraform needs for it. */
function stateNames(needs: readonly Need[]): Names {
  const ofState = needs.filter(({ why }) => why.operation === 'state');
  const [bucket, key] = stateObject(ofState) ?? [];
  const table = ofState
    .flatMap(({ resources }) => resources)
    .map((arn) => /^arn:[^:]+:dynamodb:[^:]*:\d*:table\/([^/*]+)$/.exec(arn)?.[1])
    .find((name) => name !== undefined);
  return {
    ...(bucket !== undefined && key !== undefined && { stateBucket: bucket, stateKey: key }),
    ...(table !== undefined && { lockTable: table }),
  };
}

const stateObject = (needs: readonly Need[]): readonly string[] | undefined =>
  needs
    .filter(({ action }) => action === 's3:PutObject')
    .flatMap(({ resources }) => resources)
    .map((arn) => /^arn:[^:]+:s3:::([^/]+)\/(.+)$/.exec(arn)?.slice(1))
    .find((found) => found !== undefined && !found[1]?.endsWith('.tflock'));

/**
 * Whether it is just this that is needed. What opens a service as a whole for want of better knowledge is not taken for a need; and of a need
 * under a condition only the region is known to hold, so that a doubt is tried rather than excused.
 */
const isJust = (need: Need, { action, resource }: Ask, region: string): boolean =>
  need.wide !== 'not-recorded' &&
  covers(need.action.toLowerCase(), action.toLowerCase()) &&
  need.resources.some((pattern) => covers(pattern, resource)) &&
  need.conditions.every(
    ({ key, values }) => key.toLowerCase() === 'aws:requestedregion' && values.includes(region),
  );

const covers = (pattern: string, words: string): boolean =>
  pattern === words ||
  (pattern.includes('*') &&
    new RegExp(`^${pattern.replaceAll(/[.+^${}()|[\]\\?]/g, '\\$&').replaceAll('*', '.*')}$`, 's').test(
      words,
    ));

const distinct = (misuses: readonly Misuse[]): readonly Misuse[] => [
  ...new Map(misuses.map((misuse) => [misuse.name, misuse])).values(),
];

const neededBy = (covering: readonly (Need | undefined)[]): Text => {
  const told = covering
    .flatMap((need) => need ?? [])
    .map(({ action, resources, why }) => `${action} on ${resources.join(', ')} (${why.address})`)
    .join('; ');
  return text(`The plan itself needs ${told}.`, `プラン自体が必要とします: ${told}`);
};

const noSuchThing = (missing: readonly string[]): Text =>
  text(`The stack has no ${missing.join(', ')}.`, `このスタックには ${missing.join('、')} がありません。`);
