import { z } from 'zod';
import { type Text, text } from '../../src/core-values/index.ts';
import type { Need } from '../../src/credentials/core/index.ts';
import { patternTest } from '../../src/iam/core/index.ts';
import { Call } from './call.ts';
import kinds from './kinds.json' with { type: 'json' };
import { fill, fillText, type Names, namesIn, unknownNames } from './names.ts';

const Entry = z.object({
  of: z.string().optional(),
  asks: z.tuple([z.string()], z.string()),
  request: Call,
});

/** Every kind of misuse there is. */
export const KINDS = z
  .array(
    z.object({
      kind: z.string(),
      title: z.object({ en: z.string(), ja: z.string() }),
      misuses: z.tuple([Entry], Entry),
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
  /** ARNs of the stack that only the apply told; none where absent. */
  readonly made?: readonly string[];
  /** Of the role that the grant's session is of. */
  readonly roleArn: string;
}

/**
 * Everything to try with the grant of a plan, in an order in which one does not stand in another's way. What the plan itself needs is
 * told with `notApplicable`, not left out.
 */
export function misusesFor({ targets, needs, made = [], roleArn }: StackFacts): readonly Misuse[] {
  const names: Names = {
    ...targets,
    ...stateNames(needs),
    grantRole: roleArn,
    grantRoleName: lastSegment(roleArn),
  };
  const own = inFull([...needs.flatMap(({ resources }) => resources), ...made]);
  return KINDS.flatMap((kind) => {
    const found = kind.misuses.flatMap((entry) =>
      namesFor(entry.of, own, names).map((known) => misuseOf(kind, entry, known, needs)),
    );
    return found.length > 0 ? distinct(found) : [ofNothing(kind, names, needs)];
  });
}

type Kind = (typeof KINDS)[number];
type Entry = z.infer<typeof Entry>;

function misuseOf({ kind, title }: Kind, entry: Entry, known: Names, needs: readonly Need[]): Misuse {
  const [first, ...more] = entry.asks;
  const asks = [askOf(first, known), ...more.map((words) => askOf(words, known))] as const;
  const { action, resource } = asks[0];
  const about = { name: `${kind}/${action}/${resource}`, kind, title, asks, call: entry.request };
  const missing = unknownNames([entry.request, ...asks.map((ask) => ask.resource)], known);
  if (missing.length > 0) return { ...about, notApplicable: noSuchThing(missing) };
  const call = Call.parse(fill(entry.request, known));
  const region = call.region ?? known.region ?? '';
  const covering = asks.map((ask) => needs.find((need) => isJust(need, ask, region)));
  const isNeeded = covering.every((need) => need !== undefined);
  return { ...about, call, ...(isNeeded && { notApplicable: neededBy(covering) }) };
}

/** A kind that is only about the stack's own resources, of which none is known by name. */
const ofNothing = (kind: Kind, names: Names, needs: readonly Need[]): Misuse => ({
  ...misuseOf(kind, kind.misuses[0], names, needs),
  name: kind.kind,
  notApplicable: NOTHING_NAMED,
});

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

const askOf = (words: string, names: Names): Ask => {
  const [action = '', resource = ''] = fillText(words, names).split(' ');
  return { action, resource };
};

/** Those that are named to the end; of a log group policies name what is in it. */
const inFull = (arns: readonly string[]): readonly string[] => [
  ...new Set(arns.filter((arn) => !/[*?]/.test(arn.replace(/:\*$/, '')))),
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

const covers = (pattern: string, words: string): boolean => patternTest(pattern)(words);

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

const NOTHING_NAMED: Text = text(
  'The plan names nothing to the end of which another action is known.',
  'プランから名前が最後までわかるもののうちに、別の操作を試せるものがありません。',
);

const noSuchThing = (missing: readonly string[]): Text =>
  text(`The stack has no ${missing.join(', ')}.`, `このスタックには ${missing.join('、')} がありません。`);
