import { z } from 'zod';
import type { PlanResult } from '../result.ts';
import { fullAccessFor, managedPolicy } from './alternatives.ts';
import { isDangerous } from './dangerous.ts';
import { allowedBy, policiesOf, universeOf, type Width, widthOf } from './measure.ts';
import type { Pair, Place } from './universe.ts';

/** Who could have applied the plan: Sekisho's session, or a role of today. */
export const HOLDERS = ['derived', 'fullAccess', 'powerUser', 'administrator'] as const;
export type Holder = (typeof HOLDERS)[number];

const Measured = z.object({
  /** Pairs of an action and a resource that the policies allow. */
  pairs: z.number(),
  /** Different actions among them. */
  actions: z.number(),
  /** Dangerous actions that were not called at all. */
  dangerousActions: z.number(),
  /** Dangerous actions, called or not, with what they were not called on. */
  dangerousPairs: z.number(),
});
export type Measured = z.infer<typeof Measured>;

/** The figures of one plan. */
const PlanFigures = z.object({
  /** Stack and step. */
  plan: z.string(),
  /** How many the plan changes. */
  resources: z.number(),
  inline: z.boolean(),
  /** Of the session policy. */
  sizeCharacters: z.number(),
  /** Calls that were denied: there the derived policy is too narrow, and its width says nothing. */
  denied: z.number(),
  /** Pairs that were asked about. */
  asked: z.number(),
  calledPairs: z.number(),
  calledActions: z.number(),
  derived: Measured,
  fullAccess: Measured,
  powerUser: Measured,
  administrator: Measured,
});
export type PlanFigures = z.infer<typeof PlanFigures>;

/** proof/results.json: the last whole run. */
export const Figures = z.object({
  source: z.string(),
  date: z.string(),
  plans: z.array(PlanFigures).readonly(),
});

/** Every stack is proven in an account of its own; in the figures they are the same one. */
const ACCOUNT = '111122223333';

export function figuresOf(proven: PlanResult): PlanFigures {
  const { calls, policies, universe } = askedOf(proven);
  const derived = widthOf(policies, universe);
  if (derived.lacking > 0) {
    throw new Error(
      `${proven.stack} ${proven.step}: ${derived.lacking} of the calls that were made are not among what its policy allows.`,
    );
  }
  return {
    plan: `${proven.stack} ${proven.step}`,
    resources: proven.resources.length,
    inline: proven.inline,
    sizeCharacters: proven.sizeCharacters,
    denied: proven.denied.length,
    asked: universe.size,
    calledPairs: universe.calledPairs,
    calledActions: universe.calledActions.size,
    derived: measured(derived),
    fullAccess: measured(widthOf(fullAccessFor(calls).flatMap(managedPolicy), universe)),
    powerUser: measured(widthOf(managedPolicy('PowerUserAccess'), universe)),
    administrator: measured(widthOf(managedPolicy('AdministratorAccess'), universe)),
  };
}

export interface Beyond extends Pair {
  /** Where it was found. */
  readonly place: Place;
  readonly isDangerous: boolean;
}

/** Each pair that the derived policy allows and that was not called. */
export function beyondOf(proven: PlanResult): readonly Beyond[] {
  const { policies, universe } = askedOf(proven);
  return allowedBy(policies, universe)
    .filter(({ isCalled }) => !isCalled)
    .map(({ place, request: { action, resource } }) => ({
      place,
      action,
      resource,
      isDangerous: isDangerous(action),
    }));
}

function askedOf(proven: PlanResult) {
  const result: Pick<PlanResult, 'calls' | 'denied' | 'policies' | 'region'> = JSON.parse(
    JSON.stringify(proven).replaceAll(proven.account, ACCOUNT),
  );
  const refused = new Set(result.denied.map(({ action, resource }) => `${action} ${resource}`));
  const calls = result.calls.flatMap(({ action, resources }) =>
    resources
      .filter((resource) => !refused.has(`${action} ${resource}`))
      .map((resource) => ({ action, resource })),
  );
  const home = { partition: 'aws', account: ACCOUNT, region: result.region };
  return { calls, policies: policiesOf(result.policies), universe: universeOf(calls, home) };
}

const measured = ({ pairs, actions, dangerousActions, dangerousPairs }: Width): Measured => ({
  pairs,
  actions,
  dangerousActions,
  dangerousPairs,
});

/** As the repository's formatter would write it, a line for each of a plan's figures. */
export function printFigures({ source, date, plans }: z.infer<typeof Figures>): string {
  const line = (value: unknown): string =>
    JSON.stringify(value)
      .replaceAll(/[{,:]/g, (mark) => `${mark} `)
      .replaceAll('}', ' }');
  const rows = plans.map((plan) => {
    const members = Object.entries(plan).map(([key, value]) => {
      const shown = typeof value === 'object' ? line(value) : JSON.stringify(value);
      return `      ${JSON.stringify(key)}: ${shown}`;
    });
    return `    {\n${members.join(',\n')}\n    }`;
  });
  return `{\n  "source": ${JSON.stringify(source)},\n  "date": ${JSON.stringify(date)},\n  "plans": [\n${rows.join(',\n')}\n  ]\n}\n`;
}
