import { z } from 'zod';
import type { StandInGitHubApi } from '../../../demo/stand-ins/github/index.ts';
import type { App } from '../../../demo/stand-ins/github/state.ts';

const CODE = 'code-of-the-manifest';

/**
 * What a browser does with the link that `sekisho github connect` prints: our page's button posts the manifest to GitHub, where its owner creates
 * the App, and GitHub sends the browser back to us with a code. GitHub's own page is played; the rest is asked for.
 */
export async function createApp(github: StandInGitHubApi, link: string): Promise<App> {
  const opened = await fetch(link);
  const page = (await opened.text()).replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
  const action = /action="([^"]+)"/.exec(page)?.[1] ?? page;
  if (!action.startsWith(`http://${github.host}/organizations/shop/settings/apps/new?`))
    throw new Error(`The form goes to ${action}`);
  const manifest = z
    .looseObject({ redirect_url: z.url() })
    .parse(JSON.parse(/name="manifest" value="(.*)">\n/.exec(page)?.[1] ?? '{}'));
  github.state.manifests.set(CODE, { ...z.record(z.string(), z.json()).parse(manifest), owner: 'shop' });
  const back = new URL(manifest.redirect_url);
  back.searchParams.set('code', CODE);
  back.searchParams.set('state', new URL(action).searchParams.get('state') ?? '');
  const [cookie = ''] = (opened.headers.get('set-cookie') ?? '').split(';');
  const returned = await fetch(back, { headers: { cookie } });
  const app = [...github.state.apps.values()].at(-1);
  if (!returned.ok || app === undefined) throw new Error(await returned.text());
  return app;
}
