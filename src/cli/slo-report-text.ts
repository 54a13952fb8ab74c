import pc from 'picocolors';
import type { Text } from '#core-values';
import { visible } from '#plan';
import { LINE_FAULTS, type ReportedSlo, type SloReport } from '#slo/core';
import type { CliContext } from './context.ts';
import { bar, cut, flowed, padded, sparkline } from './slo-chart.ts';
import { lengthOf, percentOf, WORDS } from './slo-report-words.ts';

type Paint = ReturnType<typeof pc.createColors>;
type Objective = ReportedSlo['objectives'][number];

/** What the parts of a report are written with. */
interface Page {
  readonly lines: string[];
  readonly width: number;
  readonly paint: Paint;
  readonly say: (words: Text) => string;
  readonly time: (iso: string) => string;
}

const LABEL = 14;
const LEAST_WIDTH = 40;
const MOST_SHOWN = 5;

/** As a person reads it; charts fit the terminal. */
export function sloReportText(report: SloReport, context: CliContext, timeZone: string): string {
  const { language, stdout } = context;
  const page: Page = {
    lines: [],
    width: Math.max(LEAST_WIDTH, stdout.columns),
    paint: pc.createColors(stdout.isTerminal),
    say: (words) => words[language],
    time: (iso) => timeIn(iso, timeZone),
  };
  const { from, to } = report;
  const span =
    from === undefined || to === undefined ? '' : `  ${page.time(from)} – ${page.time(to)} ${timeZone}`;
  page.lines.push(`${page.paint.bold(page.say(WORDS.title))}${span}`);
  logsPart(report.logs, page);
  if (from === undefined) page.lines.push('', page.paint.yellow(page.say(WORDS.noRequests)));
  if (report.slos.length === 0) page.lines.push('', page.say(WORDS.noSlos));
  for (const slo of report.slos) sloPart(slo, page);
  screensPart(report, page);
  if (report.notFromLogs.length > 0) {
    heading(page.say(WORDS.notFromLogs), page);
    for (const { slo, kind, system } of report.notFromLogs)
      page.lines.push(`  ${slo}: ${page.say(WORDS.kind[kind](visible(system)))}`);
  }
  return `${page.lines.join('\n')}\n`;
}

const timeIn = (iso: string, timeZone: string): string =>
  new Intl.DateTimeFormat('sv-SE', {
    ...{ timeZone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
  }).format(new Date(iso));

function heading(words: string, { lines, paint }: Page): void {
  lines.push('', paint.bold(words));
}

/** A label and what belongs to it, over as many lines as it takes. */
function labelled(
  label: Text,
  parts: readonly string[],
  page: Page,
  paint?: (words: string) => string,
): void {
  const indent = LABEL + 2;
  flowed(parts, indent, page.width).forEach((line, index) => {
    const name = index === 0 ? page.say(label) : '';
    page.lines.push(`  ${page.paint.dim(padded(name, LABEL))}${paint === undefined ? line : paint(line)}`);
  });
}

function logsPart(logs: SloReport['logs'], page: Page): void {
  const { say, paint } = page;
  labelled(
    WORDS.logs,
    [
      say(WORDS.ofTotal(logs.files.length, logs.lines)),
      say(WORDS.counted(logs.requests, logs.skipped, logs.unparsed.total)),
    ],
    page,
  );
  for (const fault of LINE_FAULTS) {
    const count = logs.unparsed.reasons[fault];
    if (count === 0) continue;
    const first = logs.unparsed.first.filter(({ reason }) => reason === fault).slice(0, 3);
    const places = first.map(({ file, line }) => `${visible(file)}:${line}`);
    const more = count > places.length ? [say(WORDS.more(count - places.length))] : [];
    labelled(WORDS.unparsed, [`${count} ${say(WORDS.fault[fault])}`, ...places, ...more], page, paint.yellow);
  }
  const { before, after } = logs.outside;
  const outside = [...(before > 0 ? [WORDS.before(before)] : []), ...(after > 0 ? [WORDS.after(after)] : [])];
  if (outside.length > 0) labelled(WORDS.outside, outside.map(say), page);
  for (const [one, other] of logs.twins)
    labelled(WORDS.twins, [say(WORDS.twin(visible(one), visible(other)))], page, paint.yellow);
}

function sloPart(slo: ReportedSlo, page: Page): void {
  const { indicator, name, service } = slo;
  const of = indicator.screen ?? (indicator.routes ?? []).join(', ');
  const about = [service, ...(of === '' ? [] : [of])].join(' · ');
  for (const objective of slo.objectives) {
    const { verdict } = objective.budget;
    const sign = verdict === 'kept' ? '✓' : verdict === 'spent' ? '✗' : '–';
    const tint =
      verdict === 'kept' ? page.paint.green : verdict === 'spent' ? page.paint.red : page.paint.yellow;
    const title = objective.displayName === undefined ? name : `${name} / ${objective.displayName}`;
    const words = `${sign} ${page.say(WORDS.verdict[verdict])}`;
    heading(`${visible(title)}  ${tint(words)}`, page);
    for (const line of flowed([cut(visible(about), page.width - 2)], 2, page.width))
      page.lines.push(`  ${page.paint.dim(line)}`);
    objectivePart(objective, indicator.kind === 'screen' ? 'screen' : 'requests', page);
  }
}

function objectivePart(objective: Objective, kind: 'requests' | 'screen', page: Page): void {
  const { say } = page;
  const { covered, sli, slices, targetPpm, window } = objective;
  const whole = say(lengthOf(window.minutes));
  const has = covered === undefined ? 0 : (Date.parse(covered.to) - Date.parse(covered.from)) / 60_000;
  const { interval, ppm } = sli;
  labelled(
    WORDS.objective,
    [
      say(WORDS.over(percentOf(targetPpm), whole)),
      ...(window.kind === 'rolling' && has < window.minutes
        ? [say(WORDS.covers(say(lengthOf(has)), whole))]
        : []),
      ...(ppm === undefined
        ? []
        : [
            say(WORDS.sli(percentOf(ppm), percentOf(interval.lowPpm), percentOf(interval.highPpm))),
            say(WORDS.proof[sli.proof]),
          ]),
      ...(sli.proof === 'open' && objective.eventsToProve !== undefined
        ? [say(WORDS.toProve(objective.eventsToProve))]
        : []),
    ],
    page,
  );
  if (slices !== undefined)
    labelled(
      WORDS.objective,
      [say(WORDS.slices(slices.minutes, slices.numbers.good, slices.numbers.bad, slices.numbers.empty))],
      page,
    );
  if (objective.budget.verdict === 'no-data') return;
  budgetPart(objective, kind, page);
  alertsPart(objective, page);
  customersPart(objective, page);
  if (objective.blame !== undefined) blamePart(objective.blame, page);
}

const leftOf = (ppm: number): Text =>
  ppm < 0 ? WORDS.overspent(percentOf(-ppm)) : WORDS.left(percentOf(ppm));

const number = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 1 });

function budgetPart({ budget, burnDown, burns }: Objective, kind: 'requests' | 'screen', page: Page): void {
  const { say, paint } = page;
  const left = budget.remainingPpm;
  const unit = budget.unit === 'minutes' ? 'minutes' : kind;
  const chart = Math.min(40, page.width - LABEL - 2);
  const tint = left === undefined || left < 0 ? paint.red : left < 250_000 ? paint.yellow : paint.green;
  labelled(
    WORDS.budget,
    [
      say(WORDS.lostOf(WORDS.events(unit, number(budget.lost)), number(budget.allowed))),
      ...(left === undefined ? [] : [say(leftOf(left))]),
    ],
    page,
    tint,
  );
  const values = burnDown.remainingPpm.map((ppm) => (ppm === null ? null : ppm / 1_000_000));
  if (values.some((value) => value !== null)) labelled(WORDS.line, [sparkline(values, chart)], page, tint);
  const rates = burns.flatMap(({ minutes, burn }) => {
    if (burn.kind === 'no-data') return [];
    const rate = burn.kind === 'unlimited' ? say(WORDS.unlimited) : `${number(burn.rate ?? 0)}×`;
    return [`${say(lengthOf(minutes))} ${rate}`];
  });
  if (rates.length > 0) labelled(WORDS.burn, rates, page);
}

function alertsPart({ alerts, firing }: Objective, page: Page): void {
  const { say, paint } = page;
  alerts.forEach((alert, place) => {
    const spans = firing.filter((span) => span.alert === place);
    const minutes = spans.reduce(
      (sum, { from, to }) => sum + (Date.parse(to) - Date.parse(from)) / 60_000,
      0,
    );
    const last = spans.at(-1);
    const windows = `${say(lengthOf(alert.longMinutes))}/${say(lengthOf(alert.shortMinutes))}`;
    labelled(
      WORDS.alerts,
      [
        `${say(WORDS.severity[alert.severity])} ${number(alert.factor)}× ${windows}`,
        say(alert.firing ? WORDS.fires : WORDS.condition[alert.condition]),
        ...(last === undefined
          ? []
          : [
              say(WORDS.fired(spans.length, say(lengthOf(minutes)))),
              say(WORDS.lastFired(page.time(last.from))),
            ]),
      ],
      page,
      alert.firing ? paint.red : undefined,
    );
  });
}

function customersPart({ customers, moreCustomers }: Objective, page: Page): void {
  const { say } = page;
  const shown = customers.slice(0, MOST_SHOWN);
  for (const { customer, ppm, interval, budget, proof } of shown) {
    const share = ppm === undefined ? '' : percentOf(ppm);
    const left = budget.remainingPpm;
    labelled(
      WORDS.customers,
      [
        cut(visible(customer), 30),
        say(WORDS.sli(share, percentOf(interval.lowPpm), percentOf(interval.highPpm))),
        ...(left === undefined ? [] : [say(leftOf(left))]),
        say(WORDS.proof[proof]),
      ],
      page,
    );
  }
  const more = customers.length - shown.length + moreCustomers;
  if (more > 0) labelled(WORDS.customers, [say(WORDS.more(more))], page);
}

function blamePart(blame: NonNullable<Objective['blame']>, page: Page): void {
  const { say } = page;
  if (blame.lost === 0) labelled(WORDS.blame, [say(WORDS.nothingLost)], page);
  const longest = Math.max(6, Math.min(20, page.width - LABEL - 46));
  for (const { request, givesBack, ofLostPpm = 0, remainingPpm } of blame.requests) {
    if (givesBack === 0) continue;
    const chart = padded(bar(ofLostPpm / 1_000_000, longest), longest);
    labelled(
      WORDS.blame,
      [
        cut(visible(request), page.width - LABEL - 2),
        `${chart} ${say(WORDS.givesBack(givesBack, percentOf(ofLostPpm)))}`,
        ...(remainingPpm === undefined ? [] : [say(WORDS.thenLeft(leftOf(remainingPpm)))]),
      ],
      page,
    );
  }
  for (const { kind, requests, views } of blame.shared.slice(0, MOST_SHOWN)) {
    const names =
      requests.length === 0 ? say(WORDS.manyRequests) : requests.map((name) => visible(name)).join(' + ');
    labelled(WORDS.blame, [cut(names, page.width - LABEL - 2), say(WORDS.shared[kind](views))], page);
  }
}

function screensPart({ screens, screenRequests }: SloReport, page: Page): void {
  const { say, paint } = page;
  if (screens.length === 0) return;
  heading(say(WORDS.screens), page);
  for (const screen of screens) {
    const { name, views, good, abandoned, bots, ways } = screen;
    const share = views === 0 ? '' : percentOf(Math.floor((good * 1_000_000) / views));
    page.lines.push(`  ${paint.bold(visible(name))}`);
    labelled(
      WORDS.views,
      [say(WORDS.viewCounts(views, share)), say(WORDS.abandoned(abandoned)), say(WORDS.bots(bots))],
      page,
    );
    if (views === 0) continue;
    const found = (Object.keys(WORDS.way) as (keyof typeof ways)[]).flatMap((way) =>
      ways[way] === 0
        ? []
        : [`${say(WORDS.way[way])} ${percentOf(Math.floor((ways[way] * 1_000_000) / views))}`],
    );
    labelled(WORDS.ways, found, page);
    const { surePpm = 0, incompletePpm = 0, unmeasuredPpm = 0 } = screen;
    labelled(
      WORDS.sure,
      [
        say(WORDS.sureOf(percentOf(surePpm))),
        ...(incompletePpm > 0 ? [say(WORDS.incompleteOf(percentOf(incompletePpm)))] : []),
        ...(unmeasuredPpm > 0 ? [say(WORDS.unmeasuredOf(percentOf(unmeasuredPpm)))] : []),
      ],
      page,
    );
  }
  if (screenRequests === undefined) return;
  const { placed, unplaced, elsewhere, late } = screenRequests;
  const all = placed + unplaced + elsewhere + late;
  if (all === 0) return;
  labelled(
    WORDS.requests,
    [
      say(WORDS.elsewhere(percentOf(Math.floor((elsewhere * 1_000_000) / all)))),
      ...(unplaced > 0 ? [say(WORDS.unplaced(unplaced))] : []),
    ],
    page,
  );
  if (late > 0) labelled(WORDS.requests, [say(WORDS.late(late)), say(WORDS.lateRemedy)], page, paint.yellow);
}
