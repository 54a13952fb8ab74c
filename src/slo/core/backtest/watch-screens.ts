import { ABANDONED, BOT, type OpenViews, viewAt } from '../screens/open-views.ts';
import { requiredEndUs } from '../screens/score.ts';
import type { CompiledScreen } from '../screens/screen.ts';
import { ABSENT, type Subject } from './observations.ts';
import { type Observer, placeOf } from './observer.ts';

const MINUTE_MS = 60_000;

/** Counts closed views by pattern; who judges them later needs the same screens, but for thresholds, weights and bar. */
export function viewObserver(
  screens: readonly CompiledScreen[],
  observers: ReadonlyMap<string, Observer>,
): (views: OpenViews, place: number) => void {
  const ofScreen = screens.map(({ screen }) => observers.get(screen.name));
  const cutsOf = ofScreen.map((found) =>
    (found?.subject.cutsUs ?? []).map((cuts) => Float64Array.from(cuts)),
  );
  return (views, place) => {
    const index = views.screen[place] ?? 0;
    const screen = screens[index];
    const found = ofScreen[index];
    const cuts = cutsOf[index];
    if (screen === undefined || found === undefined || cuts === undefined) return;
    if (((views.flags[place] ?? 0) & (BOT | ABANDONED)) !== 0) return;
    const view = viewAt(views, place);
    const { draft } = found;
    if ((screen.required & (view.failed | ~view.seen)) !== 0) draft.fill(ABSENT);
    else {
      for (let request = 0; request < screen.size; request += 1) {
        const bit = 1 << request;
        const timeUs = view.timesUs[view.at + request] ?? 0;
        draft[request] = placeOf(
          cuts[request] ?? [],
          (view.seen & bit) !== 0,
          (view.failed & bit) !== 0,
          timeUs,
        );
      }
      draft[screen.size] = placeOf(cuts[screen.size] ?? [], true, false, requiredEndUs(screen, view));
    }
    found.count(Math.floor((views.began[place] ?? 0) / MINUTE_MS), 1);
  };
}

/** What is looked at of a screen: thresholds (ms) of each request and of the whole; q is ½ up to four times one. */
export function screenSubject(name: string, thresholdsMs: readonly (readonly number[])[]): Subject {
  return {
    kind: 'screen',
    name,
    cutsUs: thresholdsMs.map((list) =>
      [...new Set(list.flatMap((ms) => [ms * 1000, ms * 4000]))].toSorted((a, b) => a - b),
    ),
  };
}
