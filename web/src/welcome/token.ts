/** As the server makes them; anything else is not sent. */
const TOKEN = /^#(skl_[A-Za-z0-9_-]{43})$/;

/** The token of a link, from what stands behind `#` in an address. */
export const tokenIn = (hash: string): string | undefined => TOKEN.exec(hash)?.[1];

/**
 * Takes the token out of the address, where it would stay in the history of the browser and on pictures of the screen. `undefined` where there
 * is none.
 */
export function takeToken(): string | undefined {
  const token = tokenIn(location.hash);
  if (location.hash !== '') history.replaceState(history.state, '', location.pathname + location.search);
  return token;
}
