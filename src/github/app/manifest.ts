import { isCloud, siteOfHost } from '../api/host.ts';
import { EVENTS, PERMISSIONS } from './permissions.ts';

/** Where GitHub reaches us. */
export const webhookUrl = (publicUrl: string, app: string): string =>
  new URL(`/v1/github/webhooks/${app}`, publicUrl).href;

interface ManifestFacts {
  readonly publicUrl: string;
  /** Our own id of the App to be. */
  readonly app: string;
  readonly organizationName: string;
}

/** GitHub's names of Apps are unique in the whole of GitHub, and have 34 characters at most; whoever creates it may change it. */
const MOST_NAME = 34;

/**
 * What GitHub makes an App from: private, with the permissions of `PERMISSIONS` and nothing else.
 * https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
 */
export const manifestOf = ({ publicUrl, app, organizationName }: ManifestFacts): object => ({
  name: `Sekisho ${organizationName}`.slice(0, MOST_NAME).trim(),
  url: publicUrl,
  description: 'Shows plans on pull requests, and releases permissions only for what people approved.',
  public: false,
  redirect_url: new URL('/v1/github/callback', publicUrl).href,
  hook_attributes: { url: webhookUrl(publicUrl, app), active: true },
  default_permissions: Object.fromEntries(PERMISSIONS.map(({ name, level }) => [name, level])),
  default_events: EVENTS,
});

/** Where a browser posts the manifest to: the settings of the organization that will own the App, or of the person who is signed in. */
export const newAppUrl = (host: string, organization: string | undefined, state: string): string => {
  const owner = organization === undefined ? '' : `/organizations/${encodeURIComponent(organization)}`;
  return `${siteOfHost(host)}${owner}/settings/apps/new?state=${encodeURIComponent(state)}`;
};

/** Where the App is put on repositories. */
export const installUrl = (host: string, slug: string): string =>
  isCloud(host)
    ? `${siteOfHost(host)}/apps/${slug}/installations/new`
    : `${siteOfHost(host)}/github-apps/${slug}/installations/new`;
