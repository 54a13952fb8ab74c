import type { paths } from '../api/types.gen.ts';

export type Question = paths['/v1/policy/explain']['post']['requestBody']['content']['application/json'];
export type Action = Question['action'];

export const ACTIONS = [
  'plan',
  'approve',
  'apply',
  'operate',
  'breakGlass',
  'administer',
] as const satisfies readonly Action[];

type Findings = NonNullable<NonNullable<Question['facts']>['findings']>;

/** What a plan may be assumed to do. */
export const DANGERS = [
  'losesData',
  'widensIam',
  'opensToWorld',
  'runsCode',
  'wrongAccount',
  'partialPlan',
] as const satisfies readonly (keyof Findings)[];
export type Danger = (typeof DANGERS)[number];

/** The question as it stands in the address: `?by=person:taro&action=approve&on=stack:shop&assume=losesData&authors=taro`. */
export interface Asked {
  /** `job`, or `person:NAME`. */
  readonly by?: string;
  readonly action?: Action;
  /** `stack:NAME`, `account:NAME` or `organization`. */
  readonly on?: string;
  /** With commas, as the other lists. */
  readonly assume?: string;
  readonly authors?: string;
  readonly approvedBy?: string;
  /** Name of a freeze that is active. */
  readonly freeze?: string;
  /** Who broke the glass. */
  readonly brokenBy?: string;
}

const WORDS = ['by', 'on', 'assume', 'authors', 'approvedBy', 'freeze', 'brokenBy'] as const;
const MOST_WORDS = 2_000;

/** Reads the address; what makes no sense there is left out. */
export function askedIn(search: Readonly<Record<string, unknown>>): Asked {
  const action = ACTIONS.find((known) => known === search.action);
  const words = WORDS.map((name) => [name, search[name]] as const).filter(
    ([, value]) => typeof value === 'string' && value !== '' && value.length <= MOST_WORDS,
  );
  return { ...Object.fromEntries(words), ...(action === undefined ? {} : { action }) };
}

export const listed = (words: string | undefined): readonly string[] =>
  (words ?? '').split(',').filter((name) => name !== '');

const EMERGENCY_REASON_LENGTH = 100;

/** As the server is asked; `undefined` as long as something is not said yet. */
export function questionOf({ by, action, on, ...assumed }: Asked): Question | undefined {
  const target = targetOf(on);
  if (by === undefined || action === undefined || target === undefined) return undefined;
  const person = /^person:(.+)$/.exec(by)?.[1];
  return {
    by: person === undefined ? { kind: 'job', name: 'job' } : { kind: 'person', name: person },
    action,
    on: target,
    facts: factsOf(assumed),
  };
}

function targetOf(on: string | undefined): Question['on'] | undefined {
  if (on === 'organization') return { kind: 'organization' };
  const [, kind, name] = /^(stack|account):(.+)$/.exec(on ?? '') ?? [];
  if (name === undefined) return undefined;
  return kind === 'stack' ? { kind: 'stack', name } : { kind: 'account', name };
}

function factsOf({ assume, authors, approvedBy, freeze, brokenBy }: Asked): NonNullable<Question['facts']> {
  const dangers = DANGERS.filter((danger) => listed(assume).includes(danger));
  return {
    ...(dangers.length === 0
      ? {}
      : { findings: Object.fromEntries(dangers.map((danger) => [danger, true])) }),
    ...(authors === undefined ? {} : { authors: [...listed(authors)] }),
    ...(approvedBy === undefined ? {} : { approvedBy: [...listed(approvedBy)] }),
    ...(freeze === undefined ? {} : { freeze }),
    ...(brokenBy === undefined
      ? {}
      : { breakGlass: { by: brokenBy, reasonLength: EMERGENCY_REASON_LENGTH } }),
  };
}
