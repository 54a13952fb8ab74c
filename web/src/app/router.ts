import { createRouter } from '@tanstack/react-router';
import { accountRoutes } from '../accounts/route.ts';
import { auditRoutes } from '../audit/route.ts';
import { changesRoute } from '../changes/route.ts';
import { grantRoutes } from '../grants/route.ts';
import { overviewRoute } from '../overview/route.ts';
import { Broken } from '../parts/states.tsx';
import { planRoute } from '../plan/route.ts';
import { policyRoute } from '../policy/route.ts';
import { settingsRoutes } from '../settings/route.ts';
import { signInRoute } from '../sign-in/route.ts';
import { sloRoutes } from '../slo/route.ts';
import { welcomeRoute } from '../welcome/route.ts';
import { rootRoute, shellRoute } from './routes.tsx';

/** Search parameters are plain text, so that people can read and write addresses; routes parse what they need. */
export const router = createRouter({
  routeTree: rootRoute.addChildren([
    signInRoute,
    welcomeRoute,
    shellRoute.addChildren([
      overviewRoute,
      changesRoute,
      ...auditRoutes,
      policyRoute,
      planRoute,
      ...grantRoutes,
      ...accountRoutes,
      ...sloRoutes,
      ...settingsRoutes,
    ]),
  ]),
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const given = Object.entries(search).filter(([, value]) => value !== undefined);
    const words = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
    return words === '' ? '' : `?${words}`;
  },
  // Below the shell, so that the navigation stays.
  defaultErrorComponent: Broken,
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
