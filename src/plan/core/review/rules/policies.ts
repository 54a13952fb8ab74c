import attributes from '../data/policy-attributes.json' with { type: 'json' };
import { type PolicyReading, readPolicy, type Statement } from '../policy-document.ts';
import { resulting, valuesAt } from '../reading.ts';
import type { PlannedChange, Scene, ValuePath } from '../rule.ts';

export type PolicyKind = 'permissions' | 'trust' | 'guardrail' | 'resource';

const ATTRIBUTES = Map.groupBy(attributes.attributes, (entry) => entry.type);

/** A policy that a change writes, with what was there before. */
export interface PolicyChange {
  readonly change: PlannedChange;
  readonly kind: PolicyKind;
  readonly path: ValuePath;
  readonly before: readonly Statement[];
  readonly after: PolicyReading;
}

/** Every policy of this kind that the plan creates or alters. Several at one path (inline policies) share their before. */
export function policyChanges(scene: Scene, kind: PolicyKind): readonly PolicyChange[] {
  return scene.acting.flatMap((change) =>
    (ATTRIBUTES.get(change.type) ?? [])
      .filter((entry) => entry.kind === kind)
      .flatMap((entry) => {
        const before = valuesAt(change.before, entry.path).flatMap((place) =>
          statementsOf(readPolicy(place.value)),
        );
        return valuesAt(resulting(change), entry.path).map((place) => ({
          change,
          kind,
          path: place.path,
          before,
          after: readPolicy(place.value),
        }));
      }),
  );
}

export const statementsOf = (reading: PolicyReading): readonly Statement[] =>
  reading.kind === 'policy' ? reading.statements : [];

/** `a, b, c and 4 more`; `quote` decides what may be shown. */
export function someOf(
  words: readonly string[],
  quote: (words: string) => string,
): { en: string; ja: string } {
  const shown = words.slice(0, 4).map(quote).join(', ');
  const more = words.length - 4;
  return more > 0
    ? { en: `${shown} and ${more} more`, ja: `${shown} ほか ${more} 件` }
    : { en: shown, ja: shown };
}

/** The twelve digits in `123456789012` or `arn:aws:iam::123456789012:root`. */
export const accountIn = (principal: string): string | undefined =>
  /^(?:arn:[^:]*:(?:iam|sts)::)?(\d{12})(?::|$)/.exec(principal)?.[1];
