/** A web site whose truth is known: visits of its pages as lines of access logs. */

export interface SitePart {
  /** `GET /api/price/{n}`: `{n}` is a number of the view, `{word}` a word of its own. */
  readonly request: string;
  /** Part of the views in which it comes; 1 is all. */
  readonly share?: number;
  /** Begins when this part (by its place) has ended, and so much later. */
  readonly after?: number;
  readonly laterMs?: number;
  /** Takes from here to there, evenly. */
  readonly fromMs: number;
  readonly toMs: number;
  /** One of so many fails. */
  readonly failsOneOf?: number;
}

/** The first part is the document. */
export type SitePage = readonly SitePart[];

export interface SiteRequest {
  readonly beganMs: number;
  readonly durationMs: number;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly client: string;
  readonly agent: string;
  readonly referer: string;
  readonly view: string;
}

export interface Site {
  readonly pages: readonly SitePage[];
  readonly views: number;
  readonly seed?: number;
  /** Between one view of a person and the next one. */
  readonly pauseMs?: number;
  readonly people?: number;
}

/** 2026-11-02T00:00Z, a Monday. */
export const SITE_START_MS = 1_793_577_600_000;

export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}

/** Requests in the order in which they ended. */
export function visits({
  pages,
  people = 50,
  pauseMs = 30_000,
  seed = 1,
  views,
}: Site): readonly SiteRequest[] {
  const random = numbers(seed);
  const requests: SiteRequest[] = [];
  for (let view = 0; view < views; view += 1) {
    const page = pages[Math.floor(random() * pages.length)] ?? [];
    const openedMs = SITE_START_MS + Math.floor((view * pauseMs) / people);
    const ends: number[] = [];
    const pathOf = (request: string): string =>
      (request.split(' ')[1] ?? '')
        .replaceAll('{n}', `${1000 + view}`)
        .replaceAll('{word}', `w${wordOf(view)}`);
    for (const [index, part] of page.entries()) {
      const durationMs = Math.round(part.fromMs + random() * (part.toMs - part.fromMs));
      const beganMs = index === 0 ? openedMs : (ends[part.after ?? 0] ?? openedMs) + (part.laterMs ?? 5);
      ends.push(beganMs + durationMs);
      if (random() >= (part.share ?? 1)) continue;
      const fails = part.failsOneOf !== undefined && random() * part.failsOneOf < 1;
      requests.push({
        ...{ beganMs, durationMs, status: fails ? 503 : 200, view: `view-${view}` },
        method: part.request.split(' ')[0] ?? 'GET',
        path: pathOf(part.request),
        client: `203.0.113.${1 + (view % people)}`,
        agent: `Mozilla/5.0 (X11; Linux x86_64; rv:${100 + (view % 7)}.0) Firefox/${100 + (view % 7)}.0`,
        referer:
          index === 0 ? 'https://www.google.com/' : `https://shop.example${pathOf(page[0]?.request ?? '')}`,
      });
    }
  }
  return requests.toSorted((a, b) => a.beganMs + a.durationMs - b.beganMs - b.durationMs);
}

/** Letters only, so that no rule can know it for a value. */
const wordOf = (view: number): string =>
  String(view % 500).replaceAll(/\d/g, (digit) => String.fromCharCode(97 + Number(digit)));

const iso = (ms: number): string => new Date(ms).toISOString();
const common = (ms: number): string => {
  const [, month, day] = iso(ms).slice(0, 10).split('-');
  return `${day}/${month === '11' ? 'Nov' : 'Dec'}/2026:${iso(ms).slice(11, 19)} +0000`;
};

/** Lines of formats, as their writers write them. */
export const SITE_LINES = {
  combined: ({ agent, beganMs, client, durationMs, method, path, referer, status }) =>
    `${client} - - [${common(beganMs + durationMs)}] "${method} ${path} HTTP/1.1" ${status} 512 "${referer}" "${agent}"`,
  'combined-seconds': ({ agent, beganMs, client, durationMs, method, path, referer, status }) =>
    `${client} - - [${common(beganMs + durationMs)}] "${method} ${path} HTTP/1.1" ${status} 512 "${referer}" "${agent}" ${(durationMs / 1000).toFixed(3)}`,
  json: ({ agent, beganMs, client, durationMs, method, path, referer, status }) =>
    JSON.stringify({
      ...{
        time: iso(beganMs + durationMs),
        remote_addr: client,
        method,
        path,
        status,
        duration_ms: durationMs,
      },
      ...{ referer, user_agent: agent },
    }),
  'json-without-referer': ({ agent, beganMs, client, durationMs, method, path, status }) =>
    JSON.stringify({
      ...{
        time: iso(beganMs + durationMs),
        remote_addr: client,
        method,
        path,
        status,
        duration_ms: durationMs,
      },
      user_agent: agent,
    }),
  ltsv: ({ agent, beganMs, client, durationMs, method, path, referer, status }) =>
    [
      ...[`time:${iso(beganMs)}`, `host:${client}`, `method:${method}`, `uri:${path}`, `status:${status}`],
      ...[`reqtime_microsec:${durationMs * 1000}`, `referer:${referer}`, `ua:${agent}`],
    ].join('\t'),
  cloudfront: ({ agent, beganMs, client, durationMs, method, path, referer, status }) => {
    const ended = iso(beganMs + durationMs);
    const fields = [ended.slice(0, 10), ended.slice(11, 19), client, method, path, `${status}`, referer];
    return [...fields, agent.replaceAll(' ', '%20'), (durationMs / 1000).toFixed(3)].join('\t');
  },
  alb: ({ agent, beganMs, client, durationMs, method, path, status, view }) => {
    const [began, ended] = [beganMs, beganMs + durationMs].map((ms) => iso(ms).replace('Z', '000Z'));
    const seconds = (durationMs / 1000).toFixed(3);
    return `https ${ended} app/shop/50dc6c495c0c9188 ${client}:40000 10.0.0.1:80 0.000 ${seconds} 0.000 ${status} ${status} 100 512 "${method} https://shop.example:443${path} HTTP/2.0" "${agent}" - - - "Root=1-6907${view.length}-${path}${beganMs}" "shop.example" "-" 1 ${began} "forward" "-" "-" "10.0.0.1:80" "${status}" "-" "-"`;
  },
} as const satisfies Record<string, (request: SiteRequest) => string>;

export type SiteFormat = keyof typeof SITE_LINES;

export const SITE_FORMATS = Object.keys(SITE_LINES) as readonly SiteFormat[];

const CLOUDFRONT_HEADER =
  '#Version: 1.0\n#Fields: date time c-ip cs-method cs-uri-stem sc-status cs(Referer) cs(User-Agent) time-taken\n';

export const siteLog = (format: SiteFormat, requests: readonly SiteRequest[]): string =>
  `${format === 'cloudfront' ? CLOUDFRONT_HEADER : ''}${requests.map(SITE_LINES[format]).join('\n')}\n`;

/** A shop: an item's page whose stock is asked for once the price is there, a list, and a check-out with a slow payment. */
export const SHOP: readonly SitePage[] = [
  [
    { request: 'GET /items/{n}', fromMs: 40, toMs: 160 },
    { request: 'GET /api/price/{n}', fromMs: 50, toMs: 250 },
    { request: 'GET /api/stock/{n}', after: 1, laterMs: 8, fromMs: 20, toMs: 80 },
    { request: 'GET /api/reviews/{n}', share: 0.6, fromMs: 30, toMs: 400 },
    { request: 'GET /assets/app.3f2a9c1b.js', share: 0.5, fromMs: 5, toMs: 40 },
    { request: 'GET /assets/site.css', share: 0.5, fromMs: 5, toMs: 30 },
  ],
  [
    { request: 'GET /search', fromMs: 30, toMs: 90 },
    { request: 'GET /api/search', fromMs: 100, toMs: 600 },
    { request: 'GET /img/logo.png', share: 0.2, fromMs: 3, toMs: 20 },
  ],
  [
    { request: 'GET /checkout', fromMs: 60, toMs: 200 },
    { request: 'POST /api/payment-session', fromMs: 300, toMs: 900, failsOneOf: 200 },
  ],
];
