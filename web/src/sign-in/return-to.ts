/** As the server's own `safeReturnTo`: a path of our own pages in a small alphabet. */
const OWN_PATH = /^\/(?![/\\])[A-Za-z0-9._~!$&'()*+,;=:@%/?-]{0,1023}$/;

/** Where a page wants to be after signing in, and nothing that a browser could read as another place: the overview instead. */
export function safeReturnTo(words: string | undefined): string {
  if (words === undefined || !OWN_PATH.test(words)) return '/';
  const url = new URL(words, 'https://sekisho.invalid');
  const isOwn = url.host === 'sekisho.invalid' && !/^\/v1(?:\/|$)/i.test(url.pathname);
  return isOwn && !url.pathname.startsWith('//') ? url.pathname + url.search : '/';
}
