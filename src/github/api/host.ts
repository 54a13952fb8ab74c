/** Where GitHub's own hosted service is. */
export const GITHUB_COM = 'github.com';

const GITHUB_COM_ISSUER = 'https://token.actions.githubusercontent.com';
const NAME = '[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?';
const ENTERPRISE_ISSUER = new RegExp(`^(https?)://(${NAME})/_services/token(?:/[A-Za-z0-9-]+)?$`);

/** Enterprises with data residency have a host of their own on GitHub's service: `SUBDOMAIN.ghe.com`. */
const OWN_CLOUD = /^[a-z0-9-]+\.ghe\.com$/;
const OWN_CLOUD_ISSUER = /^https:\/\/token\.actions\.([a-z0-9-]+\.ghe\.com)(?:\/[A-Za-z0-9-]+)?$/;

/** Whether GitHub runs it, and not the organization itself. */
export const isCloud = (host: string): boolean => host === GITHUB_COM || OWN_CLOUD.test(host);

/** Only on this machine nobody can listen to plain HTTP: stand-ins of the demo and of tests. */
export const isLoopback = (host: string): boolean => /^(?:127\.0\.0\.1|localhost)(?::|$)/.test(host);

/** `https://HOST`, and `http://HOST` on this machine. */
export const siteOfHost = (host: string): string => `${isLoopback(host) ? 'http' : 'https'}://${host}`;

/**
 * Which GitHub a job's token comes from, by its issuer: that of github.com, `https://token.actions.SUBDOMAIN.ghe.com`, or `https://HOST/_services/token` of a GitHub Enterprise
 * Server (either may have one path more, where an enterprise has an issuer of its own). `undefined` for any other issuer.
 * https://docs.github.com/en/enterprise-server/actions/security-for-github-actions/security-hardening-your-deployments
 */
export function hostOfIssuer(issuer: string): string | undefined {
  if (issuer === GITHUB_COM_ISSUER || issuer.startsWith(`${GITHUB_COM_ISSUER}/`)) return GITHUB_COM;
  const own = OWN_CLOUD_ISSUER.exec(issuer)?.[1];
  if (own !== undefined) return own;
  const [, scheme, host] = ENTERPRISE_ISSUER.exec(issuer) ?? [];
  return host !== undefined && siteOfHost(host).startsWith(`${scheme}:`) ? host : undefined;
}

/** The root of a host's REST API. https://docs.github.com/en/enterprise-server/rest/using-the-rest-api/getting-started-with-the-rest-api */
export const apiOfHost = (host: string): string =>
  isCloud(host) ? `https://api.${host}` : `${siteOfHost(host)}/api/v3`;
