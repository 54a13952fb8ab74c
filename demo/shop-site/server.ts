import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type LocalServer, listen } from '../stand-ins/listen.ts';
import type { AccessLine } from './access-log.ts';
import { type Faults, SITE, type SitePart, type SiteScreen, timeMs } from './screens.ts';

/** A view that somebody opened: the how manieth of its screen. */
export interface OpenedView {
  readonly id: string;
  readonly screen: SiteScreen;
  readonly number: number;
  readonly faults: Faults;
}

export interface ShopSite extends LocalServer {
  readonly views: readonly OpenedView[];
}

export interface ShopOptions {
  readonly now: () => number;
  readonly faultsOf: (screen: string, number: number) => Faults;
  readonly log: (line: AccessLine) => void;
  /** Parts that are not answered until the browser gives up. */
  readonly hangs?: (view: OpenedView, part: SitePart) => boolean;
}

/**
 * A small shop for real browsers: pages, and the requests that they make. What its back ends take is told in the log and not spent, so
 * that a busy machine changes no figure; who asks for what, when and from which page is the browser's own doing.
 */
export async function startShopSite(options: ShopOptions): Promise<ShopSite> {
  const views: OpenedView[] = [];
  const opened = new Map<string, OpenedView>();
  const open = (screen: SiteScreen): OpenedView => {
    const number = views.filter((view) => view.screen === screen).length;
    const view = { id: randomUUID(), screen, number, faults: options.faultsOf(screen.name, number) };
    views.push(view);
    opened.set(view.id, view);
    return view;
  };
  const server = await listen((request, response) => {
    const target = request.url ?? '/';
    const found = partOf(request.method ?? '', new URL(target, 'http://shop').pathname);
    if (found === undefined) {
      response.writeHead(404).end();
      return;
    }
    const { screen, part } = found;
    const told = headerOf(request, 'x-view');
    const view = part === screen.parts[0] ? open(screen) : opened.get(told ?? '');
    answer({ options, request, response, target, part, view });
  });
  return { ...server, views };
}

interface Asked {
  readonly options: ShopOptions;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: string;
  readonly part: SitePart;
  readonly view: OpenedView | undefined;
}

function answer({ options, request, response, target, part, view }: Asked): void {
  const beganMs = options.now();
  const fault = view?.faults[part.name];
  const write = (status: number, durationMs: number): void =>
    options.log({
      ...{ beganMs, durationMs, target, status, method: part.method, view: view?.id },
      client: headerOf(request, 'x-forwarded-for') ?? '127.0.0.1',
      userAgent: headerOf(request, 'user-agent') ?? '-',
      referer: headerOf(request, 'referer'),
      customer: headerOf(request, 'x-customer'),
    });
  if (view !== undefined && options.hangs?.(view, part) === true) {
    // 499 is nginx's word for a client that did not wait.
    response.once('close', () => write(499, options.now() - beganMs));
    return;
  }
  const status = fault === 'error' ? 503 : 200;
  write(status, timeMs(fault, view?.number ?? 0));
  const isPage = view !== undefined && part === view.screen.parts[0] && status === 200;
  response
    .writeHead(status, { 'content-type': isPage ? 'text/html; charset=utf-8' : 'application/json' })
    .end(isPage ? pageOf(view, target) : '{}');
}

const headerOf = (request: IncomingMessage, name: string): string | undefined => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
};

function partOf(
  method: string,
  path: string,
): { readonly screen: SiteScreen; readonly part: SitePart } | undefined {
  for (const screen of SITE) {
    const part = screen.parts.find((known) => known.method === method && fits(known.path, path));
    if (part !== undefined) return { screen, part };
  }
  return undefined;
}

const fits = (pattern: string, path: string): boolean =>
  new RegExp(`^${pattern.replace('{id}', '[0-9]+')}$`).test(path);

/** Asks for its parts as soon as it may; `window.loaded` is settled when all of them have ended. */
function pageOf(view: OpenedView, target: string): string {
  const id = /[0-9]+/.exec(target)?.[0] ?? '';
  const parts = view.screen.parts
    .slice(1)
    .map(({ name, method, path, after }) => ({ name, method, path: path.replace('{id}', id), after }));
  return `<!doctype html><html lang="en" data-view="${view.id}"><title>${view.screen.name}</title><link rel="icon" href="data:,">
<h1>${view.screen.name}</h1><script type="module">
const parts = ${JSON.stringify(parts)};
const answers = new Map();
const ask = (part) => {
  if (!answers.has(part.name)) answers.set(part.name, (async () => {
    const before = parts.find(({ name }) => name === part.after);
    if (before && !(await ask(before))) return false;
    const answer = await fetch(part.path, { method: part.method, headers: { 'x-view': ${JSON.stringify(view.id)} } });
    await answer.text();
    return answer.ok;
  })());
  return answers.get(part.name);
};
window.loaded = Promise.allSettled(parts.map(ask));
</script></html>`;
}
