import { type Text, text } from '#core-values';
import { counted, duration, percentOf, spanWords, target, things, visibleRoute } from './figures.ts';
import type { SuggestedScreen, Suggestion } from './suggestion.ts';
import { unknownsOf } from './unknowns.ts';

/** What was found, a line each: for who looks at the screen while the file is for the editor. */
export function summaryOf(suggestion: Suggestion): readonly Text[] {
  const { lines, requests, screens, span } = suggestion;
  const when = span === undefined ? text('', '') : spanWords(span);
  const slos = [...screens, ...requests].filter(({ objective }) => objective !== undefined).length;
  return [
    text(
      `${things(screens.length, 'screen')} and ${things(slos, 'SLO')} from ${things(lines.lines, 'line')}, ${when.en}`,
      `画面 ${counted(screens.length)} 件、SLO ${counted(slos)} 件(${counted(lines.lines)} 行、${when.ja})`,
    ),
    ...screens.flatMap(screenWords),
    ...requests.map(({ objective, route, threshold }) => {
      const promised = objective === undefined ? '–' : target(objective.targetPpm);
      const within = threshold === undefined ? '' : ` ≤ ${duration(threshold.thresholdMs)}`;
      const all = counted(objective?.counts.total ?? 0);
      const words = `  ${visibleRoute(route)}${within}: ${promised}`;
      return text(`${words} of ${all} requests`, `${words}(${all} リクエスト)`);
    }),
    text('Not known:', '分からないこと:'),
    ...unknownsOf(suggestion).map(({ en, ja }) => text(`  - ${en}`, `  - ${ja}`)),
  ];
}

function screenWords({ objective, observed, screen }: SuggestedScreen): readonly Text[] {
  const { counts, targetPpm } = objective ?? {};
  const seen = counts === undefined ? '' : percentOf(counts.good, counts.total);
  const views = counted(observed.views);
  const route = visibleRoute(screen.requests[screen.document]?.routes[0] ?? '');
  const head =
    targetPpm === undefined
      ? text(
          `  ${screen.name} (${route}): no objective, ${views} views`,
          `  ${screen.name}(${route}): 目標なし、${views} 表示`,
        )
      : text(
          `  ${screen.name} (${route}): ${target(targetPpm)} of views; ${seen} of ${views} were good`,
          `  ${screen.name}(${route}): 表示の ${target(targetPpm)}。実績は ${views} 表示中 ${seen}`,
        );
  return [
    head,
    ...screen.requests.map(({ required, routes, thresholdMs, weight }) => {
      const more = routes.length > 1 ? ` +${routes.length - 1}` : '';
      const words = `    ${String(weight).padStart(2)} × ${visibleRoute(routes[0] ?? '')}${more} ≤ ${duration(thresholdMs)}`;
      return required ? text(`${words}, required`, `${words}、必須`) : { en: words, ja: words };
    }),
  ];
}
