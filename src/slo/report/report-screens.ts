import { ppmFloor, remainingPpm } from '../core/budget/burn-down.ts';
import {
  type Bounds,
  blame,
  type Definitions,
  type Ppm,
  type Screen,
  type ScreenCause,
  type ScreenMinute,
  viewConfidence,
} from '../core/index.ts';
import type { ReportedBlame, ReportedScreen } from '../core/report/report-schema.ts';

type DefinedScreen = Definitions['screens'][number];

/** Views of a screen, and how sure it is that they were put together rightly. */
export function reportedScreen(
  { metadata, screen, service }: DefinedScreen,
  minutes: readonly ScreenMinute[],
): ReportedScreen {
  const { views, ways, sure, incomplete, unmeasured } = viewConfidence(minutes);
  const sum = (of: (row: ScreenMinute) => number): number => minutes.reduce((all, row) => all + of(row), 0);
  return {
    name: screen.name,
    ...(metadata.displayName === undefined ? {} : { displayName: metadata.displayName }),
    ...{ service, views, ways: { ...ways } },
    good: sum(({ good }) => good),
    abandoned: sum(({ abandoned }) => abandoned),
    bots: sum(({ bots }) => bots),
    ...(sure === undefined ? {} : { surePpm: ppmFloor(sure) }),
    ...(incomplete === undefined ? {} : { incompletePpm: ppmFloor(incomplete) }),
    ...(unmeasured === undefined ? {} : { unmeasuredPpm: ppmFloor(unmeasured) }),
  };
}

/** What each request cost the budget of an objective, and what would come back if it was put right. */
export function reportedBlame(given: {
  readonly screen: Screen;
  readonly minutes: readonly ScreenMinute[];
  readonly causes: readonly ScreenCause[];
  readonly bounds: Bounds;
  readonly targetPpm: Ppm;
}): ReportedBlame {
  const { budget, requests, shared } = blame(given);
  const names = given.screen.requests.map(({ routes }) => routes.join(', '));
  return {
    lost: budget.lost,
    requests: requests.map(({ request, alone, givesBack, ofLost, fixed }) => {
      const remaining = remainingPpm(fixed);
      return {
        ...{ request: names[request] ?? '', alone, givesBack },
        ...(ofLost === undefined ? {} : { ofLostPpm: ppmFloor(ofLost) }),
        ...(remaining === undefined ? {} : { remainingPpm: remaining }),
      };
    }),
    shared: shared.map((one) => ({ ...one, requests: one.requests.map((request) => names[request] ?? '') })),
  };
}
