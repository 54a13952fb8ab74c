import type { HttpApp, HttpContext } from '../app.ts';
import type { PageEncoding, PageFile, Pages } from './files.ts';
import { PAGE_CONTENT_SECURITY_POLICY } from './policy.ts';

/** Addresses of programs: what is unknown below them stays a problem document, for browsers too. */
const NO_PAGES = new Set(['v1', 'assets', '.well-known', 'healthz', 'readyz', 'metrics', 'keys.json']);

const A_YEAR_SECONDS = 31_536_000;

/** `GET /` and the files that it loads. */
export function addPageRoutes(app: HttpApp, pages: Pages): void {
  app.get('/', (c) => answerIndex(c, pages));
  app.get('/assets/:name', (c) => {
    const file = pages.assets.get(c.req.param('name'));
    return file === undefined
      ? c.notFound()
      : answerFile(c, file, { 'Cache-Control': `public, max-age=${A_YEAR_SECONDS}, immutable` });
  });
}

/** A browser that goes to an address which no program answers gets the pages, which know their own addresses; `undefined` for programs. */
export function answerDeepLink(c: HttpContext, pages: Pages): Response | undefined {
  const { method, path } = c.req;
  const isRead = method === 'GET' || method === 'HEAD';
  const isBrowser = c.req.header('accept')?.includes('text/html') === true;
  const isOfPrograms = NO_PAGES.has(path.split('/')[1] ?? '');
  return isRead && isBrowser && !isOfPrograms ? answerIndex(c, pages) : undefined;
}

const answerIndex = (c: HttpContext, { index }: Pages): Response =>
  answerFile(c, index, {
    // Asked for anew each time, so that it never names files of an older build.
    'Cache-Control': 'no-cache',
    'Content-Security-Policy': PAGE_CONTENT_SECURITY_POLICY,
  });

function answerFile(c: HttpContext, file: PageFile, more: Readonly<Record<string, string>>): Response {
  const headers = { ...more, ETag: file.etag, Vary: 'Accept, Accept-Encoding' };
  if (c.req.header('if-none-match')?.includes(file.etag) === true) return c.body(null, 304, headers);
  const encoding = ENCODINGS.find((known) => file.compressed[known] && accepts(c, known));
  const bytes = (encoding && file.compressed[encoding]) ?? file.bytes;
  return c.body(bytes, 200, {
    ...headers,
    'Content-Type': file.contentType,
    ...(encoding === undefined ? {} : { 'Content-Encoding': encoding }),
  });
}

/** The smallest first. */
const ENCODINGS: readonly PageEncoding[] = ['br', 'gzip'];

const accepts = (c: HttpContext, encoding: PageEncoding): boolean =>
  (c.req.header('accept-encoding') ?? '').split(',').some((part) => {
    const [name, weight = ''] = part.split(';').map((word) => word.trim());
    return name === encoding && !/^q=0(?:\.0*)?$/.test(weight);
  });
