import type { JsonObject } from '#core-values';
import type { ObjectiveNow, SloStatus } from '../budgets/status-of-slo.ts';
import { type AlertState, type Burn, type Severity, toNumber } from '../core/index.ts';

/** How an SLO burned when its incident was opened or last got worse; kept as JSON. */
export interface BurnWhen extends JsonObject {
  /** Over the long window of the alert that fires. */
  readonly burn: { readonly kind: Burn['kind']; readonly rate?: number };
  /** What the alert fires above. */
  readonly factor: number;
  readonly longMinutes: number;
  readonly shortMinutes: number;
  readonly targetPpm: number;
  /** Events (or slices) of the long window. */
  readonly good: number;
  readonly total: number;
  readonly remainingPpm?: number;
}

export interface Firing {
  readonly severity: Severity;
  /** Places of the alerts that fire in the lists of their objectives. */
  readonly alerts: ReadonlySet<number>;
  readonly burn: BurnWhen;
}

interface FiringAlert extends AlertState {
  readonly place: number;
  readonly of: ObjectiveNow;
}

/** The worst of an SLO's alerts that fire now: pages before tickets, then the fastest. */
export function firingOf({ objectives }: SloStatus): Firing | undefined {
  const firing = objectives.flatMap((of) =>
    of.status.alerts.flatMap((state, place): readonly FiringAlert[] =>
      state.isFiring ? [{ ...state, place, of }] : [],
    ),
  );
  const [worst] = firing.toSorted(
    (a, b) => rank(a) - rank(b) || toNumber(b.alert.factor) - toNumber(a.alert.factor),
  );
  if (worst === undefined) return undefined;
  const severity = worst.alert.severity;
  return { severity, alerts: new Set(firing.map(({ place }) => place)), burn: burnWhen(worst) };
}

const rank = ({ alert }: AlertState): number => (alert.severity === 'page' ? 0 : 1);

function burnWhen({ alert, place, of }: FiringAlert): BurnWhen {
  const { status, objective, overLong, remainingPpm } = of;
  const { longMinutes, shortMinutes, factor } = alert;
  const over = status.burns.find(({ minutes }) => minutes === longMinutes);
  const { good, total } = overLong[place] ?? { good: 0, total: 0 };
  return {
    burn: burnFigure(over?.burn ?? { kind: 'no-data' }),
    ...{ factor: toNumber(factor), longMinutes, shortMinutes },
    ...{ targetPpm: objective.targetPpm, good, total },
    ...(remainingPpm === undefined ? {} : { remainingPpm }),
  };
}

export const burnFigure = (burn: Burn): { readonly kind: Burn['kind']; readonly rate?: number } =>
  burn.kind === 'rate' ? { kind: 'rate', rate: toNumber(burn.rate) } : { kind: burn.kind };
