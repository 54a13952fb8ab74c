const ADDRESS =
  /^(https?):\/\/([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[::1\])(:[1-9][0-9]{0,4})?((?:\/[A-Za-z0-9._~-]+)*)$/;
const LOOPBACK = /^(?:127(?:\.[0-9]{1,3}){3}|localhost|\[::1\])$/;

/**
 * An address without user, query, fragment or trailing slash, as it is compared with a token's `iss`: `https`, or `http` on
 * the loopback interface. `undefined` for anything else.
 */
export function parseWebAddress(value: string): string | undefined {
  const [whole, scheme, host] = value.length <= 512 ? (ADDRESS.exec(value) ?? []) : [];
  if (whole === undefined || host === undefined || value.includes('..')) return;
  return scheme === 'https' || LOOPBACK.test(host) ? value : undefined;
}
