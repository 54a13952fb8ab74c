import type { AccessLine } from './access-log.ts';
import { askedFor, type Faults, SITE, type SitePart, type SiteScreen, timeMs } from './screens.ts';

export interface History {
  readonly fromMs: number;
  readonly toMs: number;
  /** One view after the other, so far apart. */
  readonly everyMs: number;
  readonly faultsOf: (screen: string, atMs: number, number: number) => Faults;
}

const PEOPLE = 40;
const BROWSER = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0';
/** How long a page takes to ask for its first part. */
const PARSE_MS = 15;

/** What the shop's access log would say of visits that nobody made: a simulated past, in the order in which requests ended. */
export function simulatedHistory({ fromMs, toMs, everyMs, faultsOf }: History): readonly AccessLine[] {
  const lines: AccessLine[] = [];
  for (let number = 0, atMs = fromMs; atMs < toMs; number += 1, atMs += everyMs) {
    const screen = SITE[number % SITE.length] ?? SITE[0];
    if (screen !== undefined)
      lines.push(...viewOf(screen, number, atMs, faultsOf(screen.name, atMs, number)));
  }
  return lines.toSorted((a, b) => a.beganMs + a.durationMs - b.beganMs - b.durationMs);
}

function viewOf(screen: SiteScreen, number: number, openedMs: number, faults: Faults): AccessLine[] {
  const id = String(1 + (number % 500));
  const ended = new Map<string, number>();
  const person = number % PEOPLE;
  const document = screen.parts[0].path.replace('{id}', id);
  return askedFor(screen, faults).map((part: SitePart, index) => {
    const durationMs = timeMs(faults[part.name], number + index);
    const before = index === 0 ? openedMs : (ended.get(part.after ?? 'page') ?? openedMs) + PARSE_MS;
    ended.set(part.name, before + durationMs);
    const isPage = index === 0;
    return {
      ...{ beganMs: before, durationMs, method: part.method, target: part.path.replace('{id}', id) },
      ...{ status: faults[part.name] === 'error' ? 503 : 200, userAgent: BROWSER, view: `v${number}` },
      client: `198.51.100.${person + 1}`,
      customer: `customer-${person % 3}`,
      referer: isPage ? undefined : `https://shop.example.com${document}`,
    };
  });
}
